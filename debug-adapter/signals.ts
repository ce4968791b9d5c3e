import { evaluate } from './expressions/evaluate.js';
import { numberOf, toInteger } from './expressions/value.js';
import type { Debuggee } from './debuggee.js';
import { explainFault } from './explain-fault.js';
import type { Faults } from './faults.js';
import { causes } from '../isa/csrs.js';
import type { TargetHart } from './target.js';

/** Signals that programs know, by Linux's numbers. */
export const signalNames: Readonly<Record<number, string>> = {
  ...{ 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 5: 'SIGTRAP', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE' },
  ...{ 9: 'SIGKILL', 10: 'SIGUSR1', 11: 'SIGSEGV', 12: 'SIGUSR2', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM' },
  ...{ 17: 'SIGCHLD', 18: 'SIGCONT', 19: 'SIGSTOP', 23: 'SIGURG', 28: 'SIGWINCH', 31: 'SIGSYS' },
};

/** A signal that is about to reach a program: by its handler, or by ending it. */
export interface Signal {
  readonly number: number;
  readonly fatal: boolean;
  readonly hart: number;
  readonly pid: number;
  readonly tid: number | undefined;
  /** One sentence, and the facts line by line. */
  readonly description: string;
  readonly details: readonly string[];
}

/** The causes that a signal of a fault comes from. */
const faultCauses: Readonly<Record<number, readonly number[]>> = {
  4: [causes.illegal],
  5: [causes.breakpoint],
  7: [causes.fetchMisaligned, causes.loadMisaligned, causes.storeMisaligned],
  11: [
    ...[causes.fetchPage, causes.loadPage, causes.storePage],
    ...[causes.fetchAccess, causes.loadAccess, causes.storeAccess, causes.illegal],
  ],
};

const SI_USER = 0;
const SI_TKILL = -6;
const A1 = 11;

/**
 * Where our kernel gives a program a signal: it enters `signal_frame_push` for a handler, and `process_end` to end it. Of other kernels nothing is known.
 */
export class Signals {
  private readonly handled?: bigint;
  private readonly ended?: bigint;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly faults: Faults,
  ) {
    const { kernel } = debuggee.images;
    // Their entries, where the arguments are still in their registers.
    const entry = (name: string) => kernel?.symbol(name)?.value;
    if (!kernel?.declared.globals.get('current_task') || entry('process_end') === undefined) return;
    this.handled = entry('signal_frame_push');
    this.ended = entry('process_end');
  }

  /** Where the machine must stop for `at`. */
  get addresses(): readonly bigint[] {
    return [this.handled, this.ended].filter((va) => va !== undefined);
  }

  /** The signal that the kernel is about to give, if the hart stands where it does that. */
  at(hart: TargetHart): Signal | undefined {
    if (hart.privilege !== 1) return undefined;
    const fatal = hart.pc === this.ended;
    if (!fatal && hart.pc !== this.handled) return undefined;
    const context = this.debuggee.context(this.debuggee.innermost(hart));
    const read = (expression: string) => Number(toInteger(numberOf(evaluate(expression, context))));
    try {
      const number = fatal ? Number(hart.x(A1) & 0x7fn) : read('((struct siginfo *)$a2)->signo');
      if (number === 0) return undefined;
      const task = fatal ? `current_task[${hart.id}]` : '((struct task *)$a0)';
      const own = !fatal || read(`(long)${task}->process == (long)$a0`) === 1;
      const pid = fatal ? read('((struct process *)$a0)->pid') : read(`${task}->process->pid`);
      const tid = own ? read(`${task}->tid`) : undefined;
      // A fault's lie with the task; others' with whom they were sent to.
      const process = fatal ? '((struct process *)$a0)' : `${task}->process`;
      const owners = [...(own ? [task] : []), process];
      if (!(number in faultCauses)) owners.reverse();
      const places = fatal ? owners.map((owner) => `${owner}->details[${number}]`) : ['(*(struct siginfo *)$a2)'];
      const info = places.find((place) => read(`${place}.signo`) === number);
      const known = info !== undefined;
      const code = known ? read(`${info}.code`) : 0;
      const address = known
        ? BigInt.asUintN(64, toInteger(numberOf(evaluate(`*(unsigned long *)((long)&${info} + 16)`, context))))
        : 0n;
      return this.told({ number, fatal, hart: hart.id, pid, tid, known, code, address, satp: hart.csr('satp') });
    } catch {
      // The guest's memory is not what its kernel's debug information says.
      return undefined;
    }
  }

  private told(signal: {
    number: number;
    fatal: boolean;
    hart: number;
    pid: number;
    tid: number | undefined;
    known: boolean;
    code: number;
    address: bigint;
    satp: bigint;
  }): Signal {
    const { number, fatal, hart, pid, tid, known, code, address, satp } = signal;
    const name = signalNames[number] ?? `signal ${number}`;
    const who = tid === undefined ? `process ${pid}` : `task ${tid}`;
    const fault =
      code > 0 && faultCauses[number] && tid !== undefined
        ? this.faults.last(satp, faultCauses[number], address)
        : undefined;
    const explained = fault && explainFault(fault, this.debuggee, satp);
    const sent = known && !fault && (code === SI_USER || code === SI_TKILL);
    const by = sent ? Number(BigInt.asIntN(32, address)) : undefined;
    const why = explained?.sentence ?? (by !== undefined && by > 0 ? `process ${by} sent it` : undefined);
    const description = `${who} ${fatal ? 'dies by' : 'gets'} ${name}${why ? `: ${why}` : ''}`;
    const details = [
      `signal: ${number} (${name})`,
      `process: ${pid}`,
      ...(tid === undefined ? [] : [`task: ${tid}`]),
      ...(explained?.details ?? []),
    ];
    return { number, fatal, hart, pid, tid, description, details };
  }
}
