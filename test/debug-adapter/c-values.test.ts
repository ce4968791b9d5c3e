/** Locals, arguments and globals of C as GCC and Clang compile it, beside what the program itself prints of them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-values-'));
after(() => rmSync(folder, { recursive: true }));
const source = `${root}test/debug-adapter/programs/values.c`;
const lines = readFileSync(source, 'utf8').split('\n');
const lineOf = (mark: string) => lines.findIndex((line) => line.includes(`/* ${mark} */`)) + 1;

const compilers: Record<string, string[]> = {
  'gcc dwarf 4': ['riscv64-linux-gnu-gcc', '-gdwarf-4'],
  'gcc dwarf 5': ['riscv64-linux-gnu-gcc', '-gdwarf-5'],
  'clang dwarf 4': ['clang-19', '--target=riscv64-linux-gnu', '-fuse-ld=lld', '-gdwarf-4'],
  'clang dwarf 5': ['clang-19', '--target=riscv64-linux-gnu', '-fuse-ld=lld', '-gdwarf-5'],
};

/** Everything in `work` where all is known, as the program has it. */
const expected: Record<string, string> = {
  n: '4',
  ratio: '0.25',
  yes: 'true',
  colour: 'GREEN',
  flags: '{ready = 1, mode = 5, delta = -3, wide = -123456789}',
  pi: '{i = 1080033280, f = 3.5}',
  last: '{value = 7, next = 0x0, …}',
  text: '"abc"',
  row: '{0, 1, 4, 9}',
  byte: '200',
};
const OUT = '<optimized out>';

for (const [name, [tool, ...options]] of Object.entries(compilers))
  for (const optimise of ['-O0', '-O1', '-O2'])
    test(`values of C, ${name} ${optimise}`, { ...needs(tool, 'riscv64-linux-gnu-gcc'), timeout: 60_000 }, async () => {
      const program = join(folder, `${name}${optimise}`.replaceAll(' ', '-'));
      execFileSync(tool, [...options, optimise, '-static', '-o', program, source]);
      const talk = await Talk.launch(program);
      const at = async (mark: string, command = 'continue') => {
        await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line: lineOf(mark) }] });
        return talk.go(command, 1);
      };
      const stop = await at('all known', 'configurationDone');
      assert.match(stop.stack[0], /^work values\.c:/);
      assert.match(stop.stack[1], /^main values\.c:/);
      const locals = await talk.scope(1, 'Locals');
      const shown = Object.keys(expected).map((each) => [each, locals.get(each)?.value]);
      const kept = shown.filter(([, value]) => value !== OUT);
      for (const [each, value] of kept)
        if (value === '<its length is optimized out>') assert.ok(each === 'row' && optimise !== '-O0');
        else if (each === 'last') assert.match(value!, /^\{value = 7, next = 0x0, (\(unnamed\) = )?…\}$/);
        else assert.equal(value, expected[each!], each);
      // Without optimisation nothing is lost; with it, what the rest still needs is there.
      if (optimise === '-O0') assert.equal(kept.length, shown.length);
      assert.ok(kept.length >= 5, `only ${kept.map(([each]) => each).join(', ')} are known`);
      // What the program itself has printed of them by then.
      for (const [, printed, value] of talk.stdout.matchAll(/^(\w+)=(\w[\w.]*)$/gm))
        if (locals.get(printed) && locals.get(printed)!.value !== OUT) assert.equal(locals.get(printed)!.value, value);

      const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
      const evaluated = async (expression: string) =>
        (await talk.ask('evaluate', { expression, frameId: stackFrames[0].id, context: 'watch' })).result;
      if (locals.get('first')?.value !== OUT) {
        assert.equal(await evaluated('first.next->value'), '7');
        assert.equal(await evaluated('first.y'), '4');
      }
      const parts = async (text: string) => {
        const { targets } = await talk.ask('completions', {
          text,
          column: text.length + 1,
          frameId: stackFrames[0].id,
        });
        return targets.map(({ label }: P.CompletionItem) => label);
      };
      if (locals.get('first')?.value !== OUT) {
        for (const whole of ['first.', '(&first)->', '(*&first).', '1 + (first.'])
          assert.deepEqual(await parts(whole), ['value', 'next', 'x', 'y'], whole);
        assert.deepEqual(await parts('first.next->v'), ['value']);
        assert.deepEqual(await parts('(&first)[n - n].ne'), locals.get('n')?.value === OUT ? [] : ['next']);
      }
      const set = async (expression: string, value: string) =>
        (await talk.ask('setExpression', { expression, value, frameId: stackFrames[0].id })).value;
      if (locals.get('colour')?.memoryReference) {
        assert.equal(await set('colour', 'BLUE'), 'BLUE');
        assert.equal(await set('colour', 'GREEN'), 'GREEN');
      }
      if (locals.get('yes')?.memoryReference) {
        assert.equal(await set('yes', 'false'), 'false');
        assert.equal(await set('yes', 'true'), 'true');
      }
      const hover = { expression: 'counter = 7', frameId: stackFrames[0].id, context: 'hover' };
      assert.match((await talk.request('evaluate', hover)).message ?? '', /would be done/);
      if (locals.get('flags')?.value !== OUT && locals.get('flags')?.memoryReference) {
        assert.equal(await evaluated('flags.delta = 7'), '7');
        assert.equal(await evaluated('flags.mode'), '5');
        assert.equal(await evaluated('flags.delta = -3'), '-3');
      }
      const globals = await talk.scope(1, 'Globals');
      assert.equal(globals.get('counter')?.value, '41');
      assert.equal(globals.get('table')?.value, '{{1, 2, 3}, {4, 5, 6}}');
      assert.equal(globals.get('table')?.type, 'long[2][3]'.replace('long', globals.get('table')!.type!.split('[')[0]));
      assert.match(globals.get('greeting')!.value, /^0x[0-9a-f]+ "hello"$/);

      // A call that was inlined is a frame of its own, and a step out of it ends in its caller.
      const mixed = await at('in mix');
      assert.match(mixed.stack[0], /^mix values\.c:/);
      assert.match(mixed.stack[1], /^work values\.c:/);
      const inner = await talk.scope(1, 'Locals');
      assert.deepEqual([...inner.keys()].sort(), ['a', 'b', 'mixed']);
      for (const [each, value] of Object.entries({ a: '4', b: '49', mixed: '89' }))
        assert.ok([value, OUT].includes(inner.get(each)!.value), `${each} = ${inner.get(each)!.value}`);
      const out = await talk.go('stepOut', 1);
      assert.match(out.stack[0], /^work values\.c:/);

      const tail = await at('in tail');
      const depths = tail.stack.filter((frame) => frame.startsWith('tail ')).length;
      assert.ok(depths === 4 || optimise !== '-O0', tail.stack.join());
      const deepest = await talk.scope(1, 'Locals');
      assert.ok(['0', OUT].includes(deepest.get('depth')!.value), deepest.get('depth')!.value);
      assert.ok(['101', OUT].includes(deepest.get('weight')!.value), deepest.get('weight')!.value);
      await talk.ask('terminate');
    });

for (const optimise of ['-O0', '-O2'])
  test(`vector types of RVV are shown as lanes, ${optimise}`, {
    ...needs('clang-19', 'ld.lld-19', 'riscv64-linux-gnu-gcc'),
    timeout: 60_000,
  }, async () => {
    const program = join(folder, `rvv${optimise}`);
    const path = `${root}test/debug-adapter/programs/rvv.c`;
    const [tool, ...options] = compilers['clang dwarf 5'];
    execFileSync(tool, [...options, optimise, '-march=rv64gcv', '-static', '-o', program, path]);
    const talk = await Talk.launch(program, { soc: 'all-vector' });
    await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 14 }] });
    await talk.go('configurationDone', 1);
    const locals = await talk.scope(1, 'Locals');
    const shown = ['left', 'sum', 'even', 'half'].map((name) => locals.get(name)!);
    assert.deepEqual(
      shown.map(({ type }) => type),
      ['vint32m2_t', 'vint32m2_t', 'vbool16_t', 'vfloat64m1_t'],
    );
    // Of optimised code Clang says nothing of where vectors are.
    const values =
      optimise === '-O2'
        ? [OUT, OUT, OUT, OUT]
        : [
            '{1, 2, 3, 4, 5, 6, 7, 8, …}',
            '{11, 22, 33, 44, 55, 66, 77, 88, …}',
            '{0, 1, 0, 1, 0, 1, 0, 1, …}',
            shown[3].value,
          ];
    assert.deepEqual(
      shown.map(({ value }) => value),
      values,
    );
    if (optimise === '-O0') {
      assert.match(shown[3].value, /^\{0\.5, 0\.5, /);
      const lanes = await talk.variables(shown[1].variablesReference);
      await talk.ask('setVariable', { variablesReference: shown[1].variablesReference, name: '[7]', value: '-1' });
      assert.equal(lanes.get('[7]')?.value, '88');
      await talk.ask('setBreakpoints', { source: { path }, breakpoints: [] });
      await talk.until('exited', 'continue', { threadId: 1 });
      assert.equal(talk.stdout, '-1 4 0.5\n');
      return;
    }
    await talk.ask('terminate');
  });
