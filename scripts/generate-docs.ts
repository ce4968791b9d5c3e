/** `npm run docs`: docs/isa.md, every extension and instruction and how each is proven, made from the table and from the tests' own lists. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isaString, parseIsa } from '../isa/isa-string.js';
import { profiles } from '../isa/names/profiles.js';
import { rowless } from '../isa/names/rowless.js';
import { alternatives, satisfied, spoken } from '../isa/requires.js';
import { extensions } from '../isa/table.js';
import type { Extension, Instruction } from '../isa/types.js';
import { knownDifferences, knownToOne, llvmsWords } from '../test/assembler/differences.js';
import { gnu, gnu244, llvm } from '../test/assembler/other-tools.js';
import { whyLeftOut } from '../test/fuzz/generate.js';
import { qemuDifferences } from '../test/fuzz/qemu-bugs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
export const docsPath = join(root, 'docs/isa.md');

const isOurs = ({ name }: Extension) => name.startsWith('X');

/** Sources of the tests that run programs of their own, by path. */
const programs = ['test/emulator', 'test/firmware', 'test/kernel', 'test/programs']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))))
  .filter((file) => /\.(test\.ts|[cS])$/.test(file))
  .sort()
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(root, file), 'utf8') }));

/** Test files whose programs name a mnemonic: the first two. */
function programsWith({ name }: Instruction): string[] {
  const word = new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}(?![\\w.])`);
  return programs
    .filter(({ text }) => word.test(text))
    .slice(0, 2)
    .map(({ file }) => file);
}

function encodings(extension: Extension): string {
  if (isOurs(extension)) return 'Encodings: our assembler and disassembler, both ways; no other tool knows it.';
  const knows = [gnu, gnu244, llvm].filter(({ lacks }) =>
    extension.rows.every(({ requires }) => satisfied(requires, (name) => !lacks.has(name))),
  );
  return `Encodings: ${knows.map(({ name }) => name).join(', ')}, both ways.`;
}

/** What runs a row: random programs, or the tests that name it. */
function execution({ rows }: Extension): string[] {
  const compared = rows.filter(({ name }) => !whyLeftOut(name));
  const others = rows.filter(({ name }) => whyLeftOut(name));
  const lines = compared.length
    ? [
        `Execution: random programs, compared with QEMU 10${others.length ? `: ${compared.map(({ name }) => `\`${name}\``).join(', ')}` : ''}.`,
      ]
    : [];
  const groups = new Map<string, string[]>();
  for (const row of others) {
    const files = programsWith(row).map((file) => `[${file}](../${file})`);
    const how = `${whyLeftOut(row.name)}; programs of our own: ${files.join(', ') || 'none'}`;
    groups.set(how, [...(groups.get(how) ?? []), `\`${row.name}\``]);
  }
  for (const [how, names] of groups) lines.push(`Execution of ${names.join(', ')}: ${how}.`);
  return lines;
}

const cell = (text: string) => text.replaceAll('|', '\\|');

function section(extension: Extension): string {
  const { name, doc, rows } = extension;
  const lines = rows.map((row) => {
    const others = row.requires.filter((each) => !alternatives(each).includes(name)).map(spoken);
    const needs = others.length ? ` Needs ${others.join(' and ')}.` : '';
    const enough = row.requires.flatMap((each) => (alternatives(each).includes(name) ? alternatives(each) : []));
    const also = enough.length > 1 ? ` ${enough.filter((each) => each !== name).join(' or ')} is enough, too.` : '';
    const operands = row.syntax ? `\`${row.syntax}\`` : '';
    return `| \`${row.name}\` | ${cell(operands)} | ${cell(row.doc + needs + also)} |`;
  });
  // Rows of a whole are those of its parts.
  if (!rows.length) return [`## ${name}`, doc].join('\n\n');
  return [
    `## ${name}`,
    doc,
    [encodings(extension), ...execution(extension)].map((line) => `- ${line}`).join('\n'),
    ['| instruction | operands | what it does |', '| --- | --- | --- |', ...lines].join('\n'),
  ].join('\n\n');
}

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
const code = (pattern: RegExp) => `\`${cell(pattern.source)}\``;

/** The document. */
export function docs(): string {
  const count = extensions.reduce((n, { rows }) => n + rows.length, 0);
  return `${[
    '# The instruction set',
    'Made by `npm run docs` from `isa/` and from the lists of the tests; do not edit.',
    `${count} instructions of ${extensions.length} extensions. Each is proven against implementations that are not ours:`,
    list([
      '**Encodings**: for every row and kind of operand, the words that other assemblers make are the same, and what other disassemblers read in ours assembles to the same words; code of a Debian kernel, shell and C library is taken apart, put together again, and reads as in LLVM (`test/assembler`).',
      '**Execution**: random programs over all rows, at VLEN 128, 256, 512 and 1024, half of them translated, half also behind page tables with few pages in memory, run in our machine and in QEMU 10; x, f and v registers, `fcsr`, `vcsr`, `vl`, `vtype`, `vstart` and memory are compared every few instructions, and half of the programs end in a fault whose place, reason and address are compared too (`test/fuzz`). A row that was never executed fails the test. Vector rows are compared one by one as well, in legal and illegal states (`test/emulator/vector`).',
      '**Programs of our own** check what user programs of QEMU cannot run; those on privileged behaviour run on QEMU too, where it has the same.',
    ]),
    'Operands are called by their kinds: `rd`, `rs1`, `rs2` are x registers, `fd`, `fs1` f registers, `vd`, `vs1` v registers, `vm` the optional `, v0.t`; numbers say how many bits an immediate has.',
    '## Profiles',
    'Names that ISA strings may begin with in place of a base, `rva23u64_zvl256b`, and what they stand for, all that is implied included:',
    list(
      Object.entries(profiles).map(
        ([name, { doc }]) => `\`${name}\`: ${doc} \`${isaString(parseIsa(name).extensions)}\``,
      ),
    ),
    '## Extensions without instructions',
    list(Object.entries(rowless).map(([name, doc]) => `**${name}**: ${doc}`)),
    ...extensions.map(section),
    '## Differences from QEMU 10.0',
    list(qemuDifferences.map(({ kind, what }) => `${kind === 'bug' ? 'A bug' : 'A choice'}: ${what}`)),
    '## Differences from other assemblers and disassemblers',
    'In encodings, by texts:',
    list(
      knownDifferences.map(
        ({ tool, when, text, why }) =>
          `${tool.source === '.' ? 'All' : code(tool)}, ${when === 'both' ? 'writing and reading' : when}, ${code(text)}: ${why}.`,
      ),
    ),
    'In what is an instruction at all (words next to those of the table, and all of 16 bits, are read by LLVM too):',
    list(knownToOne.map(({ text, why }) => `${code(text)}: ${why}.`)),
    'In how LLVM writes what our disassembler, like GNU objdump, writes otherwise:',
    list(llvmsWords.map(({ text, why }) => `${code(text)}: ${why}.`)),
  ].join('\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(docsPath, docs());
