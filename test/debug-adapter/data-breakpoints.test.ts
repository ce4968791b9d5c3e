/** Data breakpoints and modes among processes; breakpoints that are set while the program runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Talk } from './in-process.js';

/** A process that forks; parent and child write to their own copies of a page, the child first. */
const FORK = `.globl _start
_start:
  la s0, value
  li t0, 1
  sd t0, (s0)
  li a7, 220 # clone, as fork
  li a0, 17
  li a1, 0
  ecall
  beqz a0, child
  li a7, 260 # wait4
  li a0, -1
  li a1, 0
  li a2, 0
  li a3, 0
  ecall
  li t0, 2
  j both
child:
  li t0, 3
both:
  sd t0, (s0)
  li a7, 93
  li a0, 0
  ecall
  .data
  .balign 8
value: .dword 0
`;

async function withProgram(source: string, use: (talk: Talk, program: string) => Promise<void>, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
  try {
    const program = join(folder, 'program.S');
    writeFileSync(program, source);
    await use(await Talk.launch(program, { stopOnEntry: true, ...more }), program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every stop until the program ends: what it says. */
async function stops(talk: Talk, threadId: number): Promise<string[]> {
  const list: string[] = [];
  for (;;) {
    talk.events.length = 0;
    await talk.ask('continue', { threadId });
    const found = await talk.next('stopped', 'terminated');
    if (found.event === 'terminated') return list;
    list.push(`${found.body.description}${found.body.text ? `, ${found.body.text}` : ''}`);
  }
}

for (const engine of ['interpreter', 'translator'])
  test(`a data breakpoint holds in its own address space, or in all (${engine})`, async () => {
    const told: Record<string, string[]> = {};
    for (const mode of ['own', 'all'])
      await withProgram(
        FORK,
        async (talk) => {
          const { threadId } = await talk.until('stopped', 'configurationDone');
          const { dataId } = await talk.ask('dataBreakpointInfo', { name: 'value', mode });
          await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId }] });
          told[mode] = (await stops(talk, threadId)).map((text) => text.replace(/ hart .*(task \d).*/, ' $1'));
        },
        { engine },
      );
    assert.deepEqual(told, {
      own: ['value changed: 0 → 1, task 1', 'value changed: 1 → 2, task 1'],
      all: ['value changed: 0 → 1, task 1', 'value changed: 1 → 3, task 2', 'value changed: 1 → 2, task 1'],
    });
  });

test('a breakpoint holds in its own address space, or in all', async () => {
  const told: Record<string, string[]> = {};
  const line = FORK.split('\n').findIndex((text) => text.startsWith('both:')) + 2;
  for (const mode of ['own', 'all', undefined])
    await withProgram(FORK, async (talk, path) => {
      const { threadId } = await talk.until('stopped', 'configurationDone');
      await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line, ...(mode && { mode }) }] });
      told[String(mode)] = (await stops(talk, threadId)).map((text) => text.replace(/ hart .*(task \d).*/, ' $1'));
    });
  const both = ['Breakpoint, task 2', 'Breakpoint, task 1'];
  assert.deepEqual(told, { own: ['Breakpoint, task 1'], all: both, undefined: both });
});

test('a breakpoint of the first address space waits for nobody else, whenever it is set', async () => {
  await withProgram(FORK, async (talk, path) => {
    const line = FORK.split('\n').findIndex((text) => text.startsWith('both:')) + 2;
    await talk.ask('setBreakpoints', {
      source: { path },
      breakpoints: [
        { line: 4, mode: 'own' },
        { line, condition: '@task2 t0 == 3' },
      ],
    });
    const { threadId } = await talk.until('stopped', 'configurationDone');
    const said = (await stops(talk, threadId)).map((text) => text.replace(/ hart .*(task \d).*/, ' $1'));
    assert.deepEqual(said, ['Breakpoint, task 1', 'Breakpoint, task 2']);
  });
});

const LOOP = `.globl _start
_start:
  la s0, count
loop:
  ld t0, (s0)
  addi t0, t0, 1
  sd t0, (s0)
  j loop
  .data
  .balign 8
count: .dword 0
`;

for (const engine of ['interpreter', 'auto'])
  test(`breakpoints set while the program runs take effect without a stop (${engine})`, async () => {
    await withProgram(
      LOOP,
      async (talk, path) => {
        const { threadId } = await talk.until('stopped', 'configurationDone');
        const { dataId } = await talk.ask('dataBreakpointInfo', { name: 'count' });
        const running = async (command: string, args: object, reason: string) => {
          talk.events.length = 0;
          await talk.ask('continue', { threadId });
          // Well into it, and hot by now.
          await new Promise((done) => setTimeout(done, 300));
          assert.deepEqual(
            talk.events.filter(({ event }) => event === 'stopped'),
            [],
          );
          const answer = await talk.ask(command, args);
          assert.ok(answer.breakpoints[0].verified);
          const stop = await talk.next('stopped');
          assert.equal(stop.body.reason, reason);
          await talk.ask(command, { ...args, breakpoints: [] });
        };
        await running('setBreakpoints', { source: { path }, breakpoints: [{ line: 5 }] }, 'breakpoint');
        await running(
          'setDataBreakpoints',
          { breakpoints: [{ dataId, condition: '$new % 1000 == 0' }] },
          'data breakpoint',
        );
        await running(
          'setInstructionBreakpoints',
          { breakpoints: [{ instructionReference: '0x1000c' }] },
          'breakpoint',
        );
        await talk.ask('terminate');
      },
      { engine },
    );
  });

test('data breakpoints have their limits', async () => {
  await withProgram(FORK, async (talk) => {
    await talk.until('stopped', 'configurationDone');
    const { dataId } = await talk.ask('dataBreakpointInfo', { name: 'value', bytes: 2 ** 20 });
    const verified = async (count: number, id: string) => {
      const breakpoints = Array.from({ length: count }, () => ({ dataId: id }));
      const answer = await talk.ask('setDataBreakpoints', { breakpoints });
      return answer.breakpoints.filter((each: { verified: boolean }) => each.verified).length;
    };
    assert.equal(await verified(20, dataId), 8);
    assert.equal(await verified(1200, dataId.replace('1048576', '8')), 1000);
    assert.equal(await verified(1, 'x31 8 offset=0,privilege=0 t6'), 1);
    for (const id of ['x32 8 offset=0 x', 'v0 9999999 offset=0 v', '0x1000 0 0x0 - x', 'csr5000 8 offset=0 x', ''])
      assert.equal(await verified(1, id), 0, id);
    for (const bytes of [-1, 0, 2 ** 20 + 1, 'many'])
      assert.equal((await talk.request('dataBreakpointInfo', { name: 'value', bytes })).success, false);
    const { dataId: none } = await talk.ask('dataBreakpointInfo', {
      name: '0xfffffffffffffff8',
      asAddress: true,
      bytes: 16,
    });
    assert.equal(none, null);
  });
});

test('a data breakpoint outlives a restart', async () => {
  await withProgram(FORK, async (talk) => {
    await talk.until('stopped', 'configurationDone');
    const { dataId } = await talk.ask('dataBreakpointInfo', { name: 'value' });
    await talk.ask('restart');
    await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId }] });
    const { threadId } = await talk.until('stopped', 'configurationDone');
    const said = (await stops(talk, threadId)).map((text) => text.replace(/ hart .*(task \d).*/, ' $1'));
    assert.deepEqual(said, ['value changed: 0 → 1, task 1', 'value changed: 1 → 2, task 1']);
  });
});

/** Changes mstatus.FS, then mstatus.VS, then a field of fcsr. */
const FIELDS = `.globl _start
_start:
  la a0, halves
  fld fa0, (a0)
  vsetivli zero, 2, e64, m1, ta, ma
  vadd.vi v8, v8, 1
  fadd.d fa1, fa0, fa0
  fcvt.w.d t0, fa0
  fsrmi 2
  li a7, 93
  li a0, 0
  ecall
  .data
  .balign 8
halves: .double 0.5
`;

test('a data breakpoint on a field of a CSR stops where that field changes, and not where another does', async () => {
  /** What the program did to the field. */
  const told = async (name: string) => {
    let list: string[] = [];
    await withProgram(
      FIELDS,
      async (talk) => {
        const { threadId } = await talk.until('stopped', 'configurationDone');
        const { dataId } = await talk.ask('dataBreakpointInfo', { name });
        await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId }] });
        list = await stops(talk, threadId);
      },
      { soc: 'all-vector' },
    );
    // The kernel changes mstatus, too.
    return list.flatMap((text) => /^(.*), hart 0 .* U · task 1 /.exec(text)?.[1] ?? []);
  };
  for (const [field, change] of Object.entries({
    'mstatus.FS': '2 → 3',
    'mstatus.VS': '2 → 3',
    'fcsr.NX': '0 → 1',
    'fcsr.frm': '0 → 2',
  }))
    assert.deepEqual(await told(`$${field}`), [`$${field} changed: ${change}`]);
});
