import { ExpressionError } from '../expressions/lexer.js';
import { arrayOf, basic, type Place, type Value } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { At, Tag } from '../symbols/dwarf.js';
import type { Die } from '../symbols/die.js';
import { evaluateLocation } from '../symbols/location.js';
import { locationAt } from '../symbols/ranges.js';
import type { BoundOf, CType } from '../symbols/types.js';
import { type LocalVariable, localsAt } from '../symbols/variables.js';
import { constantValue, contextOf, fixed, lookupPc, OPTIMIZED_OUT, valueAt } from './located.js';
import { line, type Variable, variableOf } from './variable.js';

type Symbolize = (va: bigint) => string | undefined;

/** The scope `Locals` of a C function's frame, or of an inlined call's; empty elsewhere. Inner variables hide outer ones of the same name. */
export function localsScope(frame: Frame, symbolize: Symbolize): Variable[] {
  const memory = (va: bigint) => frame.memory.place(va);
  return locals(frame).map((variable) => {
    const { name, hidden } = variable;
    const shown = hidden ? `${name} (hidden)` : name;
    const options = { ...(!hidden && { evaluateName: name }), symbolize, memory };
    try {
      const value = valueIn(frame, variable);
      if (value) return variableOf(shown, value, options);
    } catch (error) {
      return line(shown, `<${(error as Error).message}>`);
    }
    return line(shown, OPTIMIZED_OUT, { type: typeIn(frame, variable.die).name });
  });
}

/** The arguments of the function that a frame is in, or of the call that was inlined there. */
export function parametersScope(frame: Frame): Variable[] {
  const own = new Set(
    locals(frame).flatMap(({ name, die, hidden }) => (die.tag === Tag.formalParameter && !hidden ? [name] : [])),
  );
  return localsScope(frame, () => undefined).filter(({ name }) => own.has(name));
}

/** The scope `Globals`: the variables of the file that the frame's code comes from. */
export function globalsScope(frame: Frame, symbolize: Symbolize): Variable[] {
  const memory = (va: bigint) => frame.memory.place(va);
  const found = frame.image?.declared.globalsAround(lookupPc(frame)) ?? [];
  return found
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, global: { va, type } }) =>
      variableOf(name, { type, place: frame.memory.place(va) }, { evaluateName: name, symbolize, memory }),
    );
}

/** A local variable by its name, for expressions; undefined when there is none. @throws ExpressionError when it has no value here */
export function localValue(frame: Frame, name: string): Value | undefined {
  const found = locals(frame).find((variable) => variable.name === name && !variable.hidden);
  if (!found) return undefined;
  const value = valueIn(frame, found);
  if (!value) throw new ExpressionError(`\`${name}\` is optimized out here`);
  return value;
}

/** Has the frame's function, or the call inlined there, variables? */
export const hasLocals = (frame: Frame): boolean => locals(frame).length > 0;

function locals(frame: Frame): LocalVariable[] {
  const { image, code } = frame;
  return image && code ? localsAt(code.scope, image.linked(lookupPc(frame))) : [];
}

/** The type of a variable, with array bounds as they are in the frame. */
function typeIn(frame: Frame, die: Die): CType {
  const { image } = frame;
  const bound: BoundOf = (subrange, attribute) => {
    const context = contextOf(frame, subrange.unit);
    const value = subrange.get(attribute);
    // A bound may be a variable of its own.
    const variable = value?.is === 'reference' ? subrange.die(attribute) : undefined;
    if (variable) {
      const found = valueIn(frame, {
        die: variable,
        location: locationAt(variable, At.location, image!.linked(lookupPc(frame))),
      });
      const bytes = found?.place?.read(0, Math.min(8, found.type.size));
      return bytes ? little(bytes) : typeof found?.number === 'bigint' ? found.number : undefined;
    }
    const expression = locationAt(subrange, attribute, image!.linked(lookupPc(frame)));
    const where = expression && evaluateLocation(expression, context);
    if (where?.in === 'value') return where.value;
    // An expression that ends without saying what it is leaves the number itself.
    return where?.in === 'memory' ? where.va : undefined;
  };
  return image!.declared.types.of(die, bound);
}

const little = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Undefined: the compiler keeps it nowhere at this place. */
function valueIn(frame: Frame, { location, die }: Pick<LocalVariable, 'location' | 'die'>): Value | undefined {
  const type = typeIn(frame, die);
  if (!location) {
    for (const each of die.lineage()) {
      const constant = each.get(At.constValue);
      if (constant?.is === 'block') return { type, place: fixed(constant.value) };
      const number = each.number(At.constValue);
      if (number !== undefined) return constantValue(type, number);
    }
    return undefined;
  }
  const where = evaluateLocation(location, contextOf(frame, die.unit));
  const value = where && valueAt(frame, type, where);
  return value && asMask(frame, value);
}

/** A vector mask: its bits, by VLEN. */
function asMask(frame: Frame, value: Value): Value {
  const { type, place } = value;
  if (type.kind !== 'array' || !type.maskRatio || !place) return value;
  const count = Math.max(1, Math.floor((8 * frame.hart.vlenb) / type.maskRatio));
  const bits: Place = {
    read: (offset, length) =>
      Uint8Array.from({ length }, (_, n) => (place.read((offset + n) >> 3, 1)[0] >> ((offset + n) & 7)) & 1),
    write: (offset, bytes) =>
      bytes.forEach((bit, n) => {
        const at = offset + n;
        const old = place.read(at >> 3, 1)[0];
        place.write(at >> 3, Uint8Array.of(bit ? old | (1 << (at & 7)) : old & ~(1 << (at & 7))));
      }),
  };
  return { type: { ...arrayOf(basic.bool, count), name: type.name }, place: bits };
}
