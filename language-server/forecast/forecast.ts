/** Where a thread will leave for another hart, and where it comes back. */
import type { ClassName } from '../../isa/classes.js';
import { classNames } from '../../isa/classes.js';
import type { CodeInstruction } from '../code/code.js';
import type { Flow } from '../flow/flow.js';
import { AWAY, away, join, type State, type XValue } from '../flow/state.js';
import { leavesFor } from '../flow/step.js';

/** An instruction before which the thread must be elsewhere. */
export interface Leave {
  readonly instruction: CodeInstruction;
  readonly class: ClassName;
  /** On every way that leads here the thread is at home; else on some. */
  readonly always: boolean;
}

/** An instruction for which the thread comes home, or asks from where it is. */
export interface Return {
  readonly instruction: CodeInstruction;
  readonly reason: 'syscall' | 'breakpoint';
  /** Of a system call: its number, where it is known. */
  readonly call?: number;
  /** On every way that leads here the thread is away; else on some. */
  readonly always: boolean;
}

export interface Forecast {
  readonly leaves: readonly Leave[];
  readonly returns: readonly Return[];
  /** What holds before each instruction that can be reached, by address. */
  readonly facts: ReadonlyMap<number, State>;
}

const A7 = 17;

export function forecast(flow: Flow): Forecast {
  const facts = new Map<number, State>();
  flow.each(({ address }, state) => {
    const known = facts.get(address);
    facts.set(address, known ? join(known, state) : state);
  });
  const leaves: Leave[] = [];
  const returns: Return[] = [];
  for (const [address, { where, x }] of facts) {
    const instruction = flow.code.at(address)!;
    const classNumber = leavesFor(instruction, flow.around);
    if (classNumber !== undefined && where & ~away(classNumber))
      leaves.push({ instruction, class: classNames[classNumber]!, always: !(where & away(classNumber)) });
    const reason = comesBack(instruction);
    if (reason && where & AWAY)
      returns.push({ instruction, reason, ...callNumber(reason, x[A7]), always: !(where & ~AWAY) });
  }
  const byAddress = (a: { instruction: CodeInstruction }, b: { instruction: CodeInstruction }) =>
    a.instruction.address - b.instruction.address;
  return { leaves: leaves.sort(byAddress), returns: returns.sort(byAddress), facts };
}

const callNumber = (reason: Return['reason'], a7: XValue) =>
  reason === 'syscall' && typeof a7 === 'bigint' ? { call: Number(a7) } : {};

function comesBack({ row }: CodeInstruction): Return['reason'] | undefined {
  if (row?.semantics.kind !== 'system') return undefined;
  const { handler } = row.semantics;
  return handler === 'ecall' ? 'syscall' : handler === 'ebreak' ? 'breakpoint' : undefined;
}
