/**
 * `npm run bench [-- WORD… --rounds N --engine NAME --all --list]`: HartHop's speed beside QEMU's on the same programs, as a Markdown table.
 * WORDs choose the programs whose name or kind holds one of them. What is compared is processor time, of which what an empty program takes on the same
 * machine is taken off; emulators take turns, and the median of the rounds' ratios is told. Each must write the same checksum.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { engineChoices, isEngineChoice } from '../emulator/engine/choice.js';
import { buildPrograms } from '../scripts/build.js';
import { Builder } from './build.js';
import { chips } from './chips.js';
import { type Emulator, type Guest, harthop, qemus } from './emulators.js';
import { holds, holdsHead } from './holds.js';
import { memory } from './memory.js';
import type { Program } from './program.js';
import { scalars } from './scalars.js';
import { systems } from './systems.js';
import { median, timed } from './timing.js';
import { vectors } from './vectors.js';

const kinds: Readonly<Record<string, readonly Program[]>> = {
  scalar: scalars,
  system: systems,
  vector: vectors,
  chip: chips,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    engine: { type: 'string' },
    all: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

function usage(message: string): never {
  process.stderr.write(
    `harthop: ${message}\nusage: npm run bench -- [WORD…] [--rounds N] [--engine NAME] [--all] [--list]\n`,
  );
  process.exit(2);
}

const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) usage('--rounds wants a whole number from 1');
const { engine } = values;
if (engine !== undefined && !isEngineChoice(engine))
  usage(`--engine is one of ${Object.keys(engineChoices).join(', ')}`);

const isName = (word: string) => Object.values(kinds).some((programs) => programs.some(({ name }) => name === word));
/** A whole name is that program's alone. */
const isMeant = (word: string, kind: string, name: string) =>
  isName(word) ? name === word : word === kind || name.includes(word);
const chosen = Object.entries(kinds).flatMap(([kind, programs]) =>
  programs.filter(({ name, rare }) => {
    if (rare && !values.all && !positionals.includes(name)) return false;
    return !positionals.length || positionals.some((word) => isMeant(word, kind, name));
  }),
);
const extras = ['start-up', 'memory', 'holds'].filter((name) => !positionals.length || positionals.includes(name));
if (!chosen.length && !extras.length) usage(`no program's name holds ${positionals.join(' or ')}; --list names them`);

const cells = (...texts: string[]) => `| ${texts.join(' | ')} |`;
const ratio = (value: number) => (value < 100 ? value.toPrecision(2) : value.toFixed(0));
const others = qemus();

/** Instructions that all harts retire in a run. */
function instructionsOf(guest: Guest, folder: string, options: readonly string[]): number {
  const json = join(folder, 'report.json');
  timed(harthop(['--json', json, ...options]).command(guest));
  const { instructions } = JSON.parse(readFileSync(json, 'utf8')) as { instructions: number[] };
  return instructions.reduce((sum, n) => sum + n, 0);
}

/** The same hardware with nothing to do. */
function emptied(builder: Builder, guest: Guest): Guest {
  const { bare, user } = guest.elf;
  return {
    ...guest,
    elf: { ...(bare && { bare: builder.empty('bare') }), ...(user && { user: builder.empty('user') }) },
  };
}

/** Processor time of each emulator that can run it, round by round, start-up taken off. */
function measure(name: string, guest: Guest, empty: Guest, emulators: readonly Emulator[]): Map<Emulator, number[]> {
  const able = emulators.filter((emulator) => emulator.command(guest));
  const times = new Map(able.map((emulator) => [emulator, { start: [] as number[], whole: [] as number[] }]));
  const said = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const [emulator, { start, whole }] of times) {
      start.push(timed(emulator.command(empty)!).seconds);
      const { seconds, output } = timed(emulator.command(guest)!);
      whole.push(seconds);
      said.set(output, emulator.name);
      if (said.size > 1) throw new Error(`${name}: not the same checksum:\n${JSON.stringify([...said])}`);
    }
  }
  return new Map(
    [...times].map(([emulator, { start, whole }]) => {
      const off = median(start);
      return [emulator, whole.map((seconds) => seconds - off)];
    }),
  );
}

function row(builder: Builder, folder: string, { name, what, build, options = [] }: Program): string {
  const guest = build(builder);
  const empty = emptied(builder, guest);
  const all = [...(engine ? ['--engine', engine] : []), ...options];
  const own = harthop(all);
  const instructions = instructionsOf(guest, folder, all) - instructionsOf(empty, folder, all);
  const times = measure(name, guest, empty, [own, ...others]);
  const mine = times.get(own)!;
  const seconds = median(mine);
  const ratios = others.map((other) => {
    const theirs = times.get(other);
    return theirs ? ratio(median(theirs.map((time, round) => time / mine[round]!))) : '';
  });
  return cells(`${name}: ${what}`, seconds.toFixed(2), (instructions / seconds / 1e6).toFixed(0), ...ratios);
}

function startUp(builder: Builder): string[] {
  const chip = { isa: '', soc: 'app2-vec1', elf: { user: builder.empty('user') } };
  const bare = { isa: 'rv64gc', elf: { bare: builder.empty('bare') } };
  const of = (emulator: Emulator, guest: Guest) => {
    const command = emulator.command(guest);
    return command ? median(Array.from({ length: 2 * rounds }, () => timed(command).seconds)).toFixed(2) : '';
  };
  return Object.entries({ 'one bare hart': bare, 'app2-vec1, with firmware and kernel': chip }).map(([what, guest]) =>
    cells(what, ...[harthop(), ...others].map((emulator) => of(emulator, guest))),
  );
}

const head = (...texts: string[]) => [cells(...texts), cells(...texts.map((_, n) => (n ? '---:' : '---')))].join('\n');

const folder = mkdtempSync(join(tmpdir(), 'harthop-bench-'));
try {
  if (values.list) {
    for (const [kind, programs] of Object.entries(kinds))
      for (const { name, what, rare } of programs) console.log(`${kind}: ${name}: ${what}${rare ? ' (--all)' : ''}`);
    process.exit();
  }
  await buildPrograms();
  const builder = new Builder(folder);
  console.log(
    `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, medians of ${rounds} rounds, processor time without start-up\n`,
  );
  if (chosen.length)
    console.log(head('program', 's', 'million instructions/s', ...others.map(({ name }) => `× ${name}`)));
  for (const program of chosen) console.log(row(builder, folder, program));
  if (extras.includes('start-up')) {
    console.log(
      `\n${head('start-up: s until a program that only exits is over', 'HartHop', ...others.map(({ name }) => name))}`,
    );
    for (const line of startUp(builder)) console.log(line);
  }
  if (extras.includes('memory')) {
    console.log(`\n${head('memory: MiB at most', 'HartHop', ...others.map(({ name }) => name))}`);
    for await (const { what, figures } of memory(builder, [harthop(), ...others])) console.log(cells(what, ...figures));
  }
  if (extras.includes('holds')) {
    console.log(`\n${head(...holdsHead)}`);
    for (const figures of holds(builder, rounds)) console.log(cells(...figures));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
