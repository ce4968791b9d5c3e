import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { defaultSoc, presets, socNamed } from '../../emulator/soc/presets.js';
import { parseSoc, readSoc, type Soc, SocError } from '../../emulator/soc/soc.js';
import { deviceTree } from '../../emulator/soc/tree.js';
import { needs, trixie } from '../tools.js';

const plain = { isa: 'rv64gc' };

test('presets: harts and VLEN as their names say', () => {
  const shape = (name: string) => socNamed(name).harts.map(({ isa }) => isa.vlen);
  assert.equal(defaultSoc.name, 'app2-vec1');
  assert.deepEqual(shape('app2-vec1'), [0, 0, 256]);
  assert.deepEqual(shape('app1-vec1'), [0, 256]);
  assert.deepEqual(shape('app2-vec2'), [0, 0, 256, 256]);
  assert.deepEqual(shape('mixed-vlen'), [0, 0, 256, 1024]);
  assert.deepEqual(shape('all-vector'), [256, 256, 256]);
  assert.deepEqual(shape('app2-rva23'), [0, 0, 256]);
  assert.deepEqual(shape('all-rva23'), [256, 256, 256]);
});

test('presets of any number of harts', () => {
  const shape = (name: string) => socNamed(name).harts.map(({ isa, role }) => `${role} ${isa.vlen}`);
  const of = (application: number, accelerator: number) => [
    ...Array.from({ length: application }, () => 'application 0'),
    ...Array.from({ length: accelerator }, () => 'accelerator 256'),
  ];
  assert.deepEqual(shape('app64-vec16'), of(64, 16));
  assert.deepEqual(shape('app3-vec0'), of(3, 0));
  assert.deepEqual(shape('app1-vec2'), of(1, 2));
  assert.deepEqual(socNamed('app2-vec1').description, defaultSoc.description, 'a preset with a file is that file');
  for (const name of ['app0-vec1', 'app65-vec1', 'app2-vec17', 'app02-vec1', 'app2-vec01', 'app2-vec1x', 'app-vec1'])
    assert.throws(() => socNamed(name), /there are app2-vec1, .*, appN-vecM \(N from 1 to 64, M from 0 to 16\) \(or/);
});

const wrong: [story: string, json: unknown, message: RegExp][] = [
  [
    'an unknown extension',
    { harts: [plain, { isa: 'rv64gcx' }] },
    /^soc\.json: harts\[1\]\.isa: "rv64gcx" names no extension "x"; did you mean "rv64gcv"\?$/,
  ],
  [
    'an extension that is not implemented',
    { harts: [{ isa: 'rv64gch' }] },
    /^soc\.json: harts\[0\]\.isa: "rv64gch" asks for H, which is not implemented here \(and rva23s64 /,
  ],
  [
    'an extension of which a part is not implemented',
    { harts: [{ isa: 'rv64gc_zk' }] },
    /"rv64gc_zk" asks for Zk, which is not implemented here \(it has a source of entropy, Zkr; the rest of it is Zkn and Zkt\)/,
  ],
  ['quadruple precision', { harts: [{ isa: 'rv64gcq' }] }, /"rv64gcq" asks for Q, which is not implemented here$/],
  ['vector instructions without vectors', { harts: [{ isa: 'rv64gc_zvbb' }] }, /asks for a part of V; .* add "v"\?$/],
  [
    'vectors that are only a part of V',
    { harts: [{ isa: 'rv64gc_zve32x' }] },
    /asks for a part of V; harts here have V or no vectors: did you mean to add "v"\?/,
  ],
  ['no harts', { harts: [] }, /^soc\.json: harts: .*at least one hart/],
  ['harts of the wrong type', { harts: 3 }, /^soc\.json: harts: 3 is not a list/],
  ['a misspelt member', { harts: [plain], quantun: 5 }, /^soc\.json: "quantun" is no member here; known: .*quantum/],
  ['a quantum of nothing', { harts: [plain], quantum: 0 }, /^soc\.json: quantum: 0 is not a whole number from 1/],
  ['turns without a seed', { harts: [plain], turns: {} }, /^soc\.json: turns\.seed: nothing is not a whole number/],
  ['a VLEN without vectors', { harts: [{ isa: 'rv64gc', vlen: 256 }] }, /^soc\.json: harts\[0\]\.vlen: .*no vectors/],
  [
    'an accelerator without anything of its own',
    { harts: [plain, { isa: 'rv64gc', role: 'accelerator' }] },
    /^soc\.json: harts\[1\]\.role: /,
  ],
  [
    'too many harts',
    {
      harts: [
        { isa: 'rv64gc', count: 60 },
        { isa: 'rv64gcv', count: 60 },
      ],
    },
    /^soc\.json: harts: 120 harts; .* at most 80/,
  ],
  [
    'a timebase that does not divide the clock',
    { harts: [plain], clock: 1000, timebase: 300 },
    /^soc\.json: timebase: 300 does not divide/,
  ],
];
for (const [story, json, message] of wrong)
  test(`refused: ${story}`, () =>
    assert.throws(
      () => readSoc(json, 'soc.json'),
      (error) => error instanceof SocError && message.test(error.message),
    ));

test('refused: no JSON, and a name that no preset has', () => {
  assert.throws(() => parseSoc('{ harts: ', 'my.json'), /^SocError|^Error: my\.json: not JSON/);
  assert.throws(() => socNamed('app3'), /no SoC is named "app3"; there are app2-vec1, /);
});

/** The tree as dtc writes it. */
async function sourceOf(soc: Soc, extra: object = {}) {
  const machine = await Machine.create(soc);
  const tree = deviceTree(machine.soc, machine.devices, { ramBase: 0x8000_0000, ...extra });
  return execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', '-'], {
    input: tree,
    encoding: 'utf8',
    stdio: 'pipe',
  }).replaceAll('\\0', '", "');
}
const source = (name: string, extra: object = {}) => sourceOf(socNamed(name), extra);

test('dtc reads the device tree of every preset', needs('dtc'), async () => {
  for (const { name, harts } of presets) {
    const text = await source(name);
    assert.equal(text.match(/device_type = "cpu"/g)!.length, harts.length);
  }
});

test('the device tree tells firmware what the chip is', needs('dtc'), async () => {
  const text = await source('mixed-vlen', {
    bootargs: 'migrate=off',
    initrd: { start: 0x8700_0000, end: 0x8700_1234 },
  });
  const node = (name: string) => {
    const from = text.indexOf(`${name} {`);
    assert.ok(from >= 0, `no node ${name} in\n${text}`);
    return text.slice(from, text.indexOf('}', from));
  };
  assert.match(node('cpu@3'), /riscv,isa = "rv64imafdcv_zicntr_.*_zvl1024b"/);
  assert.match(node('cpu@3'), /mmu-type = "riscv,sv39"/);
  assert.match(
    node('cpu@0'),
    /riscv,isa-extensions = "i", "m", "a", "f", "d", "c", "zicntr", "zicsr", "zifencei", "zmmul", /,
  );
  assert.match(node('chosen'), /bootargs = "migrate=off"/);
  assert.match(node('chosen'), /linux,initrd-end = <0x00 0x87001234>/);
  assert.match(node('memory@80000000'), /reg = <0x00 0x80000000 0x00 0x8000000>/);
  assert.match(node('clint@2000000'), /compatible = "sifive,clint0", "riscv,clint0"/);
  assert.match(node('serial@10000000'), /interrupts = <0x0a>/);
  assert.match(node('plic@c000000'), /riscv,ndev = <0x1f>/);
  assert.match(node('test@100000'), /compatible = "sifive,test1", "sifive,test0", "syscon"/);
  const controllers = [...text.matchAll(/compatible = "riscv,cpu-intc";\s*phandle = <(0x[0-9a-f]+)>/g)].map(
    (m) => m[1],
  );
  assert.equal(controllers.length, 4);
  const timers = /interrupts-extended = <([^>]*)>/.exec(node('clint@2000000'))![1]!.split(' ');
  assert.deepEqual(
    timers.filter((_, n) => n % 4 === 0),
    controllers,
  );
});

test('a VLEN past 4096 is refused where threads migrate, however it is written', () => {
  const of = (...harts: object[]) => readSoc({ harts }, 'mine.json');
  const plain = { isa: 'rv64gc' };
  assert.equal(of(plain, { isa: 'rv64gcv', vlen: 4096 }).harts[1]!.isa.vlen, 4096);
  const message = (place: string) =>
    new RegExp(`mine\\.json: harts\\[1\\]\\.${place}: a VLEN of 8192 .*the most is 4096`);
  assert.throws(() => of(plain, { isa: 'rv64gcv', vlen: 8192 }), message('vlen'));
  assert.throws(() => of(plain, { isa: 'rv64gcv_zvl8192b' }), message('isa'));
  assert.equal(of({ isa: 'rv64gcv_zvl65536b' }).harts[0]!.isa.vlen, 65536);
  assert.throws(() => of({ isa: 'rv64gcv', vlen: 131072 }), /harts\[0\]\.vlen: 131072 is not .* 128 to 65536/);
});

/** The properties of the node of a tree's first hart, as dtc writes them. */
function firstHart(text: string): Map<string, string> {
  const from = text.indexOf('cpu@0 {');
  const node = text.slice(from, text.indexOf('{', from + 8));
  return new Map([...node.matchAll(/^\s*([\w,#-]+) = (.*);$/gm)].map(([, name, value]) => [name!, value!]));
}

test('translation modes and cache blocks are told', needs('dtc'), async () => {
  const of = async (isa: string) => firstHart(await sourceOf(readSoc({ harts: [{ isa }] }, 'mine.json')));
  const plain = await of('rv64gc');
  assert.equal(plain.get('mmu-type'), '"riscv,sv39"');
  for (const kind of ['cbom', 'cbop', 'cboz']) assert.equal(plain.get(`riscv,${kind}-block-size`), undefined);
  assert.equal((await of('rv64gc_sv48')).get('mmu-type'), '"riscv,sv48"');
  assert.equal((await of('rv64gc_sv57')).get('mmu-type'), '"riscv,sv57"');
  const zero = await of('rv64gc_zicboz');
  assert.equal(zero.get('riscv,cboz-block-size'), '<0x40>');
  assert.equal(zero.get('riscv,cbom-block-size'), undefined);
});

const qemu = trixie('qemu-system-riscv64');
for (const profile of ['rva22s64', 'rva23s64'])
  test(`a hart of ${profile} is told as QEMU 10 tells it`, needs('dtc', qemu), async () => {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-tree-'));
    try {
      const file = join(folder, 'virt.dtb');
      execFileSync(qemu, ['-machine', `virt,dumpdtb=${file}`, '-cpu', profile, '-display', 'none'], { stdio: 'pipe' });
      const decoded = execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', file], { encoding: 'utf8', stdio: 'pipe' });
      const theirs = firstHart(decoded.replaceAll('\\0', '", "'));
      const ours = firstHart(await sourceOf(readSoc({ harts: [{ isa: profile }] }, 'mine.json')));
      for (const name of ['device_type', 'reg', 'status', 'compatible', 'riscv,isa-base', 'mmu-type'])
        assert.equal(ours.get(name), theirs.get(name), name);
      for (const kind of ['cbom', 'cbop', 'cboz'])
        assert.equal(ours.get(`riscv,${kind}-block-size`), theirs.get(`riscv,${kind}-block-size`), kind);
      const names = (of: Map<string, string>) => of.get('riscv,isa-extensions')!.match(/\w+/g)!;
      const without = (list: string[], other: string[]) => list.filter((name) => !other.includes(name));
      // No name of QEMU's: what mmu-type says, and vector lengths.
      assert.deepEqual(
        without(names(ours), names(theirs)).filter((name) => !/^(sv39|svbare|zvl\d+b)$/.test(name)),
        [],
      );
      // More than the profile asks for, and the hypervisor extension, which is not here.
      const more = /^(h|sh\w+|ssu64xl|smnpm)$/;
      assert.deepEqual(
        without(names(theirs), names(ours)).filter((name) => !more.test(name)),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('misaligned accesses can not trap on a hart that promises them', () => {
  assert.throws(
    () => readSoc({ harts: [{ isa: 'rva22s64' }], misaligned: 'trap' }, 'mine.json'),
    /mine\.json: misaligned: "trap" breaks what "rva22s64" promises \(Zicclsm/,
  );
});
