/** The assembler: source texts in, an ELF executable or everything that is wrong with them out. */
import { IsaError, parseIsa } from '../isa/isa-string.js';
import { type Arch, archOf } from './arch.js';
import { attributesSection } from './attributes.js';
import { type Diagnostic, Diagnostics, type Place } from './diagnostics.js';
import { debugSections } from './dwarf.js';
import { writeElf } from './elf.js';
import { Linker } from './link.js';
import { isPreprocessed, preprocess } from './preprocess.js';
import { statementsOf } from './source.js';
import { type Include, Unit } from './unit.js';

export type { Diagnostic, Place } from './diagnostics.js';
export { formatDiagnostic } from './diagnostics.js';
export type { Include } from './unit.js';

export interface Source {
  /** As diagnostics and debuggers name it. Names that end in .s are taken as they are; all others are preprocessed. */
  readonly name: string;
  readonly text: string;
}

export interface AssembleOptions {
  /** Reads an included file. Its name, for files that it includes itself, is the path taken from the folder of `from`. */
  readonly include?: Include;
  /** ISA string; default rv64gcv. */
  readonly arch?: string;
  /** Address of the first section; default 0x10000. */
  readonly base?: bigint;
  /** The symbol that execution starts at; default `_start`. Null: none is needed, the entry is 0. */
  readonly entry?: string | null;
  /** What debuggers are told the names of sources are relative to; default `.`. */
  readonly directory?: string;
}

/** Warnings come along in both cases. */
export type Assembled =
  | { readonly elf: Uint8Array<ArrayBuffer>; readonly diagnostics: Diagnostic[] }
  | { readonly elf?: undefined; readonly diagnostics: Diagnostic[] };

export const DEFAULT_ARCH = 'rv64gcv';
const DEFAULT_BASE = 0x10000n;

/** Assemble sources into one static executable. Never throws: whatever is wrong with the sources is a diagnostic. */
export function assemble(sources: readonly Source[], options: AssembleOptions = {}): Assembled {
  const diagnostics = new Diagnostics();
  const first = { file: sources[0]?.name ?? '', line: 1, column: 1, endColumn: 1 };
  let arch: Arch;
  try {
    arch = archOf(parseIsa(options.arch ?? DEFAULT_ARCH));
  } catch (error) {
    if (!(error instanceof IsaError)) throw error;
    diagnostics.add(first, 'error', error.message);
    return { diagnostics: diagnostics.list };
  }
  const include = options.include ?? (() => undefined);
  const units = sources.map((source) => {
    const unit = new Unit(source.name, diagnostics, include, arch);
    // Some editors put a byte order mark first.
    const text = source.text.replace(/^\uFEFF/, '');
    const statements = isPreprocessed(source.name)
      ? preprocess(source.name, text, include, diagnostics)
      : statementsOf(source.name, text);
    unit.run(statements);
    return unit;
  });
  const linker = new Linker(units, diagnostics, options.base ?? DEFAULT_BASE);
  linker.layOut();
  linker.fill();
  const entry = findEntry(linker, options.entry === undefined ? '_start' : options.entry, first, diagnostics);
  if (diagnostics.errors) return { diagnostics: diagnostics.sorted() };
  for (const { symbol } of linker.symbols())
    if (symbol.size !== undefined) symbol.size = linker.value(symbol.size) ?? 0n;
  const used = new Set(units.flatMap((unit) => [...unit.arch.extensions]));
  const debug = debugSections(
    units.map((unit) => ({
      name: unit.name,
      directory: options.directory ?? '.',
      sequences: linker.lineSequences(unit),
      files: unit.files,
      lineTableOnly: unit.sections.has('.debug_info'),
    })),
    'HartHop assembler',
  );
  const elf = writeElf({
    sections: linker.sections,
    symbols: linker.symbols(),
    entry,
    compressed: used.has('C'),
    attributes: attributesSection(used),
    debug,
  });
  return { elf, diagnostics: diagnostics.sorted() };
}

function findEntry(linker: Linker, name: string | null, place: Place, diagnostics: Diagnostics): bigint {
  if (name === null) return 0n;
  const address = linker.addressOf(name);
  if (address === undefined && !diagnostics.errors) {
    const main = linker.addressOf('main') !== undefined && name === '_start';
    const why = main ? ': there is a main, but nothing that calls it' : '';
    diagnostics.add(
      place,
      'error',
      `no symbol ${name}, where execution would start${why}; write "${name}:" before the first instruction`,
    );
  }
  return address ?? 0n;
}
