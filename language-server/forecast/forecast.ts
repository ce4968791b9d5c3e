/** Where a thread will leave for another hart, and where it comes back. */
import type { ClassName } from '../../isa/classes.js';
import { classNames } from '../../isa/classes.js';
import type { CodeInstruction } from '../code/code.js';
import { addressesOf, type Facts, type Flow } from '../flow/flow.js';
import { AWAY, away, type XValue } from '../flow/state.js';
import { accessed, endedBy, faults, homeFor, leavesFor, mayMakeThreads } from '../flow/step.js';

/** An instruction before which the thread must be elsewhere. */
export interface Leave {
  readonly instruction: CodeInstruction;
  readonly class: ClassName;
  /** It leaves again, after it came home for a page. */
  readonly again?: boolean;
  /** On every way that leads here the thread is at home; else on some. */
  readonly always: boolean;
}

/** An instruction for which the thread comes home, or asks from where it is. */
export interface Return {
  readonly instruction: CodeInstruction;
  readonly reason: 'syscall' | 'breakpoint' | 'page-fault' | 'illegal';
  /** Of a system call: its number, where it is known. */
  readonly call?: number;
  /** On every way that leads here the thread is away; else on some. */
  readonly always: boolean;
}

/** A system call behind which the thread never goes on: exit, exit_group. It comes home for that, in the kernel, and no further. */
export interface End {
  readonly instruction: CodeInstruction;
  /** What ends: the program, if no other thread is ever made. */
  readonly what: 'program' | 'thread';
  /** The thread may be away there. */
  readonly away: boolean;
}

export interface Forecast {
  readonly leaves: readonly Leave[];
  readonly returns: readonly Return[];
  readonly ends: readonly End[];
  /** What holds before each instruction that can be reached. */
  readonly facts: Facts;
}

const A7 = 17;

export function forecast(flow: Flow): Forecast {
  const facts = flow.facts();
  const idle = idleIn(flow);
  const pages = flow.around.faults === 'move';
  const leaves: Leave[] = [];
  const returns: Return[] = [];
  const ends: End[] = [];
  let threads = false;
  const whole = flow.code.parts.start !== undefined;
  facts.each((instruction, state) => {
    if (idle.has(instruction.address)) return;
    const { where, x } = state;
    const classNumber = leavesFor(instruction, flow.around);
    const there = classNumber === undefined ? state : { ...state, where: away(classNumber) };
    const fault = pages ? faults(instruction, accessed(instruction, there, flow), there, flow.around, flow) : 'no';
    const leaving = classNumber !== undefined && (where & ~away(classNumber)) !== 0;
    if (leaving || (classNumber !== undefined && fault !== 'no'))
      leaves.push({
        instruction,
        class: classNames[classNumber]!,
        always: leaving ? !(where & away(classNumber)) : fault === 'surely',
        ...(!leaving && { again: true }),
      });
    if (fault !== 'no' && there.where & AWAY)
      returns.push({ instruction, reason: 'page-fault', always: fault === 'surely' && !(there.where & ~AWAY) });
    const lacked = homeFor(instruction, flow.around);
    if (lacked !== 'none' && classNumber === undefined && where & AWAY)
      returns.push({ instruction, reason: 'illegal', always: lacked === 'all' && !(where & ~AWAY) });
    const reason = comesBack(instruction);
    const ended = reason === 'syscall' ? endedBy(x[A7]) : undefined;
    threads ||= reason === 'syscall' && mayMakeThreads(x[A7]);
    if (ended) ends.push({ instruction, what: ended, away: (where & AWAY) !== 0 });
    else if (reason && where & AWAY)
      returns.push({ instruction, reason, ...callNumber(reason, x[A7]), always: !(where & ~AWAY) });
  });
  const byAddress = (a: { instruction: CodeInstruction }, b: { instruction: CodeInstruction }) =>
    a.instruction.address - b.instruction.address;
  return {
    leaves: leaves.sort(byAddress),
    returns: returns.sort(byAddress),
    // A program's only thread is the program.
    ends: ends.map((each) => (threads || !whole ? each : { ...each, what: 'program' as const })).sort(byAddress),
    facts,
  };
}

/** Instructions of what nobody enters here: no thread is forecast to be there. */
function idleIn(flow: Flow): Set<number> {
  const known = [...flow.functions.values()].filter(({ context }) => context);
  const idle = new Set(known.filter(({ outside }) => outside).flatMap((of) => [...addressesOf(of)]));
  if (idle.size) for (const of of known) if (!of.outside) for (const address of addressesOf(of)) idle.delete(address);
  return idle;
}

const callNumber = (reason: Return['reason'], a7: XValue) =>
  reason === 'syscall' && typeof a7 === 'bigint' ? { call: Number(a7) } : {};

function comesBack({ row }: CodeInstruction): 'syscall' | 'breakpoint' | undefined {
  if (row?.semantics.kind !== 'system') return undefined;
  const { handler } = row.semantics;
  return handler === 'ecall' ? 'syscall' : handler === 'ebreak' ? 'breakpoint' : undefined;
}
