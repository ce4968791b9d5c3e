/** What an instruction computes, in writing: its row's own meaning, evaluated over text. Of what would be long, nothing is written. */
import type { Instruction } from '../../isa/types.js';
import type { ElementScope, VectorMemory } from '../../isa/vector/shapes.js';
import type { Arg, Scalar, Value } from '../../isa/vocabulary.js';

/** Longer ones say less than their one line of documentation. */
const MOST = 90;

const infix: Readonly<Record<string, string>> = {
  ...{ add: '+', sub: '-', mul: '*', divS: '/', divU: '/u', remS: '%', remU: '%u', and: '&', or: '|', xor: '^' },
  ...{ shl: '<<', shrU: '>>', shrS: '>>s', eq: '==', ne: '!=', ltS: '<', ltU: '<u', leS: '<=', leU: '<=u' },
  ...{ gtS: '>', gtU: '>u', geS: '>=', geU: '>=u' },
};
const functions: Readonly<Record<string, string>> = {
  ...{ minS: 'min', minU: 'minu', maxS: 'max', maxU: 'maxu', rotl: 'rotl', rotr: 'rotr' },
  ...{ clz: 'clz', ctz: 'ctz', popcount: 'popcount' },
};

/** Something that text does not stand for. */
class Unwritable extends Error {}

class Text {
  constructor(
    readonly text: string,
    readonly shape = 'i64',
    private readonly simple = true,
  ) {
    if (text.length > MOST) throw new Unwritable();
  }
  /** As a part of something larger. */
  get part(): string {
    return this.simple ? this.text : `(${this.text})`;
  }
  neg() {
    return new Text(`-${this.part}`, this.shape);
  }
  not() {
    return new Text(`~${this.part}`, this.shape);
  }
  as(shape: string) {
    return new Text(this.text, shape, this.simple);
  }
  signExtend(bits: number) {
    return new Text(`sext${bits}(${this.text})`, this.shape);
  }
  to(shape: string, signed: boolean) {
    const [from, to] = [bitsOf(this.shape), bitsOf(shape)];
    if (to < from) return new Text(`${this.part}[${to - 1}:0]`, shape);
    return to > from && signed ? new Text(`sext${from}(${this.text})`, shape) : this.as(shape);
  }
  choose(yes: Arg, no: Arg) {
    return new Text(`${this.part} ? ${partOf(yes)} : ${partOf(no)}`, shapeOf(yes) ?? shapeOf(no), false);
  }
}
for (const [name, sign] of Object.entries(infix))
  Object.defineProperty(Text.prototype, name, {
    value(this: Text, other: Arg) {
      const shape = /^(eq|ne|[lg][te])/.test(name) ? 'i1' : this.shape;
      // A row may be written for a family of which one member has nothing to do here.
      const zero = textOf(other) === '0';
      if (zero && /^(add|sub|or|xor|shl|shr.)$/.test(name)) return this;
      if (zero && (name === 'and' || name === 'mul')) return new Text('0', shape);
      if (this.text === '0' && name === 'add')
        return typeof other === 'object' ? other : new Text(String(other), shape);
      return new Text(`${this.part} ${sign} ${partOf(other)}`, shape, false);
    },
  });
for (const [name, called] of Object.entries(functions))
  Object.defineProperty(Text.prototype, name, {
    value(this: Text, ...others: Arg[]) {
      return new Text(`${called}(${[this, ...others].map(textOf).join(', ')})`, this.shape);
    },
  });

const bitsOf = (shape: string) => Number(/\d+/.exec(shape)?.[0] ?? 64);
const shapeOf = (value: Arg | Text) => (value instanceof Text ? value.shape : undefined);
const textOf = (value: unknown): string => {
  if (value instanceof Text) return value.text;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new Unwritable();
};
const partOf = (value: unknown) => (value instanceof Text ? value.part : textOf(value));

const word = (text: string, shape?: string) => new Text(text, shape) as unknown as Value;

/** Whatever is called is written as a function of that name. */
const called = (): never =>
  new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) => {
          const values = args.filter((each) => typeof each !== 'boolean' && typeof each !== 'string');
          const sign = { add: '+', sub: '-', mul: '*', div: '/' }[String(name)];
          if (sign) return new Text(values.map(partOf).join(` ${sign} `), shapeOf(args[0] as Arg), false);
          return new Text(`${String(name)}(${values.map(textOf).join(', ')})`, shapeOf(args[0] as Arg));
        },
    },
  ) as never;

/** How a row's operation is written: `rd = rs1 + rs2`; undefined: it is not. */
export function operationOf(row: Instruction): string | undefined {
  let known = written.get(row);
  if (known === undefined) {
    try {
      known = operation(row) ?? '';
    } catch {
      // What text does not stand for: units, loops, a register's bits one by one.
      known = '';
    }
    written.set(row, known);
  }
  return known || undefined;
}
const written = new WeakMap<Instruction, string>();

function operation(row: Instruction): string | undefined {
  const { semantics } = row;
  switch (semantics.kind) {
    case 'plain':
      return plain(semantics.run);
    case 'branch': {
      const condition = textOf(semantics.condition(scalar([])));
      return `if (${condition}) pc = pc + offset`;
    }
    case 'jump':
      return `rd = pc + ${row.length}; pc = ${semantics.to === 'pc' ? 'pc' : 'rs1'} + offset`;
    case 'vector': {
      const { vector } = semantics;
      const other = /\b([rf]s1|vs1)\b/.exec(row.syntax)?.[1] ?? 'imm';
      const [a, b, d] = [word('vs2[i]', 'i64'), word(other === 'vs1' ? 'vs1[i]' : other), word('vd[i]')];
      if (vector.shape === 'element-wise') return `vd[i] = ${textOf(vector.element(a, b, d, element))}`;
      if (vector.shape === 'mask-logical') return `vd = ${textOf(vector.bits(word('vs2'), word('vs1')))}, bit by bit`;
      if (vector.shape === 'reduction')
        return `sum = vs1[0]; for each i: sum = ${textOf(vector.element(word('sum'), a, element))}; vd[0] = sum`;
      return vector.shape === 'memory' && vector.fields === 1 ? accessOf(vector, row) : undefined;
    }
    default:
      return undefined;
  }
}

/** An access of a vector, element by element. */
function accessOf({ address, eew }: VectorMemory, { syntax }: Instruction): string | undefined {
  const bytes = eew / 8;
  const ways: Readonly<Record<string, string>> = {
    unit: bytes === 1 ? 'rs1 + i' : `rs1 + ${bytes} * i`,
    strided: 'rs1 + i * rs2',
    indexed: 'rs1 + vs2[i]',
  };
  const where = ways[address === 'fault-first' ? 'unit' : address];
  if (where === undefined) return undefined;
  const place = address === 'indexed' ? `memory[${where}]` : `memory.i${eew}[${where}]`;
  return /\bvs3\b/.test(syntax) ? `${place} = vs3[i]` : `vd[i] = ${place}`;
}

function plain(run: (o: Scalar) => void): string | undefined {
  const lines: string[] = [];
  run(scalar(lines));
  const text = lines.join('; ');
  return text && text.length <= MOST ? text : undefined;
}

/** Operands of a scalar row; what is written goes into lines. */
function scalar(lines: string[]): Scalar {
  const into = (name: string) => ({ set: (value: Value) => lines.push(`${name} = ${textOf(value)}`) });
  const at = (element: string, address: unknown) => `memory.${element}[${textOf(address)}]`;
  const scope = {
    ...{ rs1: word('rs1'), rs2: word('rs2'), imm: word('imm'), pc: word('pc'), nextPc: word('next') },
    ...{ rd: into('rd'), fd: into('fd'), rdOld: word('rd') },
    fbits: (name: string) => word(name),
    f: (name: string, shape: string) => word(name, shape),
    float: called(),
    mulHigh: (a: Value, b: Value) => word(`high(${textOf(a)} * ${textOf(b)})`),
    keep: (value: Value) => value,
    when(condition: Value, then: () => void) {
      const before = lines.length;
      then();
      lines.push(`if (${textOf(condition)}) ${lines.splice(before).join('; ')}`);
    },
    memory: {
      load: (shape: string, address: Value) => word(at(shape, address), shape),
      update(shape: string, address: Value, change: (old: Value) => Value) {
        const old = word('old', shape);
        lines.push(`old = ${at(shape, address)}`, `${at(shape, address)} = ${textOf(change(old))}`);
        return old;
      },
      store: (shape: string, address: Value, value: Value) => lines.push(`${at(shape, address)} = ${textOf(value)}`),
    },
  };
  return scope as unknown as Scalar;
}

const element = {
  ...{ index: word('i'), vl: word('vl'), vlmax: word('VLMAX'), v0: word('v0[i]', 'i1'), vd: 'i64', vs2: 'i64' },
  pick: (n: Value) => word(`vs2[${textOf(n)}]`),
  float: called(),
  mulHigh: (a: Value, b: Value) => word(`high(${textOf(a)} * ${textOf(b)})`),
  saturate: (condition: Value, bound: Arg, value: Value) => (condition as unknown as Text).choose(bound, value),
  keep: (value: Value) => value,
} as unknown as ElementScope;
