import { VECTOR } from '../../isa/classes.js';
import { isThere } from '../../emulator/trip.js';
import type { Debuggee } from '../debuggee.js';
import type { Place } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { member } from '../symbols/image.js';
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

interface Found {
  readonly word: StateWord;
  /** Where the contents lie; neither: there are none. */
  readonly hart?: TargetHart;
  readonly va?: bigint;
  readonly contents?: VectorContents;
}

/** The contents of a thread's vector registers; undefined where it has none or they can't be read. */
export function vectorContents(frame: Frame, debuggee: Debuggee): VectorContents | undefined {
  try {
    return find(frame, debuggee).contents;
  } catch {
    return undefined;
  }
}

/** The scope `Saved vector state` of a task. */
export function savedVectorScope(frame: Frame, debuggee: Debuggee): Variable[] {
  let found: Found;
  try {
    found = find(frame, debuggee);
  } catch (error) {
    return [line('(not known)', (error as Error).message)];
  }
  const { word, hart, va, contents } = found;
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
    ...registers(contents.place, { type, vl, vlenb }, false),
  ];
}

/** @throws Unknown (or what reading memory throws) with words for the user */
function find(frame: Frame, debuggee: Debuggee): Found {
  const { task, hart } = frame;
  if (!task) throw new Unknown(`no thread runs on hart ${hart.id}`);
  const record = debuggee.target.migrations.task(task.tid);
  // A thread that is away for another accelerator has left its vectors in memory.
  const visits = record?.class === VECTOR ? debuggee.target.harts[record.hart] : undefined;
  if (visits && isThere(record!.state)) return live(visits);
  // A thread at home on a hart with vectors, which it has used since its hart's mstatus.VS was last off.
  const va = record?.saves.get(VECTOR) || task.vector;
  if (!va) return hart.vlenb && (hart.csr('mstatus') >> 9n) & 3n ? live(hart) : { word: 'unsupported' };
  const found = inMemory(va, frame, debuggee);
  // It has trapped, and firmware has not come to saving it.
  return found.word === 'live' && visits ? live(visits) : found;
}

function live(hart: TargetHart): Found {
  if (!hart.vlenb) return { word: 'live' };
  return {
    word: 'live',
    hart,
    contents: {
      vlenb: hart.vlenb,
      vl: hart.vl,
      vtype: BigInt.asUintN(64, hart.vtype),
      vstart: BigInt(hart.vstart),
      vcsr: hart.csr('vcsr'),
      place: (n) => vectorPlace(hart, n),
    },
  };
}

/** A struct mig_vector_state, laid out as the firmware's debug information says. The address is the kernel's. */
function inMemory(va: bigint, frame: Frame, debuggee: Debuggee): Found {
  const { firmware, kernel } = debuggee.images;
  const struct = firmware?.struct('mig_vector_state') ?? kernel?.struct('mig_vector_state');
  if (!struct) throw new Unknown(`it lies at 0x${va.toString(16)}, but no image describes struct mig_vector_state`);
  const memory = debuggee.memory(frame.hart, 1);
  const number = (name: string): bigint => {
    const found = member(struct, name);
    if (!found) throw new Unknown(`struct mig_vector_state has no member ${name}`);
    const bytes = memory.exactly(va + BigInt(found.offset), found.type.size);
    return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  };
  const word = stateWords[Number(number('state'))];
  if (!word) throw new Unknown(`${number('state')} is no state word; the memory at 0x${va.toString(16)} is damaged`);
  if (word === 'unsupported' || word === 'discarded' || word === 'live') return { word };
  const vlenb = Number(number('vlenb'));
  if (vlenb < 1 || vlenb > 8192)
    throw new Unknown(`${word}, but vlenb is ${vlenb}: the memory at 0x${va.toString(16)} is damaged`);
  const setWord = (n: number) => memory.write(va + BigInt(member(struct, 'state')!.offset), Uint8Array.of(n, 0, 0, 0));
  const first = member(struct, 'registers')?.offset ?? struct.size;
  return {
    word,
    va,
    contents: {
      vlenb,
      vl: Number(number('vl')),
      vtype: number('vtype'),
      vstart: number('vstart'),
      vcsr: number('vcsr'),
      place: (n) => savedPlace(memory.place(va + BigInt(first + n * vlenb)), word, setWord),
    },
  };
}
