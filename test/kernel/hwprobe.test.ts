/** What the kernel tells programs of the harts: AT_HWCAP and riscv_hwprobe, on chips of several kinds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isKnown, spelled } from '../../isa/names/known.js';
import { readSoc, type Soc } from '../../emulator/soc/soc.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { probed } from '../../isa/names/probed.js';
import { extensionsHeader, extensionsPath } from '../../scripts/generate-extensions.js';
import { needs } from '../tools.js';
import { boards, onMachine } from './boards.js';
import { assembly, compiled } from './programs.js';

const tool = needs('riscv64-linux-gnu-gcc');
const chip = (...harts: object[]) => readSoc({ name: 'test', harts }, 'test');

const EINVAL = 22;
const EFAULT = 14;
const [FD, C, V] = [1n, 2n, 4n];

/** The bits of the extensions for which `has` holds. */
const bitsOf = (has: (name: string) => boolean) =>
  probed.reduce((bits, name, n) => (has(spelled(name)) ? bits | (1n << BigInt(n)) : bits), 0n);
const isVector = (name: string) => /^(V$|Zv)/.test(name);

/** What a program may use on each hart that it may run on; undefined: harts that it never hears of. */
function expected({ harts }: Soc, migrates: boolean): (bigint | undefined)[] {
  const hasVector = harts.map(({ isa }) => isa.extensions.has('V'));
  const accelerators = harts.filter((_, n) => migrates && hasVector[n] && !hasVector.every(Boolean));
  return harts.map((hart) => {
    if (accelerators.includes(hart)) return undefined;
    const lent = (name: string) =>
      accelerators.length > 0 && isVector(name) && accelerators.every(({ isa }) => isa.extensions.has(name));
    // Where masked pointers would be taken for others, they are no good anywhere.
    const lost = (name: string) => name === 'Supm' && accelerators.some(({ isa }) => !isa.extensions.has(name));
    return bitsOf((name) => (hart.isa.extensions.has(name) && !lost(name)) || lent(name));
  });
}

/** The program's lines that begin with a word, their numbers as hexadecimal text. */
const lines = (console: string, word: string) =>
  console
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1).split(' '));

const chips: [story: string, soc: Soc, bootargs?: string][] = [
  ['V by migration', socNamed('app2-vec1')],
  ['V on one hart of three, without migration', socNamed('app2-vec1'), 'migrate=off'],
  ['V on every hart', socNamed('all-vector')],
  ['profiles', socNamed('app2-rva23')],
  ['profiles, and V on every hart', socNamed('all-rva23')],
  ['masked pointers that an accelerator does not know', chip({ isa: 'rv64gc_supm' }, { isa: 'rv64gcv' })],
  ['no V', chip({ isa: 'rv64gc', count: 2 })],
  [
    'more on accelerators, of which one has yet more, and less on one application hart',
    chip(
      { isa: 'rv64gc_zfh_zfa' },
      { isa: 'rv64gc_zfa' },
      { isa: 'rv64gcv_zvfh', role: 'accelerator' },
      { isa: 'rv64gcv_zvfhmin_zfa', role: 'accelerator' },
    ),
  ],
];

for (const [story, soc, bootargs = ''] of chips)
  test(`a program is told what it may use: ${story}`, tool, async () => {
    const own = expected(soc, bootargs === '');
    const common = own.reduce((all: bigint, bits) => (bits === undefined ? all : all & bits), -1n);
    const some = [V, bitsOf((name) => name === 'Zfh'), 0n];
    const program = { program: compiled('hwprobe'), args: some.map((bits) => bits.toString(16)), bootargs };
    const { console, status } = await onMachine(soc, program);
    assert.equal(status, 0);

    const hwcap = BigInt(`0x${lines(console, 'hwcap')[0]![0]}`);
    const letter = (name: string) => ((hwcap >> BigInt(name.charCodeAt(0) - 97)) & 1n) === 1n;
    for (const name of 'ima') assert.ok(letter(name), name);
    assert.deepEqual(
      ['f', 'd', 'c', 'v'].map(letter),
      [FD, FD, C, V].map((bit) => (common & bit) !== 0n),
    );

    const all = lines(console, 'all').map(([error, key, value]) => [error, key, BigInt(`0x${value}`)]);
    const block = (name: string) => (common & bitsOf((each) => each === name) ? 64n : 0n);
    const values = [
      0n,
      0n,
      0n,
      1n,
      common,
      3n,
      block('Zicboz'),
      0x3ffffffffen + 1n - 0x1000n,
      BigInt(soc.timebase),
      3n,
    ];
    assert.deepEqual(
      all.slice(0, 10),
      values.map((value, key) => ['0', `${key}`, value]),
    );
    assert.deepEqual(
      all.slice(11).map(([, key, value]) => [key, value]),
      [11, 12, 13, 14, 15, -1, -1, -1, -1].map((key) => [
        `${key}`,
        key === 12 ? block('Zicbom') : key === 15 ? block('Zicbop') : 0n,
      ]),
    );

    const ones = lines(console, 'one');
    for (let n = 0; n < 5; n++) {
      const bits = own[n];
      const [ext, scalar, vector] = ones
        .slice(3 * n, 3 * n + 3)
        .map(([error, , value]) => [error, BigInt(`0x${value}`)]);
      if (bits === undefined) assert.deepEqual([ext, scalar, vector], Array(3).fill([`${EINVAL}`, 0n]));
      else
        assert.deepEqual(
          [ext, scalar, vector],
          [
            ['0', bits],
            ['0', 3n],
            ['0', bits & V ? 0n : 4n],
          ],
        );
    }

    const holders = (wanted: bigint) =>
      own.reduce(
        (set: number, bits, n) => (bits !== undefined && (bits & wanted) === wanted ? set | (1 << n) : set),
        0,
      );
    assert.deepEqual(
      lines(console, 'which').slice(0, some.length),
      some.map((bits) => ['0', bits.toString(16), holders(bits).toString(16)]),
    );
    assert.deepEqual(console.trimEnd().split('\n').slice(-7), [
      `flags ${EINVAL}`,
      `which of no set ${EINVAL}`,
      `bad set ${EFAULT}`,
      `bad pairs ${EFAULT}`,
      'which of an unknown key 0 -1 0',
      `empty set ${EINVAL}`,
      'short set 0 1',
    ]);
  });

for (const board of boards.filter(({ name }) => name.startsWith('QEMU')))
  test(
    `${board.name}: the device tree of others is understood`,
    needs(...board.tools, 'riscv64-linux-gnu-gcc'),
    async () => {
      const { console, status } = await board.run({ program: compiled('hwprobe') });
      assert.equal(status, 0);
      assert.equal(lines(console, 'hwcap')[0]![0], '20112d');
      const has = BigInt(`0x${lines(console, 'all')[4]![2]}`);
      for (const name of ['D', 'C', 'V', 'Zve64d', 'Zba', 'Zbb', 'Zbc', 'Zbs', 'Zihintpause', 'Zaamo', 'Zca'])
        assert.ok(has & bitsOf((each) => each === name), name);
      for (const name of ['Zicond', 'Zvbb', 'Zacas']) assert.ok(!(has & bitsOf((each) => each === name)), name);
    },
  );

test('a hart without floating point says so', async () => {
  const program = assembly(
    'bits',
    `
_start:
        li      a7, 258         # riscv_hwprobe of IMA_EXT_0
        la      a0, pair
        li      a1, 1
        li      a2, 0
        li      a3, 0
        li      a4, 0
        ecall
        lb      a0, pair + 8    # the lowest bits: D, C, V
        li      a7, 93
        ecall
        .data
pair:   .dword  4, 0
`,
  );
  const { status } = await onMachine(chip({ isa: 'rv64imac_zifencei' }), { program });
  assert.equal(status, Number(C));
});

test('user code works on cache blocks where they are told, on accelerators too', async () => {
  const program = assembly(
    'blocks',
    `
        .option arch, +zicbom, +zicbop, +zicboz, +v
_start:
        vsetivli zero, 1, e64, m1, ta, ma
        la      a0, block
        li      t0, 7
        sd      t0, 8(a0)
        cbo.clean (a0)
        cbo.flush (a0)
        prefetch.r 0(a0)
        ld      a1, 8(a0)
        addi    a2, a0, 20
        cbo.zero (a2)
        ld      a2, 8(a0)
        ld      a3, 64(a0)
        add     a0, a1, a2
        add     a0, a0, a3
        li      a7, 93
        ecall
        .data
        .balign 64
block:  .zero   64
        .dword  3
`,
  );
  for (const name of ['app2-rva23', 'all-rva23'])
    assert.equal((await onMachine(socNamed(name), { program })).status, 10);
  const SIGILL = 4;
  assert.equal((await onMachine(socNamed('app2-vec1'), { program })).status, 128 + SIGILL);
});

test('misaligned accesses that trap are told', tool, async () => {
  const soc = readSoc({ name: 'test', harts: [{ isa: 'rv64gc' }], misaligned: 'trap' }, 'test');
  const { console } = await onMachine(soc, { program: compiled('hwprobe') });
  assert.deepEqual(lines(console, 'all')[9], ['0', '9', '4']);
});

test("the kernel's header is the one that the names make (npm run decode)", () => {
  assert.equal(readFileSync(extensionsPath, 'utf8'), extensionsHeader());
  for (const name of probed) assert.ok(isKnown(spelled(name)), name);
});
