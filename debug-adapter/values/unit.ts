/** Registers of extensions' units (isa/types.ts), wherever a thread's are: on a hart, or in its save area. */
import { type ClassName, classNames } from '../../isa/classes.js';
import { unitRegisterNames } from '../../isa/units.js';
import { csrAt, fileAt, type PlacedUnit, units } from '../../emulator/units.js';
import { isThere } from '../../emulator/trip.js';
import type { Debuggee } from '../debuggee.js';
import { arrayOf, basic, type Place, type Value } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { member } from '../symbols/declared.js';
import type { TargetHart } from '../target.js';
import { wordPlace } from './registers.js';
import { type StateWord, savedPlace, spokenState, stateWords, Unknown } from './state-word.js';
import { line, type Variable, variableOf } from './variable.js';
import { elementTypes, listedViews, vectorView } from './vector-register.js';

interface Found {
  readonly word: StateWord;
  /** Where the registers are; neither: nowhere. */
  readonly hart?: TargetHart;
  readonly va?: bigint;
  /** Register n, in the order in which they are declared. */
  place?(n: number): Place;
}

const statuses = ['off', 'initial', 'clean', 'dirty'];
const has = (hart: TargetHart, unit: PlacedUnit) => hart.isa.extensions.has(unit.name);
const classNumber = (unit: PlacedUnit) => classNames.indexOf(unit.name as ClassName);

function live(unit: PlacedUnit, hart: TargetHart): Found {
  const place = (n: number) =>
    wordPlace(
      () => hart.unitWord(unit, n),
      (bits) => hart.setUnitWord(unit, n, bits),
      '',
    );
  return { word: 'live', hart, place };
}

/** A struct mig_state, laid out as the firmware's debug information says. The address is the kernel's. */
function inMemory(va: bigint, frame: Frame, debuggee: Debuggee): Found {
  const { images } = debuggee;
  const struct = images.firmware?.declared.struct('mig_state') ?? images.kernel?.declared.struct('mig_state');
  const [state, first] = ['state', 'word'].map((name) => struct && member(struct, name));
  if (!state || !first) throw new Unknown(`it lies at 0x${va.toString(16)}, but no image describes struct mig_state`);
  const memory = debuggee.memory(frame.hart, 1);
  const number = memory.exactly(va + BigInt(state.offset), 1)[0]!;
  const word = stateWords[number];
  if (!word) throw new Unknown(`${number} is no state word; the memory at 0x${va.toString(16)} is damaged`);
  if (word === 'unsupported' || word === 'discarded' || word === 'live') return { word };
  const setWord = (n: number) => memory.write(va + BigInt(state.offset), Uint8Array.of(n, 0, 0, 0));
  return { word, va, place: (n) => savedPlace(memory.place(va + BigInt(first.offset + 8 * n)), word, setWord) };
}

/** @throws Unknown (or what reading memory throws) */
function find(unit: PlacedUnit, frame: Frame, debuggee: Debuggee): Found {
  const { task, hart } = frame;
  const { target } = debuggee;
  const record = task && target.migrations.task(task.tid);
  const number = classNumber(unit);
  const visits = record?.class === number ? target.harts[record.hart]! : undefined;
  if (visits && isThere(record!.state)) return live(unit, visits);
  const va = record?.saves.get(number);
  if (va) {
    const found = inMemory(va, frame, debuggee);
    // It has trapped, and firmware has not come to saving it.
    return found.word === 'live' && visits ? live(unit, visits) : found;
  }
  return has(hart, unit) ? live(unit, hart) : { word: 'unsupported' };
}

/** Has this frame to do with the unit: its hart has it, or its thread's registers are kept somewhere? */
const concerns = (unit: PlacedUnit, { hart, task }: Frame, { target }: Debuggee) =>
  has(hart, unit) || (task && target.migrations.task(task.tid)?.saves.has(classNumber(unit))) === true;

/** A register of a file, as its elements and in other widths. */
function fileValue(place: Place, bits: number): Value {
  const [element, count] = [elementTypes[`e${bits}`]!, 64 / bits];
  return vectorView(place, 8, count === 1 ? element : arrayOf(element, count));
}

/** Scopes of units, named as their extensions. */
export function unitScopes(frame: Frame, debuggee: Debuggee): { name: string; list(): Variable[] }[] {
  return units
    .filter((unit) => concerns(unit, frame, debuggee))
    .map((unit) => ({ name: unit.name, list: () => unitScope(unit, frame, debuggee) }));
}

function unitScope(unit: PlacedUnit, frame: Frame, debuggee: Debuggee): Variable[] {
  let found: Found;
  try {
    found = find(unit, frame, debuggee);
  } catch (error) {
    return [line('(not known)', (error as Error).message)];
  }
  const { word, hart, va, place } = found;
  const state = line('state', spokenState(word, unit.name));
  if (!place) return [state];
  const registers = unitRegisterNames
    .filter(({ extension }) => extension === unit.name)
    .map(({ name, file, number }) => {
      const value = fileValue(place((fileAt(unit, file.name) - unit.at) / 8 + number), file.elementBits);
      const views = () =>
        listedViews.map((view) => variableOf(view, value.views![view]!(), { evaluateName: `$${name}.${view}` }));
      const shown = variableOf(name, value, { evaluateName: `$${name}` });
      return { ...shown, children: views };
    });
  const csrs = unit.csrs.map(({ name, doc }) => ({
    ...variableOf(name, csrOf(unit, name, place), { evaluateName: `$${name}` }),
    type: doc,
  }));
  return [
    state,
    ...(hart ? [line('hart', String(hart.id)), line('status', statuses[Number(hart.csr(unit.status.name))]!)] : []),
    ...(va === undefined ? [] : [line('address', `0x${va.toString(16)}`, { memoryReference: `0x${va.toString(16)}` })]),
    ...registers,
    ...csrs,
  ];
}

const csrOf = (unit: PlacedUnit, name: string, place: (n: number) => Place): Value => ({
  type: basic.long!,
  place: place((csrAt(unit, name)! - unit.at) / 8),
});

/** A register of a unit by its name, where the frame's thread has it; undefined when it has none or that is not known. */
export function unitValue(name: string, frame: Frame, debuggee: Debuggee): Value | undefined {
  const register = unitRegisterNames.find((each) => each.name === name);
  const unit = units.find((each) => each.name === register?.extension || csrAt(each, name) !== undefined);
  if (!unit || !concerns(unit, frame, debuggee)) return undefined;
  let place: Found['place'];
  try {
    ({ place } = find(unit, frame, debuggee));
  } catch {
    return undefined;
  }
  if (!place) return undefined;
  if (!register) return csrOf(unit, name, place);
  return fileValue(
    place((fileAt(unit, register.file.name) - unit.at) / 8 + register.number),
    register.file.elementBits,
  );
}
