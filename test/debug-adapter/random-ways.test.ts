/**
 * Random ways through runs, forward and back, over breakpoints, data breakpoints and filters: what was at a place is there again, to the byte; a
 * breakpoint is neither missed nor told twice;
 * what the client is told is what the machine is. HARTHOP_WAYS=A..B tries these seeds; a failure names its own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boot } from '../../emulator/boot.js';
import { stateFingerprint } from '../../emulator/history/fingerprint.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { describeSoc } from '../../emulator/soc/soc.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const [, first, last] = /^(\d+)(?:\.\.(\d+))?$/.exec(process.env.HARTHOP_WAYS ?? '1..3') ?? [];
const seeds = Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, n) => Number(first) + n);

const programs = [
  { path: 'test/debug-adapter/programs/trip.S', lines: [13, 14, 15, 16, 17, 18, 19, 24, 25, 26, 27, 28, 29, 30] },
  { path: 'examples/threads.S', lines: [40, 45, 50, 55, 60, 65, 70, 75, 80, 85] },
  { path: 'examples/faults.S', lines: [20, 25, 30, 35, 40, 45] },
  { path: 'examples/pingpong.S', lines: [20, 22, 24, 26, 28, 30, 32] },
];
const chips = ['app2-vec1', 'app1-vec1', 'app2-vec2', 'mixed-vlen', 'all-vector'];
/** Memory and registers that the programs change, as seen from their first instruction. */
const watched = [
  '*(long *)(sp - 16)',
  '*(long *)((unsigned long)pc & ~0xfff)',
  '$t0',
  '$s0',
  '$a0',
  '$v8.e64[0]',
  '$vl',
];
const filters = ['illegal', 'arrive', 'leave', 'resume', 'syscall', 'page-fault'];
const MOST_STOPS = 25;
const COMMANDS = 40;
/** What was changed may keep a program from ever coming to a stop. */
const PATIENCE_MS = 2000;

function generator(seed: number) {
  let state = seed * 2654435761 + 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { below, pick, some: <T>(list: readonly T[], share: number) => list.filter(() => below(100) < share) };
}

/** A program on a chip with little memory, all of which is compared again and again. */
async function launched({ below, pick, some }: ReturnType<typeof generator>) {
  const program = pick(programs);
  const soc = { ...describeSoc(socNamed(pick(chips))), memoryMiB: 16 };
  const path = `${root}${program.path}`;
  const talk = await Talk.launch(path, {
    ...{ soc, stopOnEntry: true, stopOnExit: true, engine: pick(['auto', 'auto', 'interpreter', 'translator']) },
    ...(below(2) && { seed: below(1000) }),
  });
  const set = async (lines: readonly number[]) => {
    const { breakpoints } = await talk.ask('setBreakpoints', {
      source: { path },
      breakpoints: lines.map((line) => ({ line })),
    });
    return breakpoints as { id: number; verified: boolean; instructionReference?: string }[];
  };
  const { threadId } = await talk.until('stopped', 'configurationDone');
  const watch = async (names: readonly string[]) => {
    const infos = await Promise.all(names.map((name) => talk.ask('dataBreakpointInfo', { name })));
    const ids = infos.flatMap(({ dataId }) => (dataId === null ? [] : [{ dataId }]));
    await talk.ask('setDataBreakpoints', { breakpoints: ids });
  };
  if (below(2)) await watch(some(watched, 30));
  return { talk, path, set, lines: () => some(program.lines, 35), thread: threadId as number };
}

interface Stop {
  readonly steps: number;
  readonly thread: number;
  readonly reason: string;
  readonly state: string;
}

/** Go on, to the next stop or the end. @param patience milliseconds after which it is asked to pause */
async function next(
  talk: Talk,
  command: string,
  threadId: number,
  more: object = {},
  patience?: number,
): Promise<Stop | undefined> {
  talk.events.length = 0;
  await talk.ask(command, { threadId, ...more });
  const late = patience && setTimeout(() => void talk.request('pause', { threadId }), patience);
  try {
    return await stopped(talk);
  } finally {
    clearTimeout(late);
  }
}

async function stopped(talk: Talk): Promise<Stop | undefined> {
  for (;;) {
    const stop = talk.events.find(({ event }) => event === 'stopped');
    if (stop) return where(talk, stop.body.threadId, stop.body.reason);
    if (talk.events.some(({ event }) => event === 'terminated')) return undefined;
    await talk.heardMore();
  }
}

function where({ live: { machine } }: Talk, thread: number, reason: string): Stop {
  return { steps: machine.steps, thread, reason, state: stateFingerprint(machine) };
}

for (const seed of seeds)
  test(`stops forward are those backward, and none is missed or told twice: HARTHOP_WAYS=${seed}`, async () => {
    const random = generator(seed);
    const { talk, set, lines, thread } = await launched(random);
    const placed = (await set(lines())).filter(({ verified }) => verified);
    const addresses = placed.flatMap(({ instructionReference }) =>
      instructionReference ? [BigInt(instructionReference)] : [],
    );
    if (random.below(2)) await talk.ask('setExceptionBreakpoints', { filters: random.some(filters, 30) });
    const start = where(talk, thread, 'entry');
    const stops: Stop[] = [];
    for (let at = start; at.reason !== 'exit' && stops.length < MOST_STOPS; stops.push(at))
      at = (await next(talk, 'continue', at.thread))!;
    if (process.env.SHOW) for (const stop of stops) console.log(stop);
    await noneMissed(talk, addresses, start, stops);
    // Back, from one to the next.
    for (const [n, stop] of [...stops.entries()].slice(0, -1).reverse()) {
      const at = await next(talk, 'reverseContinue', stops[n + 1]!.thread);
      assert.deepEqual(at, stop, `back to stop ${n}`);
    }
    // And forward again.
    for (const [n, stop] of stops.entries()) {
      if (n === 0) continue;
      assert.deepEqual(await next(talk, 'continue', stops[n - 1]!.thread), stop, `forward again to stop ${n}`);
    }
    await talk.ask('disconnect');
  });

/**
 * Every time that a hart comes to a breakpoint in user mode is a stop, but for those at which a thread comes again to an instruction that has
 * trapped: then all its registers are what they were. Told by a machine without a debugger.
 */
async function noneMissed(talk: Talk, addresses: readonly bigint[], start: Stop, stops: readonly Stop[]) {
  const { made, debuggee } = talk.live;
  const machine = await Machine.create(made!.soc);
  const [firmware, kernel] = [debuggee.images.firmware!.elf, debuggee.images.kernel!.elf];
  boot(machine, { firmware, kernel, initrd: initrd(made!.program.data, made!.argv, made!.envp) });
  for (const va of addresses) machine.breakpoints.add({ va });
  const told = stops.filter(({ reason }) => reason === 'breakpoint').map(({ steps }) => steps);
  assert.equal(new Set(told).size, told.length, 'one was told twice');
  const come: number[] = [];
  const before = new Map<string, string>();
  const end = stops.at(-1)!.steps;
  while (machine.steps <= end) {
    const stop = machine.run(100_000);
    if (stop.reason === 'power') break;
    const hart = machine.harts[stop.hart]!;
    if (stop.reason !== 'breakpoint' || hart.privilege !== 0 || machine.steps > end) continue;
    const registers = [hart.pc, ...Array.from({ length: 31 }, (_, n) => hart.x(n + 1))].join(' ');
    const thread = `${hart.csr('satp')} ${hart.x(4)} ${hart.x(2)}`;
    const isAgain = before.get(thread) === registers;
    before.set(thread, registers);
    if (!isAgain && machine.steps > start.steps) come.push(machine.steps);
  }
  // A stop for an event may stand at a breakpoint too, and is told as the one or the other.
  const others = new Set(stops.filter(({ reason }) => reason !== 'breakpoint').map(({ steps }) => steps));
  assert.deepEqual(
    come.filter((steps) => !told.includes(steps) && !others.has(steps)),
    [],
    'missed',
  );
}

for (const seed of seeds)
  test(`what was at a place is there again, whatever was done: HARTHOP_WAYS=${seed}`, async () => {
    const random = generator(seed + 7_000_000);
    const { below, pick } = random;
    const { talk, set, lines, thread } = await launched(random);
    await set(lines());
    let at: Stop = where(talk, thread, 'entry');
    const known = new Map<number, string>([[at.steps, at.state]]);
    const done: string[] = [];
    const check = async (stop: Stop) => {
      const said = `seed ${seed}: ${done.join(' ')}`;
      if (known.has(stop.steps)) assert.equal(stop.state, known.get(stop.steps), said);
      known.set(stop.steps, stop.state);
      const hart = talk.live.machine.harts[stop.thread - 1]!;
      const { stackFrames } = await talk.ask('stackTrace', { threadId: stop.thread, levels: 1 });
      assert.equal(BigInt(stackFrames[0].instructionPointerReference), hart.pc, said);
      const frameId = stackFrames[0].id;
      const { result } = await talk.ask('evaluate', { expression: '(unsigned long)$a0', frameId, context: 'watch' });
      assert.equal(BigInt(result), hart.x(10), said);
    };
    for (let n = 0; n < COMMANDS; n++) {
      if (process.env.SHOW) console.log(done.slice(-2).join(' '));
      const kind = at.reason === 'exit' ? 2 + below(2) : below(12);
      if (kind === 3 && at.reason === 'exit') {
        at = (await next(talk, 'reverseContinue', at.thread))!;
        done.push(`back:[${at.thread} ${at.steps}]`);
        await check(at);
        continue;
      }
      const command = pick([
        'continue',
        'continue',
        'next',
        'stepIn',
        'next',
        'stepBack',
        'stepBack',
        'reverseContinue',
        'stepOut',
        'harthop/stepBackInto',
        'harthop/stepBackOut',
      ]);
      const more =
        command.startsWith('step') || command === 'next' ? { granularity: pick(['line', 'instruction']) } : {};
      if (kind === 0) await set(lines());
      else if (kind === 1) {
        const { stackFrames } = await talk.ask('stackTrace', { threadId: at.thread, levels: 1 });
        const [expression, value] = pick([
          ['$t5', String(below(1000))],
          ['$s9', '0x123456789'],
          ['$stval', '5'],
          ['$f7', '2.5'],
        ]);
        done.push(`${expression}=${value}`);
        const answer = await talk.request('setExpression', { expression, value, frameId: stackFrames[0].id });
        if (!answer.success) continue;
        for (const steps of [...known.keys()]) if (steps >= at.steps) known.delete(steps);
        at = where(talk, at.thread, 'edit');
        await check(at);
      } else {
        // Nobody called what stands at the bottom.
        const frames = /Out$/.test(command) && (await talk.ask('stackTrace', { threadId: at.thread })).stackFrames;
        if (frames && frames.length < 2) continue;
        const steps = kind === 2 ? pick([...known.keys()]) : undefined;
        done.push(
          steps === undefined ? `${command}${more.granularity ? `:${more.granularity}` : ''}` : `goTo:${steps}`,
        );
        const stop =
          steps === undefined
            ? await next(talk, command, at.thread, more, PATIENCE_MS)
            : await next(talk, 'harthop/goTo', at.thread, { steps });
        assert.ok(stop, `it ended: seed ${seed}: ${done.join(' ')}`);
        if (steps !== undefined) assert.equal(stop.steps, steps);
        at = stop;
        done.push(`[${at.thread} ${at.steps}]`);
        await check(at);
      }
    }
    await talk.request('disconnect');
  });
