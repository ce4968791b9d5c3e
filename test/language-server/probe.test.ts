/** Code that is chosen by what the kernel answers: what is forecast of it, and what the machine does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { examine } from '../../assembler/examine.js';
import { builtOf } from '../../cli/built.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { codeOf as codeOfBuilt } from '../../language-server/built/built.js';
import { surroundingsOf } from '../../language-server/chip.js';
import { codeOf } from '../../language-server/code/from-source.js';
import type { Code } from '../../language-server/code/code.js';
import { Flow } from '../../language-server/flow/flow.js';
import { findings } from '../../language-server/forecast/findings.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import type { Asked } from '../../language-server/probe/answers.js';
import { truthOf } from './truth.js';

/** What is found of a program's code as `line code`, and where threads are forecast to leave. */
function look(code: Code, soc: string, probe: Asked = 'threads') {
  const chip = socNamed(soc);
  const flow = Flow.through(code, surroundingsOf(chip, { calls: 'auto', faults: 'ask', probe }));
  const known = forecast(flow);
  const all = findings(flow, known, chip).filter(({ code: what }) => what !== 'redundant-vset');
  return {
    found: all.map(({ code: what, instruction: { place } }) => `${place?.line} ${what}`),
    messages: all.map(({ message }) => message),
    leaves: known.leaves.map(({ instruction: { place } }) => place?.line),
  };
}
const sourceCode = (text: string) => codeOf(examine([{ name: 'probe.S', text }]));

/** Exits with 1 by way of vector code, with 2 by way of code without. @param ask leaves the value of IMA_EXT_0 in t0 */
const program = (ask: string, choose = 'andi t1, t0, 4; beqz t1, scalar') =>
  `.option norelax
.globl _start
_start: ${ask}
${choose}
vector: vsetivli zero, 4, e32, m1, ta, ma; li a0, 1; j out
scalar: li a0, 2
out: li a7, 93; ecall
.data
pairs: .quad 4, 0, 3, 0
set: .quad 2
`.replaceAll('; ', '\n');

const onStack =
  'addi sp, sp, -32; li t0, 4; sd t0, 8(sp); sd zero, 16(sp); mv s2, sp; addi a0, s2, 8; li a1, 1; li a2, 0; li a3, 0; li a4, 0; li a7, 258; ecall; ld t0, 16(sp); addi sp, sp, 32';
const inData =
  'la a0, pairs; li a1, 2; li a2, 0; li a3, 0; li a4, 0; li a7, 258; ecall; bltz a0, scalar; la t1, pairs; ld t0, 8(t1)';
const ofOneHart =
  'la a0, pairs; li a1, 1; li a2, 8; la a3, set; li a4, 0; li a7, 258; ecall; bnez a0, scalar; la t1, pairs; ld t0, 8(t1)';

const lineOf = (text: string, label: string) => text.split('\n').findIndex((line) => line.startsWith(`${label}:`)) + 1;

const asks = { onStack, inData, ofOneHart };
const choices = [
  'andi t1, t0, 4; beqz t1, scalar',
  'slli t1, t0, 61; bgez t1, scalar',
  'srli t1, t0, 2; andi t1, t1, 1; seqz t1, t1; bnez t1, scalar',
];
const chips: [soc: string, probe: Asked][] = [
  ['app2-vec1', 'threads'],
  ['app2-vec1', 'harts'],
  ['app2-vec0', 'threads'],
  ['all-vector', 'harts'],
  ['mixed-vlen', 'threads'],
  ['mixed-vlen', 'harts'],
];

for (const [soc, probe] of chips)
  test(`on ${soc}, asked for ${probe}, what is said never to run is not what runs`, async () => {
    for (const [how, ask] of Object.entries(asks)) {
      const text = program(ask);
      const { elf } = assemble([{ name: 'probe.S', text }]);
      const append = probe === 'harts' ? 'migrate=off' : '';
      const { status } = await truthOf(elf!, [], { soc, append });
      const never = status === 1 ? 'scalar' : 'vector';
      for (const choice of choices) {
        const other = program(ask, choice);
        const built = await builtOf(assemble([{ name: 'probe.S', text: other }]).elf!, 'probe');
        for (const code of [sourceCode(other), codeOfBuilt(built)]) {
          const { found, leaves } = look(code, soc, probe);
          const expected = [`${lineOf(other, never)} never-here`];
          assert.deepEqual(found, expected, `${how}, ${choice}`);
          if (never === 'vector') assert.deepEqual(leaves, [], 'nobody leaves for what never runs');
        }
      }
    }
  });

test('it is told what the kernel reports, and that a thread would have left', () => {
  const text = program(onStack);
  assert.deepEqual(look(sourceCode(text), 'app2-vec1').messages, [
    'never runs on app2-vec1: riscv_hwprobe reports V (line 18 decides)',
  ]);
  assert.deepEqual(look(sourceCode(text), 'app2-vec1', 'harts').messages, [
    'never runs on app2-vec1, although a thread would leave for V here: riscv_hwprobe does not report V (line 18 decides); 1 of its 3 harts would do',
  ]);
  assert.deepEqual(look(sourceCode(text), 'app2-vec0').messages, [
    'never runs on app2-vec0: riscv_hwprobe does not report V (line 18 decides)',
  ]);
});

test('functions of a C library that ask are known: getauxval, syscall, __riscv_hwprobe', () => {
  const calls = [
    'li a0, 16; call getauxval; srli t0, a0, 19',
    'li a0, 258; la a1, pairs; li a2, 1; li a3, 0; li a4, 0; li a5, 0; call syscall; la t1, pairs; ld t0, 8(t1)',
    'la a0, pairs; li a1, 1; li a2, 0; li a3, 0; li a4, 0; call __riscv_hwprobe; la t1, pairs; ld t0, 8(t1)',
  ];
  for (const call of calls) {
    const text = program(call);
    assert.deepEqual(look(sourceCode(text), 'app2-vec1').found, [`${lineOf(text, 'scalar')} never-here`], call);
    assert.deepEqual(
      look(sourceCode(text), 'app2-vec1', 'harts').found,
      [`${lineOf(text, 'vector')} never-here`],
      call,
    );
  }
});

test('where something may be otherwise nothing is said', () => {
  const nothing = (ask: string, choose?: string) => {
    const { found } = look(sourceCode(program(ask, choose)), 'app2-vec1');
    assert.deepEqual(
      found.filter((each) => each.endsWith('never-here')),
      [],
      ask,
    );
  };
  // Another key, or one that is not known; a set that is not known; another kind of question.
  nothing(onStack.replace('li t0, 4', 'li t0, 5'));
  nothing(onStack.replace('li t0, 4', 'lw t0, (sp)'));
  nothing(ofOneHart.replace('li a2, 8', 'mv a2, s1'));
  nothing(ofOneHart.replace('la a3, set', 'mv a3, s1'));
  nothing(onStack.replace('li a4, 0', 'li a4, 1'));
  // Something was written since, nobody knows where, or just there; a function was called; a system call may have.
  nothing(onStack.replace('ecall; ', 'ecall; sd zero, (s1); '));
  nothing(onStack.replace('ecall; ', 'ecall; sw s1, 16(sp); '));
  nothing(onStack.replace('ecall; ', 'ecall; call other; '));
  nothing(onStack.replace('ecall; ', 'ecall; li a7, 63; ecall; '));
  nothing(onStack.replace('ecall; ', 'ecall; vsetivli zero, 2, e64, m1, ta, ma; vse64.v v8, (s1); '));
  // The key may be another by then; the branch may be come to from elsewhere, by a jump, a call, a register, or by falling into it.
  nothing(inData.replace('la a0', 'sd zero, (s1); la a0'));
  nothing(inData.replace('la a0', 'beqz s1, chosen; la a0'), 'chosen: andi t1, t0, 4; beqz t1, scalar');
  nothing(`${onStack}; j chosen; .globl other; other: mv t0, s1; chosen: nop`);
  nothing(`la s1, chosen; ${onStack}; chosen: nop`);
  nothing(
    `${onStack}; chosen: nop`,
    'andi t1, t0, 4; beqz t1, scalar; vsetivli zero, 4, e32, m1, ta, ma; j chosen2; scalar2: la t0, chosen2; jr t0; chosen2: call chosen',
  );
  // A function of the program's own is not the library's.
  nothing(`li a0, 16; call getauxval; srli t0, a0, 19; j chosen; getauxval: mv a0, s1; ret; chosen: nop`);
  // A branch that other things decide too.
  nothing(onStack, 'andi t1, t0, 4; and t1, t1, s1; beqz t1, scalar');
});

test('the example takes the way that is forecast, and both ways come to the same', async () => {
  const text = readFileSync('examples/hwprobe.S', 'utf8');
  const { elf } = assemble([{ name: 'hwprobe.S', text }]);
  const lineAt = (what: string) => text.slice(0, text.indexOf(what)).split('\n').length;
  const with_ = await truthOf(elf!, [], { append: '' });
  assert.deepEqual([with_.status, with_.console], [0, readFileSync('examples/expected/hwprobe.txt', 'utf8')]);
  assert.deepEqual(look(sourceCode(text), 'app2-vec1').found, [`${lineAt('scalar: li')} never-here`]);
  const without = await truthOf(elf!, [], { append: 'migrate=off' });
  assert.deepEqual([without.status, without.console], [0, 'hwprobe: summed without vectors\n']);
  assert.deepEqual(look(sourceCode(text), 'app2-vec1', 'harts').found, [`${lineAt('vsetvli t0, zero')} never-here`]);
});
