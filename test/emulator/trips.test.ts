/** Trips as the tracker sees them, event by event: what firmware and kernel do is played here, so that it may be anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsPicture } from '../../cli/picture.js';
import { reportOf } from '../../cli/report.js';
import type { MachineEvent, MigrationEvent, Privilege } from '../../emulator/events.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { causes } from '../../isa/csrs.js';
import { encode } from '../../isa/encode.js';
import { instructionNamed } from '../../isa/table.js';

const MIG = 0x084d4947;
const [ASK_FOR_CALLS, ASK_FOR_FAULTS, GUEST] = [4n, 8n, 16n];
const [APPLICATION, ACCELERATOR] = [0, 1];
const CODE = 0x8010_0000n;
const FRAMES = 0x8020_0000n;
const DUPLICATE = -1003n;

const word = (name: string, ...values: number[]) => encode(instructionNamed(name)!, values);
/** The threads' code: two instructions of the class, then others. */
const code = [word('vadd.vv', 1, 2, 3, 1), word('vadd.vv', 4, 5, 6, 1), word('addi', 10, 10, 1), word('ecall')];

/** One application hart and one accelerator hart, on which events are played. */
async function stage() {
  const machine = await Machine.create(socNamed('app1-vec1'));
  const bytes = new Uint8Array(new Uint32Array(code).buffer);
  machine.memory.write(Number(CODE), bytes);
  const steps: MigrationEvent[] = [];
  machine.events.on((event) => void (event.kind === 'migration' && steps.push(event)));
  let cycle = 0;
  const play = (event: Omit<Extract<MachineEvent, { kind: 'trap' }>, 'cycle'> | Record<string, unknown>) =>
    machine.events.emit({ ...event, cycle: ++cycle } as MachineEvent);
  /** A thread, told apart by its stack, or else by its register a0. */
  const thread = (tid: number, stack = 0x1000 * tid, a0 = 0n) => {
    const wear = (hart: number) => {
      machine.harts[hart]!.setX(2, BigInt(stack));
      machine.harts[hart]!.setX(4, 0n);
      machine.harts[hart]!.setX(10, a0);
    };
    const trap = (
      hart: number,
      cause: number,
      more: { tval?: bigint; pc?: bigint; to?: Privilege; interrupt?: boolean },
    ) => play({ kind: 'trap', hart, interrupt: false, cause, tval: 0n, pc: CODE, from: 0, to: 3, ...more });
    return {
      /** The kernel's call; what firmware answers. */
      calls(flags = 0n, pc = CODE) {
        const frame = FRAMES + BigInt(0x1000 * tid);
        const words = new BigUint64Array(32);
        [words[0], words[2], words[4], words[10]] = [pc, BigInt(stack), 0n, a0];
        machine.memory.write(Number(frame), new Uint8Array(words.buffer));
        play({ kind: 'sbi', hart: APPLICATION, extension: MIG, fid: 3, args: [0n, 0n, BigInt(tid), frame, 0n, flags] });
      },
      hears: (error = 0n) => play({ kind: 'sbi-return', hart: APPLICATION, extension: MIG, fid: 3, error, value: 0n }),
      sent(flags = 0n, pc = CODE) {
        this.calls(flags, pc);
        this.hears();
      },
      /** Firmware returns into it, on the accelerator hart. */
      runs(pc = CODE) {
        wear(ACCELERATOR);
        play({ kind: 'trap-return', hart: ACCELERATOR, pc, from: 3, to: 0 });
      },
      traps: (cause: number, more: { tval?: bigint; pc?: bigint } = {}) => trap(ACCELERATOR, cause, more),
      interrupted: () => trap(ACCELERATOR, 3, { interrupt: true }),
      /** The kernel returns into it. */
      resumes(pc = CODE) {
        wear(APPLICATION);
        play({ kind: 'trap-return', hart: APPLICATION, pc, from: 1, to: 0 });
      },
      get state() {
        return machine.migrations.task(tid)?.state;
      },
    };
  };
  return {
    machine,
    steps,
    play,
    thread,
    /** A word to the application hart that something is in its ring; then the kernel takes the interrupt. */
    announces: () => play({ kind: 'ipi', hart: ACCELERATOR, target: APPLICATION }),
    drains() {
      play({ kind: 'trap', hart: APPLICATION, interrupt: true, cause: 16, tval: 0n, pc: CODE, from: 0, to: 1 });
      play({ kind: 'trap-return', hart: APPLICATION, pc: CODE, from: 1, to: 1 });
    },
    /** Steps with their reasons, since the last look. */
    told() {
      return steps.splice(0).map(({ step, reason }) => (reason ? `${step} ${reason}` : step));
    },
  };
}

const { ecallU, loadPage, storePage, hint } = causes;
const out = ['sbi-migrate vector', 'enqueue vector', 'arrive vector'];

test('a thread that asks for calls stays where it is: ask, answer, as often as it wants', async () => {
  const { thread, told, announces, drains, machine } = await stage();
  const one = thread(1);
  one.sent(ASK_FOR_CALLS);
  one.runs();
  assert.deepEqual(told(), out);
  for (let n = 0; n < 3; n++) {
    one.traps(ecallU, { pc: CODE + 12n });
    assert.equal(one.state, 'asking');
    announces();
    drains();
    assert.deepEqual(told(), ['ask syscall'], 'the kernel reads the ring, and nobody has returned');
    assert.equal(machine.migrations.taskOn(ACCELERATOR)?.tid, 1);
    one.runs(CODE + 16n);
    assert.equal(one.state, 'away');
    assert.deepEqual(told(), ['answer syscall']);
  }
  assert.equal(machine.migrations.list.length, 1, 'it crossed once');
  assert.deepEqual(
    machine.migrations.questions.map(({ task, hart, pc, reason }) => [task, hart, pc, reason]),
    Array.from({ length: 3 }, () => [1, ACCELERATOR, CODE + 12n, 'syscall']),
  );
  assert.ok(machine.migrations.questions.every(({ cycle, answered }) => answered! > cycle));
});

test('told to come home it leaves with the reason for which it asked', async () => {
  const { thread, told, announces, drains, machine } = await stage();
  const one = thread(1);
  one.sent(ASK_FOR_CALLS | ASK_FOR_FAULTS);
  one.runs();
  told();
  one.traps(storePage, { tval: 0x5000n });
  announces();
  drains();
  assert.deepEqual(told(), ['ask page-fault']);
  announces();
  assert.deepEqual(told(), ['leave page-fault']);
  drains();
  one.resumes();
  assert.deepEqual(told(), ['return page-fault', 'resume page-fault']);
  assert.equal(one.state, 'home');
  assert.deepEqual(
    machine.migrations.list.map(({ way, from, to, reason }) => [way, from, to, reason]),
    [
      ['out', 0, 1, 'vector'],
      ['back', 1, 0, 'page-fault'],
    ],
  );
  assert.equal(machine.migrations.questions[0]!.answered, undefined);
});

test('only what the flags name is asked; everything else leaves at once', async () => {
  for (const [flags, asked] of [
    [0n, []],
    [ASK_FOR_CALLS, [ecallU]],
    [ASK_FOR_FAULTS, [loadPage, storePage, causes.fetchPage]],
  ] as const)
    for (const cause of [ecallU, loadPage, storePage, causes.fetchPage, causes.illegal, causes.breakpoint]) {
      const { thread, told } = await stage();
      const one = thread(1);
      one.sent(flags);
      one.runs();
      told();
      one.traps(cause);
      const [step] = told();
      const wanted = (asked as readonly number[]).includes(cause) ? 'ask' : 'leave';
      assert.equal(step!.split(' ')[0], wanted, `flags ${flags}, cause ${cause}`);
    }
});

test('a question whose end nobody announced ends when another thread arrives there', async () => {
  const { thread, told } = await stage();
  const [one, two] = [thread(1), thread(2)];
  one.sent(ASK_FOR_CALLS);
  one.runs();
  two.sent();
  told();
  one.traps(ecallU);
  two.runs();
  assert.deepEqual(told(), ['ask syscall', 'leave syscall', 'arrive vector']);
  assert.equal(one.state, 'left');
  one.resumes();
  assert.deepEqual(told(), ['return syscall', 'resume syscall'], 'by a kernel that looks into its ring by itself');
});

test('or when the thread goes on at home, or is sent anew', async () => {
  const { thread, told } = await stage();
  const one = thread(1);
  one.sent(ASK_FOR_CALLS);
  one.runs();
  told();
  one.traps(ecallU);
  one.resumes();
  assert.deepEqual(told(), ['ask syscall', 'leave syscall', 'return syscall', 'resume syscall']);
  one.sent(ASK_FOR_CALLS);
  one.runs();
  told();
  one.traps(ecallU);
  one.calls(ASK_FOR_CALLS);
  one.hears(DUPLICATE);
  assert.equal(one.state, 'asking', 'a call that is refused since it is away changes nothing');
  one.calls(ASK_FOR_CALLS);
  one.hears();
  assert.deepEqual(told(), [
    'ask syscall',
    ...out.slice(0, 1),
    ...out.slice(0, 1),
    'leave syscall',
    'return syscall',
    out[1],
  ]);
  assert.equal(one.state, 'queued');
});

test('of threads that share a stack and stand at one instruction all registers tell who arrives', async () => {
  const { thread, steps } = await stage();
  const [first, second] = [thread(1, 0x1000, 7n), thread(2, 0x1000, 0n)];
  first.sent();
  second.sent();
  first.runs();
  assert.equal(steps.at(-1)?.step, 'arrive');
  assert.equal(steps.at(-1)?.task, 1);
  assert.deepEqual([first.state, second.state], ['away', 'queued']);
});

test('a guest goes out as one, whatever its next instruction is, and comes back by recall', async () => {
  const { thread, told, announces, drains, machine } = await stage();
  const one = thread(1);
  one.sent(GUEST, CODE + 8n);
  one.runs(CODE + 8n);
  assert.deepEqual(told(), ['sbi-migrate guest', 'enqueue guest', 'arrive guest']);
  assert.equal(machine.migrations.task(1)!.outbound, 'guest');
  one.interrupted();
  one.runs(CODE + 12n);
  assert.deepEqual(told(), [], 'an interrupt that was not for it');
  one.interrupted();
  announces();
  drains();
  assert.deepEqual(told(), ['leave recall', 'return recall']);
});

test('a guest that firmware hands back from its queue has been nowhere', async () => {
  const { thread, told, play, machine } = await stage();
  const one = thread(1);
  one.sent(GUEST, CODE + 8n);
  one.resumes(CODE + 12n);
  assert.equal(one.state, 'queued', 'what goes on elsewhere is another thread');
  one.resumes(CODE + 8n);
  assert.deepEqual(told(), ['sbi-migrate guest', 'enqueue guest']);
  assert.equal(one.state, 'home');
  play({ kind: 'trap-return', hart: APPLICATION, pc: CODE + 8n, from: 3, to: 0 });
  assert.deepEqual(told(), [], 'firmware that was asked for something else at home and returns to it');
  assert.equal(machine.migrations.list.length, 0);
  one.sent(GUEST, CODE + 8n);
  one.runs(CODE + 8n);
  assert.deepEqual(told(), ['sbi-migrate guest', 'enqueue guest', 'arrive guest']);
});

test('a thread that is sent before it needs the class goes by a hint', async () => {
  const { thread, told } = await stage();
  const one = thread(1);
  one.sent(0n, CODE + 8n);
  one.runs(CODE + 8n);
  assert.deepEqual(told(), ['sbi-migrate hint', 'enqueue hint', 'arrive hint']);
  one.traps(loadPage, { pc: CODE + 8n });
  told();
  one.sent(0n, CODE + 8n);
  assert.match(
    told().join(),
    /sbi-migrate vector/,
    'not so one that is sent back to where it was, being on its way home',
  );
});

test('hints on the accelerator hart: soon is nothing, done leads home', async () => {
  const { thread, told, announces } = await stage();
  const one = thread(1);
  one.sent();
  one.runs();
  told();
  one.traps(hint, { tval: BigInt(word('hart.soon', 0)) });
  one.runs(CODE + 4n);
  assert.deepEqual(told(), []);
  assert.equal(one.state, 'away');
  one.traps(hint, { tval: BigInt(word('hart.done', 0)) });
  announces();
  assert.deepEqual(told(), ['leave hint']);
});

test('an illegal instruction is reported whether firmware or the kernel gets it first', async () => {
  const { play, steps } = await stage();
  for (const to of [3, 1] as const) {
    play({
      kind: 'trap',
      hart: APPLICATION,
      interrupt: false,
      cause: causes.illegal,
      tval: BigInt(code[0]!),
      pc: CODE,
      from: 0,
      to,
    });
    assert.deepEqual(
      steps.splice(0).map(({ step, reason, pc }) => [step, reason, pc]),
      [['illegal', 'vector', CODE]],
    );
  }
});

test('report and picture tell crossings and questions apart', async () => {
  const { thread, announces, drains, machine } = await stage();
  const [one, two] = [thread(1), thread(2)];
  one.sent(ASK_FOR_CALLS | ASK_FOR_FAULTS);
  one.runs();
  one.traps(ecallU);
  one.runs();
  one.traps(storePage);
  announces();
  announces();
  drains();
  one.resumes();
  two.sent(GUEST);
  two.runs();
  two.interrupted();
  announces();
  const { list, questions } = machine.migrations;
  const [first] = countsPicture(machine.soc, list, questions, [10, 20]).split('\nhart 0');
  assert.equal(
    first,
    '1 crossing to a vector hart, 1 crossing as a guest; back: 1 page-fault, 1 recall\nasked without leaving: 1 syscall, 1 page-fault',
  );
  const report = reportOf(machine, 0);
  assert.deepEqual(
    report.migrations.map(({ from, to, reason, pc }) => [from, to, reason, pc]),
    [
      [0, 1, 'vector', '0x80100000'],
      [1, 0, 'page-fault', '0x80100000'],
      [0, 1, 'guest', '0x80100000'],
      [1, 0, 'recall', '0x80100000'],
    ],
  );
  assert.deepEqual(
    report.questions?.map(({ reason, answered }) => [reason, answered !== null]),
    [
      ['syscall', true],
      ['page-fault', false],
    ],
  );
});
