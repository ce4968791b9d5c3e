/** Firmware's readers of ISA strings and device trees, compiled for this machine with sanitizers (test/firmware/host/). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'harthop-readers-'));
const at = (name: string) => join(folder, name);

function run(tool: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' },
  });
  assert.equal(status, 0, `${tool} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.trim();
}

const source = `/dts-v1/;
/memreserve/ 0x80000000 0x1000;
/ {
  #address-cells = <2>; #size-cells = <2>;
  chosen { bootargs = "a b=c"; };
  cpus {
    #address-cells = <1>; #size-cells = <0>;
    cpu@0 { device_type = "cpu"; reg = <0>; status = "okay"; riscv,isa = "rv64imac"; intc { phandle = <1>; }; };
    cpu@1 { device_type = "cpu"; reg = <1>; status = "okay"; riscv,isa = "rv64gcv"; intc { phandle = <2>; }; };
    cpu@2 { device_type = "cpu"; reg = <2>; riscv,isa = "rv64gcv"; intc { phandle = <3>; }; };
  };
  memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x8000000>; };
  RESERVED
};
`;

describe('firmware reads', needs('gcc', 'dtc'), () => {
  before(() => {
    const own = ['memcpy', 'memmove', 'memset', 'memcmp'].map((name) => `-D${name}=own_${name}`);
    const sources = ['isa', 'tree', 'tree-copy', 'text'].map((name) => `firmware/${name}.c`);
    const checks = ['-fsanitize=address,undefined', '-fno-sanitize=alignment', '-fno-sanitize-recover=all'];
    const options = ['-std=gnu17', '-g', '-O1', '-fno-builtin', ...checks, '-Ifirmware', ...own];
    run('gcc', ...options, '-o', at('harness'), ...sources, 'test/firmware/host/harness.c');
  });

  test('ISA strings by the naming rules: a v in another name is not V', () => {
    for (const [isa, extensions] of [
      ['rv64imac', ''],
      ['rv64imafdc', 'f d'],
      ['rv64imafdcv', 'f d v'],
      ['RV64GCV', 'f d v'],
      ['rv64gc', 'f d'],
      ['rv64imafdc_svinval', 'f d'],
      ['rv64gcsvinval', 'f d'],
      ['rv64gc_svpbmt_zvl128b_zve32x', 'f d svpbmt'],
      ['rv64i2p1m2p0a2p1f2p2d2p2c2p0v1p0', 'f d v'],
      ['rv64imac_zicbom1p0_zicboz', 'zicbom zicboz'],
      ['rv64imac_v', 'f d v'],
      ['rv64gc_sstc_xhartdot_xharthint', 'f d sstc xhartdot xharthint'],
      ['rv64gc_svade_svadu_sscofpmf_smstateen_ssstateen', 'f d svade svadu sscofpmf smstateen'],
      ['rv64gc_xvendorv', 'f d'],
      ['v', ''],
      ['', ''],
    ] as const) {
      assert.equal(run(at('harness'), 'isa', isa), extensions, isa);
    }
  });

  test('lists of extension names', () => {
    assert.equal(run(at('harness'), 'list', 'i,m,a,c,svinval,zve64d'), '');
    assert.equal(run(at('harness'), 'list', 'i,m,f,d,v,sstc'), 'f d v sstc');
  });

  const children = {
    without: '',
    with: 'reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; other@1000 { reg = <0 0x1000 0 0x1000>; }; };',
  };
  for (const [name, reserved] of Object.entries(children)) {
    test(`the kernel's tree ${name} reserved memory of its own differs in status and reserved memory only`, () => {
      writeFileSync(at('in.dts'), source.replace('RESERVED', reserved));
      run('dtc', '-q', '-I', 'dts', '-O', 'dtb', '-o', at('in.dtb'), at('in.dts'));
      run(at('harness'), 'copy', at('in.dtb'), at('out.dtb'));
      const lines = (file: string) => run('dtc', '-q', '-s', '-I', 'dtb', '-O', 'dts', file).split('\n');
      const firmwareNode = ['firmware@80000000 {', 'no-map;', 'reg = <0x00 0x80000000 0x00 0x1c0000>;', '};'];
      const inside =
        name === 'with'
          ? firmwareNode
          : [
              'reserved-memory {',
              '#address-cells = <0x02>;',
              '#size-cells = <0x02>;',
              'ranges;',
              ...firmwareNode,
              '};',
            ];
      const count = (all: readonly string[]) => {
        const counts = new Map<string, number>();
        for (const line of all.map((each) => each.trim()).filter(Boolean))
          counts.set(line, (counts.get(line) ?? 0) + 1);
        return counts;
      };
      const expected = count([...lines(at('in.dtb')), ...inside, 'status = "disabled";', 'status = "disabled";']);
      expected.set('status = "okay";', expected.get('status = "okay";')! - 1);
      const sorted = (counts: Map<string, number>) => [...counts].sort();
      assert.deepEqual(sorted(count(lines(at('out.dtb')))), sorted(expected));
      assert.match(lines(at('out.dtb')).join(' '), /cpu@1 \{[^}]*status = "disabled"/);
      assert.match(lines(at('out.dtb')).join(' '), /cpu@0 \{[^}]*status = "okay"/);
    });
  }

  test('damaged trees do no harm', () => {
    assert.ok(readFileSync(at('out.dtb')).length > 500);
    run(at('harness'), 'damage', at('out.dtb'), '3000');
  });
});
