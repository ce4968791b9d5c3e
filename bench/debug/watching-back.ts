/** Going back to the last change of something that is watched. */
import { type Figure, median, stoppedAt, worked } from './measure.js';

export async function watchingBack(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const back = async (what: string, program: string, name: string, times: number) => {
    const { talk, threadId } = await stoppedAt(program, ['done']);
    await talk.ask('setFunctionBreakpoints', { breakpoints: [] });
    const { dataId } = await talk.ask('dataBreakpointInfo', { name });
    await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId }] });
    const taken: number[] = [];
    for (let n = 0; n < times; n++)
      taken.push(await worked(() => talk.until('stopped', 'reverseContinue', { threadId })));
    await talk.ask('terminate');
    figures.push({ what: `${what}, first`, value: taken[0]!, unit: 'ms' });
    if (times > 1) figures.push({ what: `${what}, median`, value: median(taken), unit: 'ms' });
  };
  await back('reverse to the change of a word 370 000 instructions before', 'long.S', '*(long *)&table', rounds);
  await back('reverse to the change of a register 370 000 instructions before', 'long.S', '$s0', rounds);
  await back(
    'reverse by 1008 million instructions, to the start: a word that nobody changes, nor others in its page',
    'long.S',
    '*(long *)sp',
    1,
  );
  await back(
    'reverse by 50 million instructions, each fifth of which writes to the page of the word',
    'busy.S',
    '*(long *)&kept',
    1,
  );
  return figures;
}
