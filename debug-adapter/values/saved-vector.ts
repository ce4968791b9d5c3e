import { VECTOR } from '../../isa/classes.js';
import { isThere } from '../../emulator/trip.js';
import type { Debuggee } from '../debuggee.js';
import type { Place } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import type { Task } from '../tasks.js';
import { member } from '../symbols/declared.js';
import type { TargetHart } from '../target.js';
import { vectorPlace } from './registers.js';
import { type StateWord, savedPlace, spokenState, stateWords, Unknown } from './state-word.js';
import { line, type Variable } from './variable.js';
import { registers } from './vector.js';
import { vectorTypeOf } from './vector-register.js';

/** The vector state of a thread, wherever it is. */
export interface VectorContents {
  readonly vlenb: number;
  readonly vl: number;
  readonly vtype: bigint;
  readonly vstart: bigint;
  readonly vcsr: bigint;
  /** The registers from v`n` on. */
  place(n: number): Place;
}

/** A thread by what runs it: a frame is one. The hart is also the one by whose eyes the kernel's memory is looked at. */
export interface Thread {
  readonly hart: TargetHart;
  readonly task?: Task;
}

/** A thread's vector state. */
export interface VectorState {
  readonly word: StateWord;
  /** Where the contents lie; neither: there are none. */
  readonly hart?: TargetHart;
  readonly va?: bigint;
  readonly contents?: VectorContents;
  /** The other copy, where there is one that means something: of live registers the last save, of a resident save the registers. */
  readonly other?: { readonly name: string; readonly contents: VectorContents };
}

/** The contents of a thread's vector registers; undefined where it has none or they can't be read. */
export function vectorContents(thread: Thread, debuggee: Debuggee): VectorContents | undefined {
  try {
    return vectorStateOf(thread, debuggee).contents;
  } catch {
    return undefined;
  }
}

/** The scope `Saved vector state` of a task. */
export function savedVectorScope(frame: Frame, debuggee: Debuggee): Variable[] {
  let found: VectorState;
  try {
    found = vectorStateOf(frame, debuggee);
  } catch (error) {
    return [line('(not known)', (error as Error).message)];
  }
  const { word, hart, va, contents, other } = found;
  const state = line('state', spokenState(word, 'a vector unit'));
  if (!contents) return [state];
  const { vtype, vl, vstart, vcsr, vlenb } = contents;
  const type = vectorTypeOf(vtype);
  return [
    state,
    ...(hart ? [line('hart', String(hart.id))] : []),
    ...(va === undefined ? [] : [line('address', `0x${va.toString(16)}`, { memoryReference: `0x${va.toString(16)}` })]),
    line('vtype', type?.text ?? 'vill (no vtype is set)'),
    line('vl', String(vl)),
    line('vstart', String(vstart)),
    line('vcsr', String(vcsr)),
    line('vlenb', String(vlenb)),
    ...(other ? [line('compared with', other.name)] : []),
    ...registers(contents.place, { type, vl, vstart: Number(vstart), vlenb, ...(other && { other }) }, false),
  ];
}

/** @throws Unknown (or what reading memory throws) with words for the user */
export function vectorStateOf(thread: Thread, debuggee: Debuggee): VectorState {
  const { task, hart } = thread;
  if (!task) throw new Unknown(`no thread runs on hart ${hart.id}`);
  const record = debuggee.target.migrations.task(task.tid);
  // A thread that is away for another accelerator has left its vectors in memory.
  const visits = record?.class === VECTOR ? debuggee.target.harts[record.hart] : undefined;
  // A thread at home on a hart with vectors, which it has used since its hart's mstatus.VS was last off.
  const va = record?.saves.get(VECTOR) || task.vector;
  if (visits && isThere(record!.state)) return { ...liveOn(visits), ...lastSave(va, visits.vlenb, thread, debuggee) };
  if (!va) return hart.vlenb && (hart.csr('mstatus') >> 9n) & 3n ? liveOn(hart) : { word: 'unsupported' };
  const found = inMemory(va, thread, debuggee);
  // It has trapped, and firmware has not come to saving it.
  if (found.word === 'live' && visits) return { ...liveOn(visits), ...lastSave(va, visits.vlenb, thread, debuggee) };
  const left = record?.history.findLast(({ step }) => step === 'leave')?.hart;
  const holder = left === undefined ? undefined : debuggee.target.harts[left];
  if (found.word === 'resident' && holder?.vlenb && holder.vlenb === found.contents?.vlenb)
    return { ...found, other: { name: `the registers of hart ${holder.id}`, contents: registersOf(holder) } };
  return found;
}

/** The vector registers of a thread wherever they are; of a hart without a thread, or whose thread has none, its own. */
export function vectorRegisters(thread: Thread, debuggee: Debuggee): VectorState {
  const { hart, task } = thread;
  if (!task) return hart.vlenb ? liveOn(hart) : { word: 'unsupported' };
  const state = vectorStateOf(thread, debuggee);
  return state.contents || !hart.vlenb ? state : liveOn(hart);
}

/** The registers of a hart as live contents; none without a vector unit. */
export function liveOn(hart: TargetHart): VectorState {
  return hart.vlenb ? { word: 'live', hart, contents: registersOf(hart) } : { word: 'live' };
}

const registersOf = (hart: TargetHart): VectorContents => ({
  vlenb: hart.vlenb,
  vl: hart.vl,
  vtype: BigInt.asUintN(64, hart.vtype),
  vstart: BigInt(hart.vstart),
  vcsr: hart.csr('vcsr'),
  place: (n) => vectorPlace(hart, n),
});

/** What is in the save area of a thread whose registers are live: as of its last leave, if it ever left with some. */
function lastSave(
  va: bigint | undefined,
  vlenb: number,
  thread: Thread,
  debuggee: Debuggee,
): Pick<VectorState, 'other'> | undefined {
  if (!va) return undefined;
  try {
    const contents = contentsAt(va, 'live', thread, debuggee);
    return contents.vlenb === vlenb ? { other: { name: 'the last save', contents } } : undefined;
  } catch {
    return undefined;
  }
}

/** A struct mig_vector_state. The address is the kernel's. */
function inMemory(va: bigint, thread: Thread, debuggee: Debuggee): VectorState {
  const number = Number(areaAt(va, thread, debuggee).number('state'));
  const word = stateWords[number];
  if (!word) throw new Unknown(`${number} is no state word; the memory at 0x${va.toString(16)} is damaged`);
  if (word === 'unsupported' || word === 'discarded' || word === 'live') return { word };
  return { word, va, contents: contentsAt(va, word, thread, debuggee) };
}

function contentsAt(va: bigint, word: StateWord, thread: Thread, debuggee: Debuggee): VectorContents {
  const { number, setWord, registers, memory } = areaAt(va, thread, debuggee);
  const vlenb = Number(number('vlenb'));
  if (vlenb < 1 || vlenb > 8192)
    throw new Unknown(`${word}, but vlenb is ${vlenb}: the memory at 0x${va.toString(16)} is damaged`);
  return {
    vlenb,
    vl: Number(number('vl')),
    vtype: number('vtype'),
    vstart: number('vstart'),
    vcsr: number('vcsr'),
    place: (n) => savedPlace(memory.place(va + BigInt(registers + n * vlenb)), word, setWord),
  };
}

/** A save area's members, laid out as the firmware's debug information says. */
function areaAt(va: bigint, thread: Thread, debuggee: Debuggee) {
  const { firmware, kernel } = debuggee.images;
  const struct = firmware?.declared.struct('mig_vector_state') ?? kernel?.declared.struct('mig_vector_state');
  if (!struct) throw new Unknown(`it lies at 0x${va.toString(16)}, but no image describes struct mig_vector_state`);
  const memory = debuggee.memory(thread.hart, 1);
  return {
    memory,
    registers: member(struct, 'registers')?.offset ?? struct.size,
    number(name: string): bigint {
      const found = member(struct, name);
      if (!found) throw new Unknown(`struct mig_vector_state has no member ${name}`);
      const bytes = memory.exactly(va + BigInt(found.offset), found.type.size);
      return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    },
    setWord: (n: number) => memory.write(va + BigInt(member(struct, 'state')!.offset), Uint8Array.of(n, 0, 0, 0)),
  };
}
