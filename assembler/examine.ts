/** What sources come to, however unfinished they are: for those who read them rather than run them. */
import { isLong } from '../isa/decode.js';
import { parseIsa } from '../isa/isa-string.js';
import { archOf } from './arch.js';
import { assembleUnit, DEFAULT_ARCH, type AssembleOptions, type Source } from './assemble.js';
import { type Diagnostic, Diagnostics, type Place } from './diagnostics.js';
import type { AssemblerMemory } from './memory.js';
import type { Expression } from './expression.js';
import { Linker } from './link/linker.js';
import { Jump } from './relax.js';
import { type Chunk, type Section, SHF } from './section.js';
import { placeOf, type Statement } from './source.js';
import type { Unit } from './unit.js';

/**
 * Instructions that sources gave, by rising address, at the addresses where they would lie if these sources were all of the program. They
 * are held column by column: a long file has tens of thousands, and they are made anew after each edit.
 */
export class ExaminedCode {
  readonly addresses: number[] = [];
  readonly words: number[] = [];
  readonly statements: Statement[] = [];
  /** Symbols that instructions refer to and nothing here defines: what the words say of their targets is then of no meaning. By address. */
  readonly missing = new Map<number, string>();

  get length(): number {
    return this.addresses.length;
  }

  push(address: number, word: number, statement: Statement): void {
    this.addresses.push(address);
    this.words.push(word);
    this.statements.push(statement);
  }

  /** The word at an address. */
  wordAt(address: number): number | undefined {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.addresses[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return this.addresses[low] === address ? this.words[low] : undefined;
  }

  /** Put them in order. */
  sort(): void {
    const { addresses } = this;
    if (addresses.every((address, n) => n === 0 || address >= addresses[n - 1]!)) return;
    const order = addresses.map((_, n) => n).sort((a, b) => addresses[a]! - addresses[b]!);
    for (const column of [this.addresses, this.words, this.statements] as unknown[][]) {
      const before = [...column];
      order.forEach((n, to) => {
        column[to] = before[n];
      });
    }
  }
}

export interface Examined {
  readonly diagnostics: readonly Diagnostic[];
  readonly units: readonly Unit[];
  readonly instructions: ExaminedCode;
  /** Addresses of labels and functions by name; numeric labels are left out. */
  readonly labels: ReadonlyMap<string, number>;
  /** Labels that other inputs may enter by: global ones, and functions. */
  readonly entries: ReadonlySet<string>;
  /** Values in data, and of address pairs in code, that are addresses of code. */
  readonly taken: ReadonlySet<number>;
  /** What lies between the labels of data: its addresses, by rising start. */
  readonly data: readonly { readonly start: number; readonly end: number }[];
  /** The output's sections that are memory, with their bytes; those that begin as zeros have fewer bytes than that. */
  readonly memory: readonly { readonly address: number; readonly size: number; readonly bytes: Uint8Array }[];
  /** Mentions of symbols that nothing here defines. */
  readonly missing: readonly { readonly name: string; readonly place: Place }[];
}

const BASE = 0x10000n;

/**
 * Assemble sources and lay them out, whatever is wrong with them. Symbols may be missing: other sources, objects or libraries may have them.
 * @param options `memoryOf` gives each source a memory of its own, in place of `memory`
 * @throws IsaError when `options.arch` is no ISA string
 */
export function examine(
  sources: readonly Source[],
  {
    memoryOf,
    ...options
  }: AssembleOptions & { readonly memoryOf?: (name: string) => AssemblerMemory | undefined } = {},
): Examined {
  const diagnostics = new Diagnostics(sources.map(({ name }) => name));
  const arch = archOf(parseIsa(options.arch ?? DEFAULT_ARCH));
  const include = options.include ?? (() => undefined);
  const units = sources.map((source) => {
    const memory = memoryOf?.(source.name) ?? options.memory;
    return assembleUnit(source, diagnostics, arch, { ...options, include, ...(memory && { memory }) });
  });
  const linker = new Linker(units, diagnostics, BASE, false, true);
  linker.layOut();
  linker.fill();
  const labels = labelsOf(linker, units);
  const instructions = new ExaminedCode();
  for (const unit of units) addInstructions(unit, linker, instructions);
  instructions.sort();
  const entries = new Set<string>();
  for (const unit of units)
    for (const symbol of unit.symbolList())
      if (symbol.meaning?.kind === 'label' && (symbol.binding === 'global' || symbol.type === 2))
        entries.add(symbol.name);
  return {
    diagnostics: diagnostics.sorted(),
    units,
    instructions,
    labels,
    entries,
    taken: takenAddresses(units, linker, instructions),
    data: dataOf(linker, units),
    memory: linker.sections
      .filter(({ allocated }) => allocated)
      .map(({ address, size, bytes, hasContents }) => ({
        address: Number(address),
        size,
        bytes: hasContents ? bytes : new Uint8Array(),
      })),
    missing: linker.missing.map(({ symbol, statement, start, end }) => ({
      name: symbol.name,
      place: placeOf(statement, start, end),
    })),
  };
}

/** Adds a unit's instructions with the words that were made of them. */
function addInstructions(unit: Unit, linker: Linker, out: ExaminedCode): void {
  const bytesOf = outputBytes(linker);
  const waiting = waitingIn(unit);
  const { chunks, offsets, statements } = unit.code;
  // Thousands stand in the same section one after the other, and in the same chunk.
  let [section, inSection, address]: [Section | undefined, Uint8Array | undefined, number] = [undefined, undefined, 0];
  let [last, inChunk]: [Chunk | undefined, Map<number, Expression> | undefined] = [undefined, undefined];
  for (let i = 0; i < chunks.length; i++) {
    const [chunk, offset] = [chunks[i]!, offsets[i]!];
    if (chunk !== last) {
      last = chunk;
      inChunk = waiting.get(chunk);
      if (chunk.section !== section) {
        section = chunk.section;
        inSection = bytesOf(section);
        address = Number(section.address);
      }
    }
    const bytes = inSection;
    if (!bytes) continue;
    const jump = offset === chunk.length && chunk.tail instanceof Jump ? chunk.tail : undefined;
    const expression = jump?.to ?? inChunk?.get(offset);
    const missing = expression === undefined ? undefined : missingIn(expression, linker);
    const from = chunk.offset + offset;
    const at = chunk.section.base + from;
    // A branch beyond its reach is two instructions.
    for (let n = 0; n < (jump?.size ?? 1); ) {
      const low = bytes[at + n]! | (bytes[at + n + 1]! << 8);
      const long = isLong(low);
      const word = long ? (low | (bytes[at + n + 2]! << 16) | (bytes[at + n + 3]! << 24)) >>> 0 : low;
      out.push(address + from + n, word, statements[i]!);
      if (missing !== undefined) out.missing.set(address + from + n, missing);
      n += long ? 4 : 2;
    }
  }
}

/** Bytes of the output section that a unit's section became a part of. */
function outputBytes(linker: Linker): (section: Section) => Uint8Array | undefined {
  const map = new Map(linker.sections.flatMap((output) => output.parts.map((part) => [part, output.bytes] as const)));
  return (section) => map.get(section);
}

/** What instructions wait for, by place. */
function waitingIn(unit: Unit): Map<Chunk, Map<number, Expression>> {
  const out = new Map<Chunk, Map<number, Expression>>();
  for (const section of unit.sectionList())
    for (const { chunk, offset, expression, into } of section.fixups) {
      if (!('operand' in into)) continue;
      const inChunk = out.get(chunk) ?? new Map<number, Expression>();
      out.set(chunk, inChunk.set(offset, expression));
    }
  return out;
}

/** The first symbol of an expression that has no value. */
function missingIn(expression: Expression, linker: Linker): string | undefined {
  if (linker.value(expression) !== undefined || typeof expression === 'bigint') return undefined;
  if (expression.kind === 'symbol') return expression.symbol.name;
  if (expression.kind === 'unary') return missingIn(expression.of, linker);
  return missingIn(expression.left, linker) ?? missingIn(expression.right, linker);
}

function labelsOf(linker: Linker, units: readonly Unit[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const unit of units)
    for (const symbol of unit.symbolList()) {
      if (symbol.meaning?.kind !== 'label' || symbol.name.includes('\u0001')) continue;
      const { chunk, offset } = symbol.meaning;
      out.set(symbol.name, Number(chunk.section.address) + chunk.offset + offset);
    }
  // A symbol that is another's equal is a label as well.
  for (const { symbol, value, section } of linker.symbols())
    if (section && !out.has(symbol.name)) out.set(symbol.name, Number(value));
  return out;
}

/** Data, cut at its labels. */
function dataOf(linker: Linker, units: readonly Unit[]): { start: number; end: number }[] {
  const cuts = new Map<Section, number[]>();
  for (const unit of units)
    for (const { meaning } of unit.symbolList()) {
      if (meaning?.kind !== 'label') continue;
      const { chunk, offset } = meaning;
      const list = cuts.get(chunk.section) ?? [];
      cuts.set(chunk.section, list);
      list.push(Number(chunk.section.address) + chunk.offset + offset);
    }
  const out: { start: number; end: number }[] = [];
  for (const section of linker.sections) {
    if (!section.allocated || section.flags & SHF.EXECINSTR || !section.size) continue;
    const [from, to] = [Number(section.address), Number(section.address) + section.size];
    const starts = [...new Set([from, ...section.parts.flatMap((part) => cuts.get(part) ?? [])])]
      .filter((at) => at < to)
      .sort((a, b) => a - b);
    starts.forEach((start, n) => out.push({ start, end: starts[n + 1] ?? to }));
  }
  return out.sort((a, b) => a.start - b.start);
}

/** Addresses of code that are used as numbers: what jumps by register may go to. */
function takenAddresses(units: readonly Unit[], linker: Linker, instructions: ExaminedCode): Set<number> {
  const out = new Set<number>();
  for (const unit of units)
    for (const section of unit.sectionList())
      for (const { chunk, offset, expression, into } of section.fixups) {
        if ('operand' in into) {
          if (!into.how.endsWith('hi')) continue;
          // The upper half of a call or a tail call is no number: it belongs to the jump behind it.
          const behind = instructions.wordAt(Number(section.address) + chunk.offset + offset + 4);
          if (behind !== undefined && (behind & 0x7f) === JALR) continue;
        }
        const value = linker.value(expression);
        if (value !== undefined && instructions.wordAt(Number(value)) !== undefined) out.add(Number(value));
      }
  return out;
}

const JALR = 0x67;
