/** The assembler: source texts, objects and archives in, an ELF executable or everything that is wrong with them out. */
import { IsaError, parseIsa } from '../isa/isa-string.js';
import { type Arch, archOf } from './arch.js';
import { attributesSection } from './attributes.js';
import { type Diagnostic, Diagnostics, type Place, wholeFile } from './diagnostics.js';
import { debugSections, newLineSection } from './dwarf.js';
import type { Archive } from './link/archive.js';
import { Linker } from './link/linker.js';
import { load, withMembers } from './link/load.js';
import { floatAbis, ObjectFile } from './link/object.js';
import { writeElf } from './link/output.js';
import type { AssemblerMemory } from './memory.js';
import { isPreprocessed, preprocess } from './preprocess.js';
import { statementsOf } from './source.js';
import { type Include, type IncludeBytes, Unit } from './unit.js';

export type { Diagnostic, Place } from './diagnostics.js';
export { formatDiagnostic } from './diagnostics.js';
export { isLinkable } from './link/load.js';
export type { Include, IncludeBytes } from './unit.js';

export interface Source {
  /** As diagnostics and debuggers name it. Names that end in .s are taken as they are; all others are preprocessed. */
  readonly name: string;
  readonly text: string;
}

/** A relocatable object, or an archive of them. */
export interface Binary {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface AssembleOptions {
  /** Reads an included file. Its name, for files that it includes itself, is the path taken from the folder of `from`. */
  readonly include?: Include;
  /** Reads a file for `.incbin`. */
  readonly includeBytes?: IncludeBytes;
  /** ISA string; default rv64gcv. */
  readonly arch?: string;
  /**
   * Where the image starts, with the first section. Default: 0x10000, and where objects are linked the file's headers lie there,
   * before the first section: a C library looks for them.
   */
  readonly base?: bigint;
  /** The symbol that execution starts at; default `_start`. Null: none is needed, the entry is 0. */
  readonly entry?: string | null;
  /** What debuggers are told the names of sources are relative to; default `.`. */
  readonly directory?: string;
  /** What lines came to before, of texts that are assembled again and again. */
  readonly memory?: AssemblerMemory;
}

/** Warnings come along in both cases. */
export type Assembled =
  | { readonly elf: Uint8Array<ArrayBuffer>; readonly diagnostics: Diagnostic[] }
  | { readonly elf?: undefined; readonly diagnostics: Diagnostic[] };

export const DEFAULT_ARCH = 'rv64gcv';
const DEFAULT_BASE = 0x10000n;

/** Assemble and link inputs into one static executable. Never throws: whatever is wrong with them is a diagnostic. */
export function assemble(inputs: readonly (Source | Binary)[], options: AssembleOptions = {}): Assembled {
  const diagnostics = new Diagnostics(inputs.map(({ name }) => name));
  const first = firstPlace(inputs[0]);
  let arch: Arch;
  try {
    arch = archOf(parseIsa(options.arch ?? DEFAULT_ARCH));
  } catch (error) {
    if (!(error instanceof IsaError)) throw error;
    diagnostics.add(first, 'error', error.message);
    return { diagnostics: diagnostics.list };
  }
  const include = options.include ?? (() => undefined);
  const read = inputs.flatMap((input): (Unit | ObjectFile | Archive)[] => {
    if ('text' in input) return [assembleUnit(input, diagnostics, arch, { ...options, include })];
    const loaded = load(input.name, input.data, diagnostics);
    return loaded ? [loaded] : [];
  });
  const entryName = options.entry === undefined ? '_start' : options.entry;
  const errorsBefore = diagnostics.errors;
  const linked = withMembers(read, entryName === null ? [] : [entryName], diagnostics);
  const units = linked.filter((input) => input instanceof Unit);
  const objects = linked.filter((input) => input instanceof ObjectFile);
  const floatAbi = floatAbiOf(objects, diagnostics);
  // What could not be read would be missed in many places.
  if (read.length < inputs.length || diagnostics.errors > errorsBefore) return { diagnostics: diagnostics.sorted() };

  const base = options.base ?? DEFAULT_BASE;
  const headers = options.base === undefined && objects.length > 0;
  const linker = new Linker(linked, diagnostics, base, headers);
  linker.layOut();
  for (const unit of units)
    linker.addUnloaded(
      debugSections(
        {
          name: unit.name,
          directory: options.directory ?? '.',
          sequences: linker.lineSequences(unit),
          files: unit.files,
          lineSection: unit.sectionCalled('.debug_line') ?? newLineSection(),
          lineTableOnly: unit.sectionCalled('.debug_info') !== undefined,
        },
        'HartHop assembler',
      ),
    );
  linker.fill();
  const entry = findEntry(linker, entryName, first, objects.length > 0, diagnostics);
  if (diagnostics.errors) return { diagnostics: diagnostics.sorted() };
  const symbols = linker.symbols();
  for (const { symbol } of symbols) if (symbol.size !== undefined) symbol.size = linker.value(symbol.size) ?? 0n;
  const used = new Set(
    [...units.map((unit) => unit.arch.extensions), ...objects.map((object) => object.extensions)].flatMap((each) => [
      ...each,
    ]),
  );
  const elf = writeElf({
    sections: linker.sections,
    symbols,
    entry,
    compressed: used.has('Zca') || objects.some(({ compressed }) => compressed),
    floatAbi,
    tso: objects.some(({ tso }) => tso),
    attributes: attributesSection(used),
    headersAt: headers ? base : undefined,
  });
  return { elf, diagnostics: diagnostics.sorted() };
}

function firstPlace(input: Source | Binary | undefined): Place {
  if (input && 'data' in input) return wholeFile(input.name);
  return { file: input?.name ?? '', line: 1, column: 1, endColumn: 1 };
}

/** One source as a unit. Whatever is wrong with it is reported. */
export function assembleUnit(
  source: Source,
  diagnostics: Diagnostics,
  arch: Arch,
  { include, includeBytes, memory }: AssembleOptions & { readonly include: Include },
): Unit {
  const unit = new Unit(source.name, diagnostics, include, arch, includeBytes, memory);
  // Some editors put a byte order mark first.
  const text = source.text.replace(/^\uFEFF/, '');
  const statements = isPreprocessed(source.name)
    ? preprocess(source.name, text, include, diagnostics, memory)
    : statementsOf(source.name, text);
  unit.run(statements);
  return unit;
}

const DOUBLES = 2;

/** How objects pass floating-point numbers: all alike, or they can't call each other. */
function floatAbiOf(objects: readonly ObjectFile[], diagnostics: Diagnostics): number {
  const first = objects.find(({ floatAbi }) => floatAbi !== undefined);
  if (!first) return DOUBLES;
  for (const { name, floatAbi } of objects)
    if (floatAbi !== undefined && floatAbi !== first.floatAbi)
      diagnostics.add(
        wholeFile(name),
        'error',
        `${name} passes floating-point numbers as -mabi=${floatAbis[floatAbi]} has it, ${first.name} as ${floatAbis[first.floatAbi!]}`,
      );
  return first.floatAbi!;
}

function findEntry(
  linker: Linker,
  name: string | null,
  place: Place,
  withObjects: boolean,
  diagnostics: Diagnostics,
): bigint {
  if (name === null) return 0n;
  const address = linker.addressOf(name);
  if (address === undefined && !diagnostics.errors) {
    const main = linker.addressOf('main') !== undefined && name === '_start';
    const why = main ? ': there is a main, but nothing that calls it' : '';
    const advice = `write "${name}:" before the first instruction`;
    const library = main && withObjects ? ", or link the C library's crt1.o and libc.a" : '';
    diagnostics.add(place, 'error', `no symbol ${name}, where execution would start${why}; ${advice}${library}`);
  }
  return address ?? 0n;
}
