import { VECTOR } from '../isa/classes.js';
import { isThere } from '../emulator/trip.js';
import { integer } from './arguments.js';
import type { Debuggee } from './debuggee.js';
import type { Frame } from './frame.js';
import { RequestError } from './protocol.js';
import type { Session } from './session.js';
import type { VectorOwner } from './vector-messages.js';
import type { Thread } from './values/saved-vector.js';

/** An owner of vector registers. */
export interface Owner {
  readonly thread: Thread;
  readonly name: string;
  /** Where the owner runs; absent for a task that is nowhere. */
  readonly frame?: Frame;
}

/** Whose registers a request means. @throws RequestError */
export function ownerOf(args: VectorOwner, session: Session): Owner {
  const { debuggee } = session;
  if (args.task !== undefined) return taskOwner(integer(args, 'task', 0, 2 ** 31), debuggee);
  const frame =
    args.frameId === undefined && args.threadId !== undefined
      ? debuggee.innermost(session.hart(args.threadId))
      : session.frame(args.frameId);
  return { thread: frame, name: debuggee.threadName(frame.hart), frame };
}

function taskOwner(tid: number, debuggee: Debuggee): Owner {
  const { harts, migrations } = debuggee.target;
  const running = harts.find((hart) => debuggee.task(hart)?.tid === tid);
  const record = migrations.task(tid);
  // An accelerator hart is where it runs, whatever the kernel at home believes.
  const hart = record && isThere(record.state) ? harts[record.hart] : running;
  const task = running && debuggee.task(running);
  if (hart && debuggee.task(hart)?.tid === tid) {
    const frame = debuggee.innermost(hart);
    return { thread: frame, name: debuggee.threadName(hart), frame };
  }
  if (!record && !task) throw new RequestError(`task ${tid} is not known: it has ended, or never asked to be moved`);
  const thread = {
    hart: harts[record?.origin ?? 0]!,
    task: task ?? { tid, name: '', vector: record!.saves.get(VECTOR) },
  };
  return { thread, name: `task ${tid} ${thread.task.name}`.trimEnd() };
}
