/** Linking: several sources, objects of GCC and Clang, archives; and everything that can be wrong with them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assemble, type Binary, formatDiagnostic, type Source } from '../../assembler/assemble.js';
import { Image } from '../../debug-adapter/symbols/image.js';
import { readElf } from '../../emulator/elf.js';
import { needs } from '../tools.js';
import {
  assembled,
  cFile,
  clang,
  type Compiler,
  gcc,
  link,
  linkWithLibrary,
  onQemu,
  textToObject,
  toObject,
} from './compilers.js';
import { inFolder, run } from './other-tools.js';
import { hex, sectionOf } from './ours.js';

const source = (name: string, text: string): Source => ({ name, text });
const symbolOf = (elf: Uint8Array, name: string) => readElf(elf, 'a.elf').symbols.find((each) => each.name === name);

/** What is said of inputs, a line each. */
function complaints(
  inputs: readonly (Source | Binary)[],
  options: Parameters<typeof assemble>[1] = { entry: null },
): string[] {
  const { elf, diagnostics } = assemble(inputs, options);
  assert.ok(elf !== undefined || diagnostics.length > 0);
  return diagnostics.map(formatDiagnostic);
}

const dwords = (elf: Uint8Array, section = '.data') => {
  const { bytes } = sectionOf(elf, section)!;
  return Array.from({ length: bytes.length / 8 }, (_, i) => new DataView(bytes.buffer).getBigUint64(8 * i, true));
};

test('sources of one program see each other by global symbols, and only by those', () => {
  const elf = link([
    source(
      'a.s',
      '.globl _start, shared\n_start: call f\ncall g\nlocal: j local\n.data\nshared: .dword f, g, local, other',
    ),
    source('b.s', '.globl f, other\nf: la a0, shared\nj local\nlocal: ret\n.data\nother: .dword local'),
    source('c.s', '.globl g\ng: ret'),
  ]);
  const [f, g, start] = ['f', 'g', '_start'].map((name) => symbolOf(elf, name)!.value);
  const locals = readElf(elf, 'a.elf').symbols.filter(({ name }) => name === 'local');
  assert.deepEqual([start, locals.length], [0x10000n, 2]);
  assert.deepEqual(dwords(elf), [f, g, locals[0]!.value, symbolOf(elf, 'other')!.value, locals[1]!.value]);
});

test('weak definitions give way, common symbols are one, groups of one name are kept once', () => {
  const group = (value: number) =>
    `.section .data.x, "awG", @progbits, sig, comdat\n.weak x\nx: .dword ${value}\n.data\n.dword x\n`;
  const elf = link(
    [
      source(
        'a.s',
        `.weak f\nf: nop\n.comm room, 8, 8\n.comm wide, 100, 64\n.data\n.dword f, room, missing\n.weak missing\n${group(1)}`,
      ),
      source('b.s', `.globl f\nf: ret\n.comm room, 24, 16\n.data\n.dword room, f\n${group(2)}`),
      source('c.s', '.globl wide\n.data\nwide: .dword wide'),
    ],
    { entry: null },
  );
  const [f, room, wide, x] = ['f', 'room', 'wide', 'x'].map((name) => symbolOf(elf, name)!);
  assert.equal(room!.size, 24n);
  assert.equal(room!.value % 16n, 0n);
  assert.deepEqual(dwords(elf), [
    f!.value,
    room!.value,
    0n,
    x!.value,
    1n,
    room!.value,
    f!.value,
    x!.value,
    wide!.value,
  ]);
});

test('mistakes between sources are told with both places, all in one run', () => {
  assert.deepEqual(
    complaints(
      [
        source('a.s', '.globl f, main\nf: call g\ncall printff\nmain: ret'),
        source('b.s', '.globl f\nnop\nf: ret\nlocal: ret\n.globl printf\nprintf: ret'),
        source('c.s', 'j local\nbeq a0, a1, f'),
      ],
      {},
    ),
    [
      'a.s:2:9: error: undefined symbol g',
      'a.s:3:6: error: undefined symbol printff; did you mean printf?',
      'b.s:3:1: error: f is defined already in a.s:2',
      'c.s:1:3: error: undefined symbol local',
    ],
  );
  assert.deepEqual(complaints([source('a.s', '.globl main\nmain: ret')], {}), [
    'a.s:1:1: error: no symbol _start, where execution would start: there is a main, but nothing that calls it; write "_start:" before the first instruction',
  ]);
});

// Against GNU ld: every section at the address that ours has, and the same bytes in it.

const GNU = ['riscv64-linux-gnu-as', 'riscv64-linux-gnu-ld', 'riscv64-linux-gnu-gcc'];
const sections = ['.text', '.rodata', '.tdata', '.data', '.sdata', '.init_array'];

function sameAsGnu(objects: readonly Binary[]): void {
  const ours = link(objects, { entry: null, base: 0x10000n });
  const theirs = inFolder((folder) => {
    const files = objects.map(({ name, data }) => {
      writeFileSync(join(folder, name), data);
      return join(folder, name);
    });
    const places = readElf(ours, 'ours').sections;
    const lines = ['.text', '.rodata', '.tdata', '.tbss', ...sections.slice(3), '.sbss', '.bss'].flatMap((name) => {
      const va = places.get(name)?.va;
      const common = name === '.bss' ? ' *(COMMON)' : '';
      return va === undefined ? [] : [`${name} 0x${va.toString(16)} : { *(${name} ${name}.*)${common} }`];
    });
    const [script, output] = ['a.ld', 'a.elf'].map((name) => join(folder, name)) as [string, string];
    // Its own table, which nothing refers to, lies far off.
    lines.push('.got 0x8000000 : { *(.got) *(.got.plt) }');
    writeFileSync(script, `SECTIONS {\n${lines.join('\n')}\n}\n`);
    const linked = run('riscv64-linux-gnu-ld', ['--no-relax', '-T', script, '-e', '0', '-o', output, ...files]);
    assert.ok(linked.ok, linked.errors);
    return new Uint8Array(readFileSync(output));
  });
  for (const name of sections) {
    const [a, b] = [sectionOf(ours, name), sectionOf(theirs, name)];
    assert.equal(a && hex(a.bytes), b && hex(b.bytes), name);
  }
}

/** An object by GNU as. */
const gnuObject = (name: string, text: string, ...args: string[]): Binary =>
  inFolder((folder) => {
    const [input, output] = [join(folder, 'a.s'), join(folder, 'a.o')];
    writeFileSync(input, text);
    const made = run('riscv64-linux-gnu-as', ['-march=rv64gcv', ...args, '-o', output, input]);
    assert.ok(made.ok, made.errors);
    return { name, data: new Uint8Array(readFileSync(output)) };
  });

const relocated = `
  .globl start, far, words
start: call far; tail far; j far; jal far; la a0, words; lla a1, start; lw a0, words; sd a1, words, t0
  beq a0, a1, start; bnez a0, far; beqz a0, start; j start; c.j start; c.beqz a0, start
1: auipc a0, %pcrel_hi(words + 8); ld a1, %pcrel_lo(1b)(a0); sd a1, %pcrel_lo(1b)(a0); flw fa0, %pcrel_lo(1b)(a0)
  lui a0, %hi(words + 4); addi a0, a0, %lo(words + 4); lw a1, %lo(words)(a0); sw a1, %lo(words)(a0); fsd fa0, %lo(words)(a0)
  lui a0, %tprel_hi(slot); add a0, a0, tp, %tprel_add(slot); lw a1, %tprel_lo(slot)(a0); sw a1, %tprel_lo(slot)(a0)
  .balign 16
  nop; ret
  .balign 8
  c.nop
2: .balign 32
3: nop
  .size start, . - start
  .section .rodata.more, "a"
  .word far - start, 3b - 2b, . - far; .half 3b - start; .byte 3b - start
  .reloc ., R_RISCV_32_PCREL, far; .word 0
  .data
words: .dword start, far + 8, words; .word 5, start; .half 3b - 2b
  .section .tdata, "awT", @progbits
  .dword 7
slot: .dword words
  .section .init_array.00100, "aw", @init_array
  .dword start
  .comm shared, 40, 16
  .weak nobody
  .data
  .dword shared, nobody
`;
const other = `
  .globl far
  .text
  nop
  .balign 64
far: ret
  call start; bne a0, a1, far
  .section .rodata.str1.1, "aMS", @progbits, 1
  .string "text"
  .data
  .dword words, shared
  .comm shared, 64, 32
`;

test('objects of GNU as, relocation by relocation, as GNU ld links them', needs(...GNU), () => {
  for (const args of [[], ['-mno-relax'], ['-march=rv64g']]) {
    const compressed = !args.includes('-march=rv64g');
    const text = compressed ? relocated : relocated.replace(/c\.\w+ [^;\n]*;?|c\.nop/g, '');
    sameAsGnu([gnuObject('a.o', text, ...args), gnuObject('b.o', other, ...args)]);
    sameAsGnu([gnuObject('b.o', other, ...args), gnuObject('a.o', text, ...args)]);
  }
});

test('differences of places in LEB128 numbers, over padding that shrinks', needs('llvm-mc-19'), () => {
  const text = `
  .option relax
  .text
a: nop
  .p2align 4
b: .zero 400
c: ret
  .data
  .uleb128 b - a
  .uleb128 c - a
  .uleb128 c - b
  .byte 0x55
`;
  const object = assembled(clang(), source('a.s', text), '-mattr=+c,+relax');
  const elf = link([object], { entry: null });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => symbolOf(elf, name)!.value);
  const number = (value: bigint, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(7 * i)) & 127n) | (i < bytes - 1 ? 128 : 0));
  const { bytes } = sectionOf(elf, '.data')!;
  const size = bytes.length - 1;
  assert.equal(b! % 16n, 0n);
  assert.deepEqual([...bytes], [...number(b! - a!, size - 4), ...number(c! - a!, 2), ...number(400n, 2), 0x55]);
});

test('objects of GCC and Clang that need no library, as GNU ld links them', needs(...GNU, 'clang-19'), () => {
  // The offset table, which other models read, has another layout there.
  const text = (n: number) => `
    #define MODEL __attribute__((tls_model("local-exec")))
    extern int *const table${1 - n}[]; extern long work${1 - n}(long); __thread int t${n} MODEL = ${n}; extern __thread int t${1 - n} MODEL;
    static int own[5] = {1, 2, 3, ${n}}; int zero${n}[100]; int *const table${n}[] = {own, zero${n}, own + 3};
    __attribute__((aligned(32))) static long step(long a) { return a * 3 + own[a & 3] + t${n} + t${1 - n}; }
    __attribute__((noinline, aligned(64))) long work${n}(long a) {
      switch (a) { case 0: return 5; case 1: return work${1 - n}(2); case 2: return step(a); case 3: return (long)"three ${n}"; case 4: return 9;
        case 5: return *table${1 - n}[1]; }
      return (long)table${n} + own[a & 3]++;
    }`;
  const compilers: Compiler[] = [
    gcc('-O2', '-fno-pic', '-fno-common'),
    gcc('-O0', '-fno-pic', '-mcmodel=medany', '-fno-jump-tables'),
    gcc('-Os', '-fno-pic', '-mno-relax'),
    clang('-O2', '-fno-pic'),
    clang('-O1', '-fno-pic', '-mno-relax', '-mcmodel=medany'),
  ];
  for (const compiler of compilers) sameAsGnu([0, 1].map((n) => textToObject(compiler, `part${n}.c`, text(n))));
});

test(
  'code for any place: the offset table and every model of thread-local storage',
  needs(...GNU, 'clang-19', 'qemu-riscv64'),
  () => {
    const main = `#include <stdio.h>
    extern int value; extern __thread int a, b; extern int *where(void); extern int gone(void) __attribute__((weak)); int (*go)(void) = gone;
    __attribute__((visibility("hidden"))) extern int hidden;
    int main(void) { b += a; *where() = value + hidden; printf("%d %d %d %d %d\\n", a, b, value, gone != 0, go != 0); return a == 3; }`;
    const more = `int value = 40; int hidden = 2; __thread int a = 3; __thread int b = 4; static __thread int own[10]; int *where(void) { own[2]++; return &value; }`;
    const expected = '3 7 42 0 0\nstatus 1\n';
    for (const flags of [
      ['-fPIC'],
      ['-fPIE'],
      ['-fno-pic'],
      ['-fPIC', '-mno-relax'],
      ['-fPIC', '-ftls-model=initial-exec'],
    ])
      for (const compiler of [gcc('-O1', ...flags), clang('-O1', ...flags)])
        assert.equal(
          onQemu(linkWithLibrary([textToObject(compiler, 'main.c', main), textToObject(compiler, 'more.c', more)])),
          expected,
          compiler.name,
        );
  },
);

test(
  'a function that a function chooses is reached through a stub, also from the offset table',
  needs(...GNU, 'qemu-riscv64'),
  () => {
    const chooser = gnuObject(
      'chooser.o',
      `.globl chosen\n.type chosen, @gnu_indirect_function\nchosen: lla a0, seven\nret\nseven: li a0, 7\nret\n`,
    );
    const main = `#include <stdio.h>\nextern int chosen(void); int (*pointer)(void) = chosen;
    int main(void) { int (*volatile p)(void) = chosen; return printf("%d %d %d\\n", chosen(), pointer(), p()) != 6; }`;
    for (const flags of ['-fno-pic', '-fPIC'])
      assert.equal(
        onQemu(linkWithLibrary([textToObject(gcc('-O1', flags), 'main.c', main), chooser])),
        '7 7 7\nstatus 0\n',
      );
  },
);

test(
  'C++ templates and inline functions in several objects are one, their frames too',
  needs(...GNU, 'clang-19', 'qemu-riscv64'),
  () => {
    const text = (other: string) => `
    extern "C" int printf(const char *, ...); extern "C" void abort();
    template <class T> struct Box { static int count; T v; Box(T t) : v(t) { ++count; }
      __attribute__((noinline)) T get() { static T saved = v; return saved + v; } };
    template <class T> int Box<T>::count = 0;
    inline int &shared() { static int x = 5; return x; }
    __attribute__((noinline)) inline void use(int &x) { if (x > 100) abort(); x++; }
    ${other}`;
    const a = text(
      'int side(); extern "C" int main() { Box<int> b(3); use(shared()); int s = side(); printf("%d %d %d %d\\n", b.get(), s, shared(), Box<int>::count); }',
    );
    const b = text('int side() { Box<int> b(4); use(shared()); return b.get() + Box<int>::count; }');
    for (const level of ['-O0', '-O2']) {
      const compiler = clang(level, '-xc++', '-fno-exceptions', '-funwind-tables', '-fno-threadsafe-statics');
      const objects = [textToObject(compiler, 'a.c', a), textToObject(compiler, 'b.c', b)];
      const elf = linkWithLibrary(objects);
      assert.equal(onQemu(elf), '7 10 7 2\nstatus 0\n'.replace('7 10', onQemu(elf).split(' ').slice(0, 2).join(' ')));
      const { out, errors } = inFolder((folder) => {
        writeFileSync(join(folder, 'a.elf'), elf);
        return run('llvm-dwarfdump-19', ['--eh-frame', join(folder, 'a.elf')]);
      });
      assert.equal(errors, '');
      const starts = [...out.matchAll(/FDE cie=\w+ pc=(\w+)\.\.\./g)].map(([, pc]) => pc);
      assert.equal(new Set(starts).size, starts.length);
    }
  },
);

// Archives

const members = (): Binary[] =>
  [
    ['one.o', '.globl one\none: call two\nret'],
    ['two_with_a_name_longer_than_sixteen.o', '.globl two\ntwo: ret'],
    ['unused.o', '.globl unused\nunused: call nowhere'],
    ['data.o', '.globl data\n.data\ndata: .dword one'],
  ].map(([name, text]) => gnuObject(name!, text!));

function archive(tool: string, flags: string[], objects: readonly Binary[]): Binary {
  return inFolder((folder) => {
    for (const { name, data } of objects) writeFileSync(join(folder, name), data);
    const made = run('sh', [
      '-c',
      `cd ${folder} && ${tool} ${flags.join(' ')} lib.a ${objects.map(({ name }) => name).join(' ')}`,
    ]);
    assert.ok(made.ok, made.errors);
    return { name: 'lib.a', data: new Uint8Array(readFileSync(join(folder, 'lib.a'))) };
  });
}

test(
  'of archives the members are linked that something asks for, wherever the archive stands',
  needs(...GNU, 'llvm-ar-19'),
  () => {
    const main = source('main.s', '.globl _start\n_start: call one\n');
    const kinds: [string, string[]][] = [
      ['riscv64-linux-gnu-ar', ['rcs']],
      ['riscv64-linux-gnu-ar', ['rcS']],
      ['llvm-ar-19', ['rcs', '--format=gnu']],
      ['llvm-ar-19', ['rcs', '--format=bsd']],
      ['llvm-ar-19', ['rcS', '--format=bsd']],
    ];
    for (const [tool, [flags, ...more]] of kinds) {
      const lib = archive(tool, [...more, flags!], members());
      for (const inputs of [
        [main, lib],
        [lib, main],
      ]) {
        const elf = link(inputs);
        assert.ok(symbolOf(elf, 'one') && symbolOf(elf, 'two'), `${tool} ${flags}`);
        assert.equal(symbolOf(elf, 'unused') ?? symbolOf(elf, 'data'), undefined);
      }
      const needing = source('needing.s', '.globl _start\n_start: la a0, data\ncall unused\n');
      assert.deepEqual(complaints([needing, lib], {}), ['lib.a(unused.o): .text: error: undefined symbol nowhere']);
    }
    const weak = link([
      source('main.s', '.globl _start\n.weak one\n_start: la a0, one\n'),
      archive('riscv64-linux-gnu-ar', ['rcs'], members()),
    ]);
    assert.equal(symbolOf(weak, 'one'), undefined);
    const thin = archive('riscv64-linux-gnu-ar', ['rcsT'], members());
    assert.deepEqual(complaints([main, thin], {}), [
      'lib.a: error: this file is a thin archive, which only names its objects; make a whole one (ar rcs without T), or name the objects themselves',
    ]);
  },
);

// Debugging information

test(
  'lines of all inputs are there, in sources and objects with and without relaxation',
  needs(...GNU, 'clang-19', 'llvm-dwarfdump-19', 'gdb-multiarch'),
  () => {
    const start = source('start.S', '.globl _start\n_start:\n  li a0, 1\n  call first\n  call second\n  ebreak\n');
    const twice = source('twice.s', '.globl twice\ntwice:\n  add a0, a0, a0\n  ret\n');
    const first =
      'int twice(int); static int keep;\n__attribute__((noinline)) int first(int n) {\n  keep += n;\n  return twice(keep) + 1;\n}\n';
    const second =
      'int first(int);\nint second(int n) {\n  int sum = 0;\n  for (int i = 0; i < n; i++)\n    sum += first(i);\n  return sum;\n}\n';
    for (const [a, b] of [
      [gcc('-O1', '-g'), clang('-O1', '-g')],
      [gcc('-O1', '-g', '-mno-relax', '-gdwarf-4'), gcc('-O0', '-g')],
      [clang('-O1', '-g', '-mno-relax'), clang('-O0', '-g', '-gdwarf-4')],
    ] as [Compiler, Compiler][]) {
      const objects = [textToObject(a, 'first.c', first), textToObject(b, 'second.c', second)];
      const elf = link([start, objects[0]!, twice, objects[1]!]);
      // As the debugger reads them.
      const image = new Image('program', 'a.elf', elf);
      assert.deepEqual(image.warnings, []);
      for (const [symbol, place] of [
        ['_start', /start\.S:3$/],
        ['twice', /twice\.s:3$/],
        ['first', /first\.c:2$/],
        ['second', /second\.c:2$/],
      ] as const) {
        const { file, line } = image.places.at(image.symbol(symbol)!.value)!;
        assert.match(`${file}:${line}`, place, a.name);
      }
      inFolder((folder) => {
        const file = join(folder, 'a.elf');
        writeFileSync(file, elf);
        const { out, ok } = run('llvm-dwarfdump-19', ['--verify', file]);
        assert.ok(ok && /No errors/.test(out), out);
        const names = ['start.S:3', 'twice.s:3', 'first.c:3', 'second.c:5'];
        const asked = run('gdb-multiarch', [
          '-nx',
          '-batch',
          ...names.flatMap((each) => ['-ex', `info line ${each}`]),
          file,
        ]);
        for (const [i, name] of ['_start', 'twice', 'first', 'second'].entries()) {
          const [, line, from] =
            [...asked.out.matchAll(/^Line (\d+) of .*? (?:starts at address|is at address) (0x\w+) <(\w+)/gm)].map(
              (m) => [m[1], m[2], m[3]],
            )[i] ?? [];
          assert.ok(line && from === name, `${a.name}, ${name}: ${asked.out}${asked.errors}`);
        }
      });
    }
  },
);

// Mistakes

test('what is wrong with objects is told with file, function and place, all in one run', needs(...GNU), () => {
  const main = gnuObject(
    'main.o',
    '.globl _start, both\n.type _start, @function\n_start: call nothing\ncall prnt\nnop\ncall nothing\nboth: j distant\n.data\n.word distant - 8, nothing\n.section .far, "ax"\n',
    '-mno-relax',
  );
  const far = gnuObject(
    'far.o',
    '.globl distant, both, print\nboth: ret\n.data\nprint: .space 2200000\n.balign 4096\ndistant: .word 0',
    '-mno-relax',
  );
  assert.deepEqual(complaints([main, far], {}), [
    'main.o: _start (.text): error: undefined symbol nothing',
    'main.o: _start+0x8 (.text+0x8): error: undefined symbol prnt; did you mean print?',
    'main.o: _start+0x1a (.text+0x1a): error: the distance 2211526 is out of range: it must be from -1048576 to 1048574 in steps of 2 (R_RISCV_JAL to distant)',
    'far.o: .text+0x0: error: both is defined already in main.o: .text+0x1a',
  ]);
});

test(
  'what can not be linked is refused by saying what it is instead',
  needs(...GNU, 'clang-19', 'riscv64-linux-gnu-objcopy'),
  () => {
    const plain = 'int f(double x) { return (int)x; }';
    const object = textToObject(gcc('-O1'), 'f.c', plain);
    const changed = (change: (view: DataView) => void): Binary => {
      const data = Uint8Array.from(object.data);
      change(new DataView(data.buffer));
      return { name: 'f.o', data };
    };
    const cases: [Binary, RegExp][] = [
      [changed((v) => v.setUint16(18, 62, true)), /^f\.o: error: this file is for x86-64; expected a riscv64 object$/],
      [changed((v) => v.setUint8(4, 1)), /32-bit object; expected a riscv64 one/],
      [changed((v) => v.setUint8(5, 2)), /big-endian/],
      [changed((v) => v.setUint16(16, 2, true)), /is a linked program; what is linked are the objects/],
      [changed((v) => v.setUint16(16, 3, true)), /is a shared library .* link the static library/],
      [changed((v) => v.setUint32(0x30, v.getUint32(0x30, true) | 8, true)), /16 registers/],
      [{ name: 'f.o', data: object.data.subarray(0, 40) }, /cut off within its ELF header/],
      [{ name: 'f.o', data: object.data.subarray(0, object.data.length - 70) }, /is cut off or damaged/],
      [
        { name: 'f.o', data: new TextEncoder().encode('INPUT(x.o)\0') },
        /neither a source \(\.S or \.s\) nor a riscv64 object/,
      ],
      [textToObject(gcc('-O1', '-flto'), 'f.c', plain), /holds only what -flto left/],
      [textToObject(clang('-O1', '-flto'), 'f.c', plain), /is LLVM bitcode/],
      [
        textToObject(
          clang('-O1', '-fPIC', '-mtls-dialect=desc'),
          'f.c',
          'extern __thread int t; int f(void) { return t; }',
        ),
        /TLS descriptors are for dynamic linking/,
      ],
    ];
    for (const [input, message] of cases) {
      const said = complaints([input, source('a.s', 'nop')]);
      assert.match(said[0] ?? 'nothing was said', message);
    }
    const soft = textToObject(clang('-O1', '-march=rv64imac', '-mabi=lp64'), 'soft.c', 'int g(int x) { return x; }');
    assert.deepEqual(complaints([object, soft]), [
      'soft.o: error: soft.o passes floating-point numbers as -mabi=lp64 has it, f.o as lp64d',
    ]);
  },
);

test('what is missing may be missing far from nothing: weak calls of a program in high memory', needs(...GNU), () => {
  const object = gnuObject('a.o', '.globl _start\n.weak gone\n_start: call gone\nlla a0, gone\nla a1, gone\nret');
  const elf = link([object], { base: 0x9000_0000n });
  const code = new DataView(sectionOf(elf, '.text')!.bytes.buffer);
  assert.equal(readElf(elf, 'a.elf').entry, 0x9000_0000n);
  // lui ra, 0; jalr ra, 0(ra); lui a0, 0; addi a0, a0, 0
  assert.deepEqual(
    [0, 4, 8, 12].map((at) => code.getUint32(at, true)),
    [0x000000b7, 0x000080e7, 0x00000537, 0x00050513],
  );
});

test('the chip of an object with more than the table knows is no reason to refuse it', needs('clang-19'), () => {
  const elf = link(
    [textToObject(clang('-O2', '-march=rv64gcv_zvl256b_zicond'), 'f.c', 'int f(int x) { return x + 1; }')],
    { entry: null },
  );
  assert.ok(symbolOf(elf, 'f'));
});

test('the command runs a program of several files, and says which object asks for what', needs(...GNU), () => {
  const object = toObject(gcc('-O2'), cFile('sorting'));
  inFolder((folder) => {
    const file = (name: string, contents: string | Uint8Array) => {
      writeFileSync(join(folder, name), contents);
      return join(folder, name);
    };
    const harthop = (...args: string[]) => run('node', ['scripts/harthop.mjs', ...args]);
    const unlinked = harthop('asm', file('a.o', object.data), '-o', join(folder, 'a.elf'));
    assert.ok(!unlinked.ok);
    assert.match(unlinked.errors, /a\.o: main\+0x\w+ \(\.text\.startup\+0x\w+\): error: undefined symbol/);
    const start = file('start.S', '.globl _start\n_start: ld a0, 0(sp)\ncall give\nmv a0, a1\nli a7, 93\necall\n');
    const give = textToObject(
      gcc('-O2'),
      'give.c',
      'struct two { long a, b; } give(long n) { return (struct two){n, n * 10 + 1}; }',
    );
    const ran = run('sh', ['-c', `node scripts/harthop.mjs run ${start} ${file('give.o', give.data)} -- x; echo $?`]);
    assert.equal(ran.out, '21\n', ran.errors);
  });
});

test('.incbin takes the bytes of a file as they are', () => {
  const includeBytes = (path: string, from: string) =>
    path === 'x.bin' && from === 'a.s' ? Uint8Array.of(1, 2, 3, 4, 5) : undefined;
  const text = '.data\n.incbin "x.bin"\n.incbin "x.bin", 3\n.incbin "x.bin", 1, 2\n.incbin "x.bin", , 1\n';
  assert.equal(
    hex(sectionOf(link([source('a.s', text)], { entry: null, includeBytes }), '.data')!.bytes),
    '01 02 03 04 05 04 05 02 03 01',
  );
  assert.deepEqual(
    complaints([source('a.s', '.incbin "y.bin"\n.incbin "x.bin", 4, 2')], { entry: null, includeBytes }),
    ["a.s:1:9: error: can't read y.bin", 'a.s:2:9: error: x.bin has 5 bytes, of which not 4 to 6 can be taken'],
  );
});
