/** C++ as Clang and GCC compile it, without its library: names with what they lie in, members of `this`, references, templates. */
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

const folder = mkdtempSync(join(tmpdir(), 'harthop-cpp-'));
after(() => rmSync(folder, { recursive: true }));
const path = `${root}test/debug-adapter/programs/shapes.cc`;
const lines = readFileSync(path, 'utf8').split('\n');
const lineOf = (mark: string) => lines.findIndex((line) => line.includes(`/* ${mark} */`)) + 1;
const clang = ['clang-19', '--target=riscv64-linux-gnu', '-fuse-ld=lld'];
const gcc = ['riscv64-linux-gnu-g++'];
const compilers = { clang, gcc };

/** Both link with GCC's libraries. */
const tools = ([compiler]: readonly string[]) => ({
  ...needs(compiler!, ...(compiler === clang[0] ? ['ld.lld-19'] : []), 'riscv64-linux-gnu-gcc'),
  timeout: 60_000,
});

async function launched([compiler, ...own]: readonly string[], ...options: string[]): Promise<Talk> {
  const program = join(folder, `shapes-${compiler}${options.join('')}`);
  execFileSync(compiler!, [...own, '-static', '-fno-exceptions', '-fno-rtti', ...options, '-o', program, path]);
  return Talk.launch(program);
}

const builds = Object.entries(compilers).flatMap(([name, compiler]) =>
  ['-gdwarf-4', '-gdwarf-5'].map((dwarf) => ({ name, compiler, dwarf })),
);
for (const { name, compiler, dwarf } of builds)
  test(`names, values and frames of C++, ${name} ${dwarf}`, tools(compiler), async () => {
    const talk = await launched(compiler, '-O0', dwarf);
    const breakpoints = [{ line: lineOf('growing'), condition: 'size == 2 && kind == Kind::Round && by > 1' }];
    await talk.ask('setBreakpoints', { source: { path }, breakpoints });
    const { stack } = await talk.go('configurationDone', 1);
    const at = lines.findIndex((line) => line.includes('shape.grow')) + 1;
    assert.deepEqual(stack.slice(0, 2), [`shapes::Shape::grow shapes.cc:${lineOf('growing')}`, `main shapes.cc:${at}`]);

    const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
    const evaluated = async (expression: string, level = 0) => {
      const answer = await talk.request('evaluate', { expression, frameId: stackFrames[level].id, context: 'watch' });
      return answer.success ? answer.body.result : answer.message;
    };
    assert.equal(await evaluated('size'), '2');
    assert.equal(await evaluated('this->size'), '2');
    assert.equal(await evaluated('by'), '1.5');
    assert.equal(await evaluated('kind'), 'Round');
    assert.equal(await evaluated('shapes::made + 1'), '3');
    assert.equal(await evaluated('label'), '`label` is no register and no symbol of the program, kernel or firmware');
    assert.equal(await evaluated('shape.size', 1), '2');
    assert.equal(await evaluated('square.kind == shapes::Kind::Square', 1), '1');
    assert.equal(await evaluated('pair', 1), '{first = 3, second = 4}');
    assert.equal(await evaluated('((shapes::Pair<int> *)&pair)->second', 1), '4');
    assert.equal(await evaluated('sizeof(shapes::Circle)', 1), '64');
    // Types that lie in classes.
    assert.equal(await evaluated('sizeof(shapes::Circle::Point)', 1), '24');
    assert.equal(await evaluated('sizeof(Circle::Point)', 1), '24');
    assert.equal(await evaluated('sizeof(shapes::Circle::Point::Bits)', 1), '4');
    assert.equal(await evaluated('sizeof(Point::wide_t)', 1), '8');
    assert.equal(await evaluated('((shapes::Circle::Point *)&circle.centre)->y', 1), '4');
    assert.equal(await evaluated('((Circle::Point::Bits *)&circle.centre.bits)->f', 1), '1.5');
    assert.equal(await evaluated('circle.way == shapes::Circle::Way::Right', 1), '1');
    assert.equal(await evaluated('shapes::Circle::count + Circle::count', 1), '12');
    assert.equal(await evaluated('(shapes::Shape::Point *)&shape', 1), 'there is no type `shapes::Shape::Point`');
    const { targets } = await talk.ask('completions', { text: 'circle.', column: 8, frameId: stackFrames[1].id });
    const labels = targets.map(({ label }: P.CompletionItem) => label);
    // Those of a base are its own.
    assert.deepEqual(labels.slice(-5).sort(), ['centre', 'kind', 'label', 'size', 'way']);
    assert.match(await evaluated('((shapes::Circle *)&shape)->label', 1), /"circle"$/);
    assert.equal(await evaluated('(shapes::Nothing *)&shape', 1), 'there is no type `shapes::Nothing`');
    // What is set through a reference is what is seen without it.
    assert.equal(await evaluated('shape.size = 4', 1), '4');
    assert.equal(await evaluated('circle.size', 1), '4');

    await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: lineOf('in the lambda') }] });
    const inside = await talk.go('continue', 1);
    assert.match(inside.stack[0]!, new RegExp(`operator\\(\\) shapes\\.cc:${lineOf('in the lambda')}$`));
    assert.match(inside.stack[1]!, new RegExp(`^twice<.*> shapes\\.cc:${lineOf('twice')}$`));
    await talk.ask('setBreakpoints', { source: { path }, breakpoints: [] });
    await talk.until('exited', 'continue', { threadId: 1 });
    assert.equal(talk.stdout, '5.5\n90.75 25 44 2\n');
  });

for (const [name, compiler] of Object.entries(compilers))
  test(
    `a function breakpoint stands at all functions of the name; a method, an instance of a template, ${name}`,
    tools(compiler),
    async () => {
      const talk = await launched(compiler, '-O0', '-g');
      const stops = async (name: string) => {
        const { breakpoints } = await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name }] });
        assert.equal(breakpoints[0].verified, true, breakpoints[0].message);
        return (await talk.go(talk.stdout === '' && !stopped++ ? 'configurationDone' : 'continue', 1)).stack[0];
      };
      let stopped = 0;
      assert.match((await stops('shapes::Circle::Circle'))!, /^shapes::Circle::Circle shapes\.cc:/);
      assert.match((await stops('twice'))!, /^twice<.*> shapes\.cc:/);
      assert.equal(await stops('area'), `shapes::Circle::area shapes.cc:${lineOf("circle's area")}`);
      assert.equal((await talk.go('continue', 1)).stack[0], `shapes::Shape::area shapes.cc:${lineOf("square's area")}`);
      const { breakpoints } = await talk.ask('setFunctionBreakpoints', {
        breakpoints: [{ name: 'shapes::Circle::grow' }],
      });
      assert.equal(breakpoints[0].verified, false);
      await talk.ask('terminate');
    },
  );
