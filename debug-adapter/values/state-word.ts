import type { Place } from '../expressions/value.js';

/** The words of `enum mig_state_word` and what they mean to a reader (docs/migration.md). */
const meanings = {
  unsupported: 'the thread never used',
  live: 'in the registers of the hart on which the thread runs now',
  saved: 'in memory, as of its last leave',
  resident: 'in memory, and still in the registers of the hart that it left',
  discarded: 'the thread left by a system call, which may clobber vector registers: nothing was saved',
} as const;

export type StateWord = keyof typeof meanings;

/** By number. */
export const stateWords = Object.keys(meanings) as StateWord[];

/** The word and its meaning. @param unit the unit whose registers they are: `a vector unit` */
export const spokenState = (word: StateWord, unit: string) => `${word}: ${stateMeaning(word, unit)}`;

/** What it means. @param unit the unit whose registers they are */
export const stateMeaning = (word: StateWord, unit = 'a vector unit') =>
  `${meanings[word]}${word === 'unsupported' ? ` ${unit}` : ''}`;

/** A place in a save area. Registers that are resident would not be loaded again: whoever changes their memory says that it counts (docs/migration.md). */
export const savedPlace = (place: Place, word: StateWord, setWord: (number: number) => void): Place => ({
  ...place,
  write(offset, bytes) {
    place.write(offset, bytes);
    if (word === 'resident') setWord(stateWords.indexOf('saved'));
  },
});

/** What stands in the way of an answer, in words for the user. */
export class Unknown extends Error {}
