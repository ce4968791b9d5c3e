/** Findings of the flow of vtype and threads: each in the code that it is meant for, and not in code that only looks like it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { examine } from '../../assembler/examine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { surroundingsOf } from '../../language-server/chip.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { findingCodes, findings } from '../../language-server/forecast/findings.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import { everything } from '../hart.js';

/** Findings of a program as `code: statement`. Statements stand behind `;` or on lines. */
function found(source: string, soc = 'app2-vec1'): string[] {
  const text = `.globl _start\n_start:\n${source.replaceAll('; ', '\n')}\nli a7, 93\necall\n`;
  const program = examine([{ name: 'program.S', text }], { arch: everything });
  assert.deepEqual(
    program.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const chip = socNamed(soc);
  const flow = Flow.through(codeOf(program), surroundingsOf(chip, { calls: 'auto', faults: 'ask' }));
  const lines = text.split('\n');
  return findings(flow, forecast(flow), chip).map(
    ({ code, instruction }) => `${code}: ${lines[instruction.place!.line - 1]!.trim()}`,
  );
}

const set = 'vsetvli t0, a0, e32, m1, ta, ma';

test('an instruction that no hart has is told of by its extension', () => {
  assert.deepEqual(found('vsetivli zero, 4, e32, m1, ta, ma; vaesef.vv v8, v9'), ['no-such-hart: vaesef.vv v8, v9']);
  assert.deepEqual(found('sh1add a0, a1, a2'), ['no-such-hart: sh1add a0, a1, a2']);
  assert.deepEqual(found('sh1add a0, a1, a2', 'app2-rva23'), []);
});

test('frm and vstart make instructions illegal where their values are known', () => {
  assert.deepEqual(found(`${set}; fsrmi 5; vfadd.vv v8, v9, v10`), ['illegal-instruction: vfadd.vv v8, v9, v10']);
  assert.deepEqual(found(`${set}; fsrmi 5; fsrmi 0; vfadd.vv v8, v9, v10`), []);
  assert.deepEqual(found(`${set}; csrwi vstart, 1; vredsum.vs v8, v9, v10`), [
    'illegal-instruction: vredsum.vs v8, v9, v10',
  ]);
  // The first instruction has taken vstart.
  assert.deepEqual(found(`${set}; csrwi vstart, 1; vadd.vv v8, v9, v10; vredsum.vs v8, v9, v10`), []);
});

test('groups of elements want vl to be a multiple of their size', () => {
  const code = (vl: number) => `vsetivli zero, ${vl}, e32, m1, ta, ma; vaesef.vv v8, v9`;
  assert.deepEqual(found(code(6), 'all-rva23'), ['illegal-instruction: vaesef.vv v8, v9']);
  assert.deepEqual(found(code(4), 'all-rva23'), []);
});

test('v0 is not written while it is the mask', () => {
  assert.deepEqual(found(`${set}; vadd.vv v0, v8, v9, v0.t`), ['illegal-instruction: vadd.vv v0, v8, v9, v0.t']);
  // A comparison may write its result over it.
  assert.deepEqual(found(`${set}; vmseq.vv v0, v8, v9, v0.t`), []);
});

test('vl is not kept across a call', () => {
  const use = 'vadd.vv v8, v9, v10';
  assert.deepEqual(found(`${set}; call other; ${use}; ${use}`), [`vl-kept: ${use}`, `vtype-unknown: ${use}`]);
  assert.deepEqual(found(`${set}; call other; vsetvli zero, zero, e64, m1, ta, ma; ${use}`), [
    'vl-kept: vsetvli zero, zero, e64, m1, ta, ma',
  ]);
  const sets = 'j 1f; f: vsetivli zero, 4, e8, m1, ta, ma; ret; 1:';
  assert.deepEqual(found(`${sets} ${set}; call f; ${use}`), [`vl-kept: ${use}`]);
  // Set again; a function that leaves them alone, or puts them back; one that is called to set them.
  assert.deepEqual(found(`${set}; call other; ${set}; ${use}`), []);
  assert.deepEqual(found(`j 1f; f: addi a1, a1, 1; ret; 1: ${set}; call f; ${use}`), []);
  const restores = 'f: csrr t1, vl; csrr t2, vtype; vsetivli zero, 4, e8, m1, ta, ma; vsetvl zero, t1, t2; ret';
  assert.deepEqual(found(`j 1f; ${restores}; 1: ${set}; call f; ${use}`), []);
  assert.deepEqual(found(`${sets} call f; ${use}`), []);
});

/** A sum over strips; the reduction behind the loop reads all elements. */
const sum = (policy: string) => `vsetvli t1, zero, e32, m1, ta, ma; vmv.v.i v8, 0
1: vsetvli t0, a0, e32, m1, ${policy}, ma; vle32.v v9, (a1); vadd.vv v8, v8, v9
sub a0, a0, t0; bnez a0, 1b
vsetvli t1, zero, e32, m1, ta, ma; vmv.s.x v10, zero; vredsum.vs v10, v8, v10`;

test('tail elements are not read behind a tail-agnostic write', () => {
  assert.deepEqual(found(sum('ta')), ['tail-read: vredsum.vs v10, v8, v10']);
  assert.deepEqual(found(sum('tu')), []);
  const narrow = 'vsetivli zero, 2, e32, m1, ta, ma';
  const wide = 'vsetivli zero, 4, e32, m1, ta, ma';
  // Element by element garbage comes of garbage: who looks at that is told of.
  const next = `${narrow}; vle32.v v8, (a0); ${wide}; vadd.vi v9, v8, 1`;
  assert.deepEqual(found(next), []);
  assert.deepEqual(found(`${next}; vse32.v v9, (a1)`), ['tail-read: vse32.v v9, (a1)']);
  assert.deepEqual(found(`${next}; vmv.s.x v10, zero; vredsum.vs v10, v9, v10`), [
    'tail-read: vredsum.vs v10, v9, v10',
  ]);
  assert.deepEqual(found(`${next}; vmsne.vi v0, v9, 0; vadd.vi v11, v11, 1, v0.t`), [
    'tail-read: vadd.vi v11, v11, 1, v0.t',
  ]);
  assert.deepEqual(found(`${next}; ${narrow}; vse32.v v9, (a1)`), []);
  const mask = `${narrow}; vmseq.vi v7, v8, 0; vmv1r.v v0, v7; vadd.vi v11, v11, 1, v0.t`;
  assert.deepEqual(found(mask), []);
  assert.deepEqual(found(mask.replace('; vadd', `; ${wide}; vadd`)), ['tail-read: vadd.vi v11, v11, 1, v0.t']);
  assert.deepEqual(found(`${narrow}; vle32.v v8, (a0); ${wide}; vse32.v v8, (a1)`), ['tail-read: vse32.v v8, (a1)']);
  // A mask has no tail either.
  assert.deepEqual(found(`${narrow}; vmseq.vi v0, v8, 0; ${wide}; vadd.vi v9, v9, 1, v0.t`), [
    'tail-read: vadd.vi v9, v9, 1, v0.t',
  ]);
});

test('tail elements: reads that only look like it', () => {
  const narrow = 'vsetivli zero, 2, e32, m1, ta, ma';
  const wide = 'vsetivli zero, 4, e32, m1, ta, ma';
  const load = `${narrow}; vle32.v v8, (a0)`;
  for (const harmless of [
    // As many bytes, as elements of half the width; fewer elements; all of them written in between.
    `${load}; vsetivli zero, 4, e16, m1, ta, ma; vadd.vi v9, v8, 1`,
    `${wide}; vle32.v v8, (a0); ${narrow}; vadd.vi v9, v8, 1`,
    `${load}; ${wide}; vmv.v.i v8, 0; vadd.vi v9, v8, 1`,
    // One element, by a move and as the start of a reduction; a register spilled whole; what is the same whatever is read.
    `${load}; ${wide}; vmv.x.s a1, v8`,
    `${wide}; vle32.v v9, (a0); ${narrow}; vmv.s.x v8, zero; ${wide}; vredsum.vs v8, v9, v8`,
    `${load}; vs1r.v v8, (a1)`,
    `${load}; ${wide}; vxor.vv v9, v8, v8`,
    // A slide takes as many as it needs.
    `${load}; vsetivli zero, 3, e32, m1, tu, ma; vslideup.vi v9, v8, 1`,
    // The same vl, and one that another vset instruction gave: as many as there are.
    `vsetvli t0, a0, e32, m1, ta, ma; vle32.v v8, (a1); vsetvli zero, zero, e32, m1, ta, ma; vadd.vi v9, v8, 1`,
    'vsetvli t0, zero, e32, m1, ta, ma; vsetvli zero, t0, e32, m1, ta, ma; vle32.v v8, (a1); vsetvli t1, zero, e32, m1, ta, ma; vadd.vi v9, v8, 1',
  ])
    assert.deepEqual(
      found(harmless).filter((each) => each.startsWith('tail-read')),
      [],
      harmless,
    );
});

test('a vset instruction that changes nothing is redundant', () => {
  const use = 'vadd.vv v8, v9, v10';
  const again = 'vsetvli zero, zero, e32, m1, ta, ma';
  assert.deepEqual(found(`${set}; ${use}; ${again}; ${use}`), [`redundant-vset: ${again}`]);
  const four = 'vsetivli zero, 4, e32, m1, ta, ma';
  assert.deepEqual(found(`${four}; ${use}; ${four}; ${use}`), [`redundant-vset: ${four}`]);
  // Another type; a result that is taken; the same on one way only.
  assert.deepEqual(found(`${set}; ${use}; vsetvli zero, zero, e16, mf2, ta, ma; ${use}`), []);
  assert.deepEqual(found(`${four}; ${use}; vsetivli t0, 4, e32, m1, ta, ma; ${use}`), []);
  assert.deepEqual(found(`${four}; beqz a0, 1f; vsetivli zero, 4, e8, m1, ta, ma; 1: ${four}; ${use}`), []);
  // What this chip's VLEN decides another one's may decide otherwise.
  const byVlen = `csrr t0, vlenb; addi t0, t0, -32; beqz t0, 1f; vsetivli zero, 4, e8, m1, ta, ma; 1: ${four}; ${use}`;
  assert.deepEqual(found(`${four}; ${byVlen}`), []);
  assert.deepEqual(found(`${four}; ${byVlen.replace('csrr t0, vlenb', 'li t0, 32')}`), [`redundant-vset: 1: ${four}`]);
});

test('vector registers are lost at a system call, and numbers from VLEN go stale where VLEN differs', () => {
  const call = 'li a7, 172; ecall';
  assert.deepEqual(found(`${set}; vle32.v v8, (a1); ${call}; ${set}; vse32.v v8, (a1)`), [
    'state-lost: vse32.v v8, (a1)',
  ]);
  assert.deepEqual(found(`${set}; vle32.v v8, (a1); ${call}; ${set}; vle32.v v8, (a1); vse32.v v8, (a1)`), []);
  const kept = `csrr s0, vlenb; ${call}; add a1, a1, s0`;
  assert.deepEqual(found(kept, 'mixed-vlen'), ['vlen-kept: add a1, a1, s0']);
  assert.deepEqual(found(kept), []);
  assert.deepEqual(found(`csrr s0, vlenb; ${call}; csrr s0, vlenb; add a1, a1, s0`, 'mixed-vlen'), []);
});

test('a number from VLEN goes stale in whatever makes a system call, and where it counts', () => {
  const mixed = (source: string) => found(source, 'mixed-vlen');
  const call = 'li a7, 172; ecall';
  const f = `j 1f; f: addi sp, sp, -16; sd ra, 8(sp); ${call}; ld ra, 8(sp); addi sp, sp, 16; ret; 1:`;
  assert.deepEqual(mixed(`${f} csrr s0, vlenb; call f; add a1, a1, s0`), ['vlen-kept: add a1, a1, s0']);
  assert.deepEqual(mixed('j 1f; f: ret; 1: csrr s0, vlenb; call f; add a1, a1, s0'), []);
  // Scaled, moved, as VLMAX; compared; asked for. Told of once.
  assert.deepEqual(mixed(`csrr s0, vlenb; ${call}; slli s1, s0, 1; mv s2, s1; sub a2, a2, s2; add a1, a1, s2`), [
    'vlen-kept: sub a2, a2, s2',
  ]);
  assert.deepEqual(mixed(`vsetvli s0, zero, e32, m1, ta, ma; ${call}; bltu a0, s0, 1f; 1:`), [
    'vlen-kept: bltu a0, s0, 1f',
  ]);
  const again = `vsetvli s0, zero, e32, m1, ta, ma; ${call}; vsetvli zero, s0, e32, m1, ta, ma`;
  assert.deepEqual(mixed(again), ['vlen-kept: vsetvli zero, s0, e32, m1, ta, ma']);
  // A frame whose size is of VLEN's is put back by another VLEN's: what compilers do that spill vector registers.
  const frame = (inside: string) =>
    `csrr t0, vlenb; slli t0, t0, 1; sub sp, sp, t0; ${inside}; csrr t0, vlenb; slli t0, t0, 1; add sp, sp, t0`;
  assert.deepEqual(mixed(frame(call)), ['vlen-kept: add sp, sp, t0']);
  assert.deepEqual(mixed(`${f} ${frame('call f')}`), ['vlen-kept: add sp, sp, t0']);
  assert.deepEqual(mixed(frame('nop')), []);
});

test('what was only worked out with VLEN is right wherever the thread is', () => {
  const mixed = (source: string) => found(source, 'mixed-vlen');
  const call = 'li a7, 172; ecall';
  // A pointer that went on, a count that went down, an address in such a frame; a number that is only kept.
  assert.deepEqual(mixed(`csrr s0, vlenb; add s1, s1, s0; ${call}; addi s1, s1, 1; add a1, s1, a1`), []);
  assert.deepEqual(mixed(`vsetvli t0, zero, e8, m1, ta, ma; sub s1, s1, t0; ${call}; bnez s1, 1f; 1:`), []);
  assert.deepEqual(mixed(`csrr t0, vlenb; sub sp, sp, t0; ${call}; addi a0, sp, 16; add a0, a0, a1; ld a0, 8(sp)`), []);
  assert.deepEqual(mixed(`csrr s0, vlenb; ${call}; sd s0, (a1); mv s1, s0`), []);
});

test('a loop that leaves and comes back each time round is told of, one that comes back once is not', () => {
  const loop = (inside: string, behind: string) =>
    `li s1, 9; 1: ${set}; vadd.vv v8, v9, v10; ${inside}; addi s1, s1, -1; bnez s1, 1b; ${behind}`;
  const call = 'li a7, 172; ecall';
  assert.deepEqual(found(loop(call, 'nop')), [`ping-pong: 1: ${set}`]);
  assert.deepEqual(found(loop('nop', call)), []);
});

test('every finding has a section in docs/findings.md and a setting for its severity', () => {
  const sections = [...readFileSync('docs/findings.md', 'utf8').matchAll(/^## ([\w-]+)$/gm)].map(([, code]) => code!);
  assert.deepEqual(sections.sort(), [...findingCodes].sort());
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
  const settings =
    contributes.configuration.flatMap?.((each: { properties: object }) => Object.entries(each.properties)) ??
    Object.entries(contributes.configuration.properties);
  const severity = new Map(settings as [string, { properties: object }][]).get('harthop.severity')!;
  assert.deepEqual(Object.keys(severity.properties).sort(), [...findingCodes].sort());
});
