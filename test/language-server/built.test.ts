/** What is forecast for a built program, in the C sources that it was built from: over the protocol, with programs of GCC and of Clang. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Diagnostic } from 'vscode-languageserver-types';
import type { Measured } from '../../language-server/messages.js';
import { harthop } from '../cli/harthop.js';
import { needs } from '../tools.js';
import { Client } from './client.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-built-'));
after(() => rmSync(folder, { recursive: true }));

const gcc = 'riscv64-linux-gnu-gcc';
const clang = 'clang-19';
const at = new Date(2026, 0, 2, 14, 3);

/** Compile a source of `built/` into the folder. The source is a minute older than the program. */
function build(compiler: string, source: string, level: string, program: string): void {
  copyFileSync(`test/language-server/built/${source}`, join(folder, source));
  const target = [
    '--target=riscv64-linux-gnu',
    '-fuse-ld=lld',
    '--ld-path=/usr/bin/ld.lld-19',
    '-grecord-command-line',
  ];
  const options = [...(compiler === clang ? target : []), '-march=rv64gcv', '-mabi=lp64d', '-static', '-g', level];
  const { status, stderr, error } = spawnSync(compiler, [
    ...options,
    join(folder, source),
    '-o',
    join(folder, program),
  ]);
  assert.equal(status, 0, error ? String(error) : String(stderr));
  utimesSync(join(folder, source), at, new Date(at.getTime() - 60_000));
  utimesSync(join(folder, program), at, at);
}

const newClient = (source: string) => new Client(join(folder, source), 'c');

/** Wait for findings that `what` is content with. */
async function findings(
  client: Client,
  what: (list: readonly Diagnostic[]) => boolean = (list) => list.length > 0,
): Promise<string[]> {
  let list = client.last;
  while (!list || !what(list)) list = await client.next();
  return list.map(({ range, code, message }) => `${range.start.line + 1} ${code}: ${message}`);
}

for (const level of ['-O2', '-O3'])
  test(
    `Clang ${level}: vectorised loops and intrinsics have hints, lenses and findings in C`,
    needs(clang, 'ld.lld-19'),
    async () => {
      build(clang, 'sums.c', level, `sums${level}`);
      const client = newClient('sums.c');
      await client.open(folder, { forecast: { builds: [`sums${level}`] } });
      const mark = `in sums${level}, ${level}, 2026-01-02 14:03`;
      assert.deepEqual(await findings(client), [
        `21 tail-read: v8 was last written tail-agnostic (ta) under a smaller vl: elements behind that may hold anything, and are read here (${mark})`,
        `26 ping-pong: this loop goes out and back each time round: it leaves on line 8 and comes back in puts; about 1 round trip, 1,700 cycles, an iteration (${mark})`,
      ]);
      const hints = await client.hints();
      assert.ok(hints.includes(`8 → may leave for V  e32, m2  (sums${level})`), hints.join('\n'));
      assert.ok(hints.includes(`27 ← may come back in puts  (sums${level})`), hints.join('\n'));
      const graph = await client.graph();
      assert.equal(graph.build, mark);
      // What a library's function is made of is nobody's concern here.
      assert.deepEqual(
        graph.edges
          .filter(({ kind }) => kind !== 'call' && kind !== 'end')
          .flatMap(({ from, to, kind, points }) =>
            points.map(({ place, instruction }) => `${from} -${kind}-> ${to} ${place?.line ?? ''} ${instruction}`),
          ),
        [
          'axpy@ -leave-> axpy@V 8 csrrs',
          'puts@V -return-> puts@  ecall',
          'puts@V -return-> puts@  ebreak',
          'puts@ -exit-> end  ecall',
          'puts@V -exit-> end  ecall',
          'sum@ -leave-> sum@V 14 vsetvli',
        ],
      );
      assert.ok(graph.nodes.some(({ id, lines }) => id === 'main@V' && lines.length > 0));
      assert.ok(graph.edges.length < 20, `${graph.edges.length} ways`);
      assert.deepEqual(await client.lenses(), [
        `8 may leave for V on line 8 · ${mark}`,
        `14 may leave for V on line 14 · ${mark}`,
        `26 about 1 round trip (1,700 cycles) an iteration · ${mark}`,
      ]);
      await client.close();
    },
  );

for (const level of ['-O2', '-O3'])
  test(`GCC ${level}: vector instructions in strings have hints, lenses and findings in C`, needs(gcc), async () => {
    build(gcc, 'copy.c', level, `copy${level}`);
    const client = newClient('copy.c');
    await client.open(folder, { forecast: { builds: [`copy${level}`] } });
    const mark = `in copy${level}, ${level}, 2026-01-02 14:03`;
    assert.deepEqual(await findings(client), [
      `14 ping-pong: this loop goes out and back each time round: it leaves on line 8 and comes back in write; about 1 round trip, 1,700 cycles, an iteration (${mark})`,
    ]);
    assert.deepEqual(await client.hints(), [
      `8 → may leave for V  e8, m8  (copy${level})`,
      `17 ← may come back in write  (copy${level})`,
    ]);
    assert.deepEqual(await client.lenses(), [
      `14 may leave for V on line 8 · about 1 round trip (1,700 cycles) an iteration · ${mark}`,
    ]);
    await client.close();
  });

test(
  'what is told of a build is stale once the source is edited, or newer, and gone with the program',
  needs(gcc),
  async () => {
    build(gcc, 'copy.c', '-O2', 'stale');
    const client = newClient('copy.c');
    await client.open(folder, { forecast: { builds: ['sta*'] } });
    await findings(client);
    const text = readFileSync(client.path, 'utf8');
    const fresh = await client.hints();
    assert.ok(fresh.length > 0 && fresh.every((each) => !each.endsWith(', stale)')), fresh.join('\n'));

    await client.write(text.replace('#include <unistd.h>\n', '#include <unistd.h>\n#define MORE\n'));
    assert.ok((await client.hints()).every((each) => each.endsWith('(stale, stale)')));
    // It goes along with its lines.
    const moved = (list: readonly string[]) =>
      list.map((each) => each.replace(/^\d+/, (line) => String(Number(line) + 1)).replace(')', ', stale)'));
    assert.deepEqual(await client.hints(), moved(fresh));
    // Saved like that, too.
    writeFileSync(client.path, text.replace('#include <unistd.h>\n', '#include <unistd.h>\n#define MORE\n'));
    assert.deepEqual(await client.hints(), moved(fresh));
    await client.write(text);
    writeFileSync(client.path, text);
    utimesSync(client.path, at, new Date(at.getTime() - 60_000));
    assert.deepEqual(await client.hints(), fresh);

    utimesSync(join(folder, 'copy.c'), at, new Date(at.getTime() + 60_000));
    assert.ok((await client.hints()).every((each) => each.endsWith('(stale, stale)')));

    rmSync(join(folder, 'stale'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [] });
    await findings(client, (list) => list.length === 0);
    assert.deepEqual(await client.hints(), []);
    await client.close();
  },
);

test(
  'a program that the client runs is looked at without a setting; what is no program is passed over',
  needs(gcc),
  async () => {
    build(gcc, 'copy.c', '-O2', 'run');
    const client = newClient('copy.c');
    await client.open(folder, { forecast: { builds: ['*.c'] } });
    assert.deepEqual(await client.hints(), []);
    await client.connection.sendNotification('harthop/builds', { programs: [join(folder, 'run'), '/no/such/file'] });
    const [only] = await findings(client);
    assert.match(only!, /^14 ping-pong: .*in run, -O2/);
    await client.close();
  },
);

test(
  'others are served while a program with its C library is followed, which is told and can be given up',
  needs(gcc),
  async () => {
    build(gcc, 'slow.c', '-O2', 'slow');
    const client = newClient('slow.c');
    const told: string[] = [];
    let token: unknown;
    client.connection.onRequest('window/workDoneProgress/create', (params: { token: unknown }) => {
      ({ token } = params);
      return null;
    });
    const begun = new Promise<void>((resolve) => {
      client.connection.onNotification('$/progress', ({ value }: { value: { kind: string; message?: string } }) => {
        told.push([value.kind, value.message].filter(Boolean).join(' '));
        resolve();
      });
    });
    // Pages too: that takes longer.
    const settings = { forecast: { builds: ['slow'], faults: 'move' } };
    await client.open(folder, settings, { window: { workDoneProgress: true } });
    await begun;
    let hinted = false;
    const hints = client.hints().then((list) => {
      hinted = true;
      return list;
    });
    assert.deepEqual(told, ['begin following slow']);
    await client.connection.sendRequest('harthop/recognise', { text: 'vsetvli t0, a0, e8, m1, ta, ma' });
    assert.ok(!hinted, 'another request is answered meanwhile');
    await client.connection.sendNotification('window/workDoneProgress/cancel', { token });
    assert.deepEqual(await hints, []);
    assert.deepEqual(told, ['begin following slow', 'end']);
    await client.close();
  },
);

test('what was measured in a library stands at the calls that led there, as long as it was a run of that build', {
  ...needs(gcc),
  timeout: 120_000,
}, async () => {
  build(gcc, 'calls.c', '-O2', 'c');
  const file = join(folder, 'calls.json');
  const { status, stderr } = harthop(['run', '--soc', 'app1-vec1', '--measure', file, join(folder, 'c')]);
  assert.equal(status, 0, String(stderr));
  const { inside } = JSON.parse(readFileSync(file, 'utf8')) as Measured;
  assert.equal(
    inside!.reduce((n, { reasons }) => n + (reasons.syscall ?? 0), 0),
    5,
  );
  const client = newClient('calls.c');
  await client.open(folder, { soc: 'app1-vec1', forecast: { builds: ['c'], measured: ['calls.json'] } });
  await findings(client);
  const hints = (await client.hints()).filter((each) => each.includes('←'));
  const [first, second, alone] = hints;
  // Four calls of write together, one of getppid.
  const cost = String.raw`[\d,]+ cycles`;
  assert.match(first!, new RegExp(`^12 ← in write · 4 × ${cost} in all  \\(c\\)$`));
  assert.match(second!, new RegExp(`^15 ← in write · 4 × ${cost} in all  \\(c\\)$`));
  assert.match(alone!, new RegExp(`^17 ← in getppid · 1 × ${cost}  \\(c\\)$`));
  assert.equal(hints.length, 3);
  // Built anew since, it is another program.
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(folder, 'c'), later, later);
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: `file://${join(folder, 'c')}`, type: 2 }],
  });
  for (let tries = 0; tries < 50 && (await client.hints()).some((each) => each.includes('← in')); tries++)
    await new Promise((done) => setTimeout(done, 200));
  assert.ok((await client.hints()).includes('17 ← may come back in getppid  (c)'), (await client.hints()).join('\n'));
  await client.close();
});
