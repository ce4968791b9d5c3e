/** Every operand kind once: where its bits lie and how it is written. The names are the ones that `syntax` patterns use. */
import type { Instruction, OperandKind } from './types.js';

const x = (...pieces: OperandKind['pieces']): OperandKind => ({ class: 'x', pieces });
const f = (...pieces: OperandKind['pieces']): OperandKind => ({ class: 'f', pieces });
const v = (...pieces: OperandKind['pieces']): OperandKind => ({ class: 'v', pieces });
const unit = (file: string, ...pieces: OperandKind['pieces']): OperandKind => ({ class: 'unit', file, pieces });

/** Numbers of a hint's immediate that stand for no class: the highest class is 1000. */
const NO_CLASSES = Array.from({ length: 23 }, (_, n) => 1001 + n);
const ODD = Array.from({ length: 16 }, (_, n) => 2 * n + 1);

export const operands = {
  rd: x([11, 7]),
  rs1: x([19, 15]),
  rs2: x([24, 20]),
  // The lower one of two registers, which must be even.
  rdPair: { ...x([11, 7]), except: ODD },
  rs2Pair: { ...x([24, 20]), except: ODD },
  fd: f([11, 7]),
  fs1: f([19, 15]),
  fs2: f([24, 20]),
  fs3: f([31, 27]),
  vd: v([11, 7]),
  vs1: v([19, 15]),
  vs2: v([24, 20]),
  // Xhartdot's scratchpad.
  dd: unit('d', [9, 7]),
  ds: unit('d', [22, 20]),
  /** The data of a vector store. */
  vs3: v([11, 7]),
  vm: { class: 'mask', pieces: [[25, 25]] },
  imm12: { class: 'signed', pieces: [[31, 20]] },
  store12: {
    class: 'signed',
    pieces: [
      [31, 25],
      [11, 7],
    ],
  },
  branch13: {
    class: 'target',
    scale: 1,
    pieces: [
      [31, 31],
      [7, 7],
      [30, 25],
      [11, 8],
    ],
  },
  jump21: {
    class: 'target',
    scale: 1,
    pieces: [
      [31, 31],
      [19, 12],
      [20, 20],
      [30, 21],
    ],
  },
  upper20: { class: 'upper', pieces: [[31, 12]] },
  shamt6: { class: 'unsigned', pieces: [[25, 20]] },
  shamt5: { class: 'unsigned', pieces: [[24, 20]] },
  csr: { class: 'csr', pieces: [[31, 20]] },
  zimm5: { class: 'unsigned', pieces: [[19, 15]] },
  rm: { class: 'rounding', pieces: [[14, 12]], absent: 7, except: [5, 6] },
  /** Where the result is always exact: left out, it is 0 and not dyn. */
  rmExact: { class: 'rounding', pieces: [[14, 12]], absent: 0, except: [5, 6] },
  fli5: { class: 'fli', pieces: [[19, 15]] },
  /** Which of a word's bytes (scalar cryptography). */
  bs: { class: 'unsigned', pieces: [[31, 30]] },
  /** A round of AES's key schedule: 0 to 10. */
  rnum: { class: 'unsigned', pieces: [[23, 20]], except: [11, 12, 13, 14, 15] },
  /** The offset of a prefetch, in units of 32 bytes. */
  prefetch12: { class: 'signed', pieces: [[31, 25]], scale: 5 },
  // The class of a hint: the immediate is twice its number, and 1 or 2 more.
  soonClass: { class: 'unsigned', pieces: [[30, 21]], except: NO_CLASSES },
  doneClass: { class: 'unsigned', pieces: [[30, 21]], base: -1, except: [-1, ...NO_CLASSES] },
  pred: { class: 'fence', pieces: [[27, 24]] },
  succ: { class: 'fence', pieces: [[23, 20]] },
  aqrl: { class: 'ordering', pieces: [[26, 25]] },
  simm5: { class: 'signed', pieces: [[19, 15]] },
  uimm5: { class: 'unsigned', pieces: [[19, 15]] },
  rotate6: {
    class: 'unsigned',
    pieces: [
      [26, 26],
      [19, 15],
    ],
  },
  vtype11: { class: 'vtype', pieces: [[30, 20]] },
  vtype10: { class: 'vtype', pieces: [[29, 20]] },
  // Compressed forms ("C" chapter). Three-bit registers, x8 to x15:
  rdc: { ...x([4, 2]), base: 8 },
  rs1c: { ...x([9, 7]), base: 8 },
  rs2c: { ...x([4, 2]), base: 8 },
  fdc: { ...f([4, 2]), base: 8 },
  fs2c: { ...f([4, 2]), base: 8 },
  // Whole registers, in the places of the compressed formats.
  rdNonzero: { ...x([11, 7]), except: [0] },
  rdNotSp: { ...x([11, 7]), except: [2] },
  rs1Nonzero: { ...x([11, 7]), except: [0] },
  rs2Nonzero: { ...x([6, 2]), except: [0] },
  crs2: x([6, 2]),
  cfs2: f([6, 2]),
  // Immediates.
  cimm6: {
    class: 'signed',
    pieces: [
      [12, 12],
      [6, 2],
    ],
  },
  cshamt6: {
    class: 'unsigned',
    pieces: [
      [12, 12],
      [6, 2],
    ],
  },
  cupper6: {
    class: 'upper',
    pieces: [
      [12, 12],
      [6, 2],
    ],
    extend: 20,
    except: [0],
  },
  spn10: {
    class: 'unsigned',
    pieces: [
      [10, 7],
      [12, 11],
      [5, 5],
      [6, 6],
    ],
    scale: 2,
    except: [0],
  },
  sp10: {
    class: 'signed',
    pieces: [
      [12, 12],
      [4, 3],
      [5, 5],
      [2, 2],
      [6, 6],
    ],
    scale: 4,
    except: [0],
  },
  // Zcb's offsets: bit 0 lies above bit 1.
  cbyte2: {
    class: 'unsigned',
    pieces: [
      [5, 5],
      [6, 6],
    ],
  },
  chalf2: { class: 'unsigned', pieces: [[5, 5]], scale: 1 },
  cword7: {
    class: 'unsigned',
    pieces: [
      [5, 5],
      [12, 10],
      [6, 6],
    ],
    scale: 2,
  },
  cdouble8: {
    class: 'unsigned',
    pieces: [
      [6, 5],
      [12, 10],
    ],
    scale: 3,
  },
  lwsp8: {
    class: 'unsigned',
    pieces: [
      [3, 2],
      [12, 12],
      [6, 4],
    ],
    scale: 2,
  },
  ldsp9: {
    class: 'unsigned',
    pieces: [
      [4, 2],
      [12, 12],
      [6, 5],
    ],
    scale: 3,
  },
  swsp8: {
    class: 'unsigned',
    pieces: [
      [8, 7],
      [12, 9],
    ],
    scale: 2,
  },
  sdsp9: {
    class: 'unsigned',
    pieces: [
      [9, 7],
      [12, 10],
    ],
    scale: 3,
  },
  cbranch9: {
    class: 'target',
    pieces: [
      [12, 12],
      [6, 5],
      [2, 2],
      [11, 10],
      [4, 3],
    ],
    scale: 1,
  },
  cjump12: {
    class: 'target',
    pieces: [
      [12, 12],
      [8, 8],
      [10, 9],
      [6, 6],
      [7, 7],
      [2, 2],
      [11, 11],
      [5, 3],
    ],
    scale: 1,
  },
} as const satisfies Record<string, OperandKind>;

export type OperandName = keyof typeof operands;

/** A piece of a syntax pattern: an operand name or the punctuation between. */
export type SyntaxToken = { readonly operand: string } | { readonly text: string };

/** Split a syntax pattern into operand names and punctuation: `rd, imm12(rs1)` gives rd `,` imm12 `(` rs1 `)`. */
export function syntaxTokens(syntax: string): SyntaxToken[] {
  return (syntax.match(/[a-zA-Z_][a-zA-Z_0-9]*|[^\sa-zA-Z_]/g) ?? []).map((t) =>
    t in operands ? { operand: t } : { text: t },
  );
}

/** The operand names of an instruction, in the order they are written. */
export function operandNames(row: Instruction): readonly OperandName[] {
  let names = namesOf.get(row);
  if (!names) {
    names = syntaxTokens(row.syntax).flatMap((t) => ('operand' in t ? [t.operand as OperandName] : []));
    namesOf.set(row, names);
  }
  return names;
}
/** Asked for at every decoding, so taken apart once. */
const namesOf = new WeakMap<Instruction, readonly OperandName[]>();

/** Bits that an operand kind takes, before scaling. */
export function width(kind: OperandKind): number {
  return kind.pieces.reduce((n, [high, low]) => n + high - low + 1, 0);
}

/** The value of an operand in an instruction word: register number, or immediate in bytes, sign-extended where the class says so. */
export function extract(kind: OperandKind, word: number): number {
  let how = readings.get(kind);
  if (!how) {
    how = readingOf(kind);
    readings.set(kind, how);
  }
  let value = 0;
  for (const { low, values } of how.pieces) value = value * values + ((word >>> low) & (values - 1));
  if (value >= how.firstNegative) value -= how.values;
  if (value < 0) value += how.extension;
  return value * how.scale + how.base;
}

/** What extract needs of a kind, computed once: it is asked several times for every instruction that is decoded. */
interface Reading {
  readonly pieces: readonly { readonly low: number; readonly values: number }[];
  /** How many values there are, and the least that stands for a negative one. */
  readonly values: number;
  readonly firstNegative: number;
  readonly extension: number;
  readonly scale: number;
  readonly base: number;
}
const readings = new WeakMap<OperandKind, Reading>();

function readingOf(kind: OperandKind): Reading {
  const values = 2 ** width(kind);
  return {
    pieces: kind.pieces.map(([high, low]) => ({ low, values: 2 ** (high - low + 1) })),
    values,
    firstNegative: isSigned(kind) || kind.extend ? values / 2 : Number.POSITIVE_INFINITY,
    extension: kind.extend ? 2 ** kind.extend : 0,
    scale: 2 ** (kind.scale ?? 0),
    base: kind.base ?? 0,
  };
}

/** The word's bits for an operand value; the inverse of extract. The caller has checked the range with fits(). */
export function insert(kind: OperandKind, value: number): number {
  const { pieces } = kind;
  let rest = (value - (kind.base ?? 0)) / 2 ** (kind.scale ?? 0);
  let word = 0;
  for (let n = pieces.length - 1; n >= 0; n--) {
    const [high, low] = pieces[n]!;
    const values = 2 ** (high - low + 1);
    word |= (((rest % values) + values) % values) << low;
    rest = Math.floor(rest / values);
  }
  return word >>> 0;
}

/** Is it a number that a row's meaning finds as its immediate? (So are upper halves and branch targets, each in a way of its own.) */
export const isImmediate = (of: OperandKind['class']) => ['signed', 'unsigned', 'fli'].includes(of);

/** Is this kind's immediate sign-extended? */
export function isSigned(kind: OperandKind): boolean {
  return kind.class === 'signed' || kind.class === 'target';
}

/** The values a kind can hold: smallest, largest, and the step between them. (Of an `extend` kind: its lower half.) */
export function range(kind: OperandKind): { min: number; max: number; step: number } {
  const n = width(kind);
  const step = 2 ** (kind.scale ?? 0);
  const base = kind.base ?? 0;
  if (kind.extend) return { min: base, max: base + (2 ** (n - 1) - 1) * step, step };
  if (isSigned(kind)) return { min: -(2 ** (n - 1)) * step, max: (2 ** (n - 1) - 1) * step, step };
  return { min: base, max: base + (2 ** n - 1) * step, step };
}

/** Can this kind hold the value? */
export function fits(kind: OperandKind, value: number): boolean {
  const { min, max, step } = range(kind);
  // The upper half of an extended range stands for negative numbers: all its high bits are ones.
  if (kind.extend && value > max)
    return fits({ ...kind, extend: undefined, class: 'signed' }, value - 2 ** kind.extend);
  return value >= min && value <= max && value % step === 0 && !kind.except?.includes(value);
}
