/** What the view *Queues* shows: threads that wait for an accelerator hart, completions that wait for the kernel, and the kernel's own queue. */
import { leaveReason } from '../../emulator/trip.js';
import { classNames, outboundReason } from '../../isa/classes.js';
import type { Debuggee } from '../debuggee.js';
import { Structures } from '../structures.js';
import { stateWords } from '../values/state-word.js';
import type { Structure } from '../values/structure.js';
import type { QueueEntry, QueueLine, QueuesBody } from './messages.js';

/** Of firmware/include/migration.h. */
const REASON_RECALL = 0x1000n;
const ENTRY_QUEUED = 1n;
const ENTRY_ASKS = 2n;
const MIG_QUEUED = 1n;
/** No queue is longer; what seems so is damaged. */
const MOST_ENTRIES = 4096;

const hex = (n: bigint) => `0x${n.toString(16)}`;
const className = (number: number) =>
  classNames[number] === undefined ? `class ${number}` : outboundReason(classNames[number]);

export function queuesBody(debuggee: Debuggee): QueuesBody {
  return new Reader(debuggee).read();
}

class Reader {
  private readonly notes: string[] = [];
  private readonly queues: QueueLine[] = [];
  private readonly structures: Structures;

  constructor(private readonly debuggee: Debuggee) {
    this.structures = new Structures(debuggee);
  }

  read(): QueuesBody {
    const harts = this.attempt("firmware's queues", () => [...this.structures.firmwareHarts()]) ?? [];
    if (!this.structures.firmware('hart_of_index'))
      this.notes.push("This firmware's structures are not known, so its queues can't be shown.");
    for (const hart of harts) {
      const id = Number(hart.at('id').number);
      if (hart.at('classes').number)
        this.attempt(`the queue of hart ${id}`, () => this.queues.push(this.inbound(hart, id)));
    }
    for (const hart of harts) {
      const id = Number(hart.at('id').number);
      if (hart.at('origin.ring').number)
        this.attempt(`the completion ring of hart ${id}`, () => this.queues.push(this.completions(hart, id)));
    }
    this.attempt("the kernel's outbound queue", () => this.outbound());
    return { notes: this.notes, queues: this.queues };
  }

  /** One queue that is damaged does not hide the others. */
  private attempt<T>(what: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.notes.push(`${what} can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  // Firmware: before an accelerator hart

  private inbound(hart: Structure, id: number): QueueLine {
    const transport = this.transport();
    const tasks = transport ? [...transport.tasks(Number(hart.at('index').number), id)] : [];
    const running = hart.at('accelerator.current').target;
    const now = running ? `; task ${running.at('tid').number} is on it` : '';
    const places = transport?.places;
    return {
      id: `inbound-${id}`,
      name: `hart ${id} inbound`,
      kind: 'inbound',
      about: `Threads that wait for hart ${id}, the oldest first (${transport?.about ?? 'a transport that is not known'})${now}.`,
      ...(places !== undefined && { places }),
      entries: tasks.map((task) => this.message(task)),
    };
  }

  private message(task: Structure): QueueEntry {
    const origin = task.at('origin').target;
    const number = task.at('class').target?.at('number').number;
    const name = number === undefined ? 'no class' : className(Number(number));
    return this.entry(Number(task.at('tid').number), `${name}, from hart ${origin ? origin.at('id').number : '?'}`, [
      `goes on at ${hex(task.at('frame').target?.at('epc').number ?? 0n)}`,
      `satp ${hex(task.at('satp').number)}`,
      `saved state: ${stateWords[Number(task.at('word').number)] ?? 'damaged'}`,
      ...(task.at('recall').number ? ['the kernel wants it back'] : []),
    ]);
  }

  /** How threads get to an accelerator hart (firmware/migration/transport.c). */
  private transport():
    | { about: string; places?: number; tasks(index: number, id: number): Iterable<Structure> }
    | undefined {
    const { structures } = this;
    const chosen = structures.firmware('transport')?.number;
    const is = (name: string) => chosen !== undefined && structures.firmware(`transport_${name}`)?.va === chosen;
    const places = this.depth();
    if (is('fifo')) {
      return {
        about: 'a list in shared memory',
        places,
        *tasks(index) {
          let task = structures.firmware('queues')!.element(index).at('first').target;
          for (let count = 0; task && count < MOST_ENTRIES; count++) {
            yield task;
            task = task.at('next').target;
          }
        },
      };
    }
    if (is('mailbox')) {
      return {
        about: 'a word in shared memory for each sender',
        *tasks(index) {
          const row = structures.firmware('slots')!.element(index);
          for (let from = 0; from < row.count; from++) {
            const task = row.element(from).target;
            if (task) yield task;
          }
        },
      };
    }
    const { mailbox } = this.debuggee.target;
    if (!is('device') || !mailbox) return undefined;
    return {
      about: 'the mailbox device',
      places: mailbox.slots,
      *tasks(_, id) {
        const tasks = structures.firmware('tasks')!;
        for (const word of mailbox.waitingWords(id)) {
          // A generation above a place (firmware/migration/task.c); of a task that was taken back since, the word is stale.
          const place = Number(word & 0xffff_ffffn) - 1;
          if (place < 0 || place >= tasks.count) continue;
          const task = tasks.element(place);
          if (task.at('generation').number === word >> 32n && task.at('place').number === MIG_QUEUED) yield task;
        }
      },
    };
  }

  /** Places of a queue, as the kernel was told. */
  private depth(): number | undefined {
    const classes = this.structures.kernel('classes');
    for (let n = 0; n < (classes?.count ?? 0); n++) {
      const depth = this.attempt('the depth of queues', () => Number(classes!.element(n).at('depth').number));
      if (depth) return depth;
    }
    return undefined;
  }

  // Between firmware and kernel

  private completions(hart: Structure, id: number): QueueLine {
    const places = Number(hart.at('origin.entries').number);
    const ring = hart.at('origin.ring').target!;
    const [head, tail] = [Number(ring.at('head').number), Number(ring.at('tail').number)];
    const count = (tail - head) >>> 0;
    if (count > places) throw new Error(`its head is ${head} and its tail ${tail}`);
    const first = ring.at('entry');
    const size = this.structures.firmwareAt(0n, 'mig_completion')?.type.size ?? 0;
    const entries: QueueEntry[] = [];
    for (let n = 0; n < count; n++) {
      const at = (head + n) % places;
      const completion = this.structures.firmwareAt(first.va + BigInt(at * size), 'mig_completion');
      if (completion) entries.push(this.completion(completion));
    }
    for (let task = hart.at('origin.kept').target; task && entries.length < MOST_ENTRIES; task = task.at('next').target)
      entries.push(this.entry(Number(task.at('tid').number), 'kept by firmware: the ring is full', []));
    return {
      id: `completions-${id}`,
      name: `hart ${id} completions`,
      kind: 'completions',
      about: `Threads that are back from accelerator harts and that the kernel on hart ${id} has not taken in yet.`,
      places,
      entries,
    };
  }

  private completion(entry: Structure): QueueEntry {
    const number = (name: string) => entry.at(name).number;
    const flags = number('flags');
    const reason = number('reason') === REASON_RECALL ? 'recall' : leaveReason(Number(number('reason')));
    const how = flags & ENTRY_ASKS ? 'asks: ' : flags & ENTRY_QUEUED ? 'recalled before it ran: ' : '';
    return this.entry(Number(number('tid')), `${how}${reason}, hart ${number('hart')}`, [
      `trap value ${hex(number('tval'))}`,
      `${number('cycles')} cycles and ${number('instructions')} instructions there`,
    ]);
  }

  // The kernel's own

  private outbound(): void {
    const [classes, offered] = [this.structures.kernel('classes'), this.structures.kernel('offered')];
    if (!classes || !offered) {
      this.notes.push("This kernel's structures are not known, so its queue can't be shown.");
      return;
    }
    const mask = offered.number;
    for (let n = 0; n < classes.count; n++) {
      if (((mask >> BigInt(n)) & 1n) === 0n) continue;
      const tasks = [...classes.element(n).at('waiting').list('task', 'queue')];
      this.queues.push({
        id: `outbound-${n}`,
        name: `kernel outbound, ${className(n)}`,
        kind: 'outbound',
        about: `Threads that leave for class ${className(n)} and wait in the kernel until firmware has room.`,
        entries: tasks.map((task) => {
          const tid = task.at('tid').signed;
          this.debuggee.learnName(tid, task.at('name').text);
          return this.entry(tid, '', []);
        }),
      });
    }
  }

  private entry(tid: number, text: string, details: readonly string[]): QueueEntry {
    const name = this.debuggee.nameOf(tid);
    return { tid, ...(name && { name }), text, details };
  }
}
