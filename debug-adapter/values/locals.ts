import type { Value } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { At } from '../symbols/dwarf.js';
import type { CFunction } from '../symbols/image.js';
import { evaluateLocation, type LocationContext } from '../symbols/location.js';
import { type LocalVariable, localsAt } from '../symbols/variables.js';
import { fValue, xValue } from './registers.js';
import { line, type Variable, variableOf } from './variable.js';

/** DWARF numbers x0 to x31 as 0 to 31 and f0 to f31 as 32 to 63 (RISC-V DWARF specification). */
const F0 = 32;
const REGISTERS = 64;

/** The address that stands for a frame in tables: of a call, the call itself and not what comes after. */
const lookupPc = ({ raw }: Frame) => (raw.exact ? raw.pc : raw.pc - 1n);

/** The scope `Locals` of a C function's frame; empty elsewhere. */
export function localsScope(frame: Frame, symbolize: (va: bigint) => string | undefined): Variable[] {
  return locals(frame).map(({ variable, owner }) => {
    const value = valueIn(frame, variable, owner);
    const { name, type } = variable;
    return value
      ? variableOf(name, value, { evaluateName: name, symbolize })
      : line(name, '<optimized out>', { type: type.name });
  });
}

/** A local variable by its name, for expressions; undefined when there is none, or none with a value. */
export function localValue(frame: Frame, name: string): Value | undefined {
  const found = locals(frame).find(({ variable }) => variable.name === name);
  return found && valueIn(frame, found.variable, found.owner);
}

function locals(frame: Frame): { variable: LocalVariable; owner: CFunction }[] {
  const { image } = frame;
  const pc = lookupPc(frame);
  const owner = image?.functionAt(pc);
  return image && owner ? localsAt(image, owner, pc).map((variable) => ({ variable, owner })) : [];
}

function valueIn(frame: Frame, { type, location, die }: LocalVariable, owner: CFunction): Value | undefined {
  const constant = die.number(At.constValue);
  if (!location) return constant === undefined ? undefined : { type, number: constant };
  const context: LocationContext = {
    register: (n) => (n < F0 ? frame.raw.registers[n] : undefined),
    read: (va, size) => {
      const bytes = frame.memory.read(va, size);
      return bytes.length < size ? undefined : bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    },
    cfa: () => frame.raw.cfa,
    address: (index) => die.unit.address(index),
    frameBase: () => {
      const base = owner.die.get(At.frameBase);
      if (base?.is !== 'block') return undefined;
      const where = evaluateLocation(base.value, context);
      if (where?.in === 'register') return frame.raw.registers[where.register];
      return where?.in === 'memory' ? where.va : where?.value;
    },
  };
  const where = evaluateLocation(location, context);
  if (!where) return undefined;
  if (where.in === 'memory') return { type, place: frame.memory.place(where.va) };
  if (where.in === 'value')
    return type.kind === 'struct' || type.kind === 'array' ? undefined : { type, number: where.value };
  if (where.register < F0) {
    if (frame.raw.registers[where.register] === undefined) return undefined;
    return { type, place: xValue(frame, where.register).place };
  }
  // Frames do not save floating-point registers: only the innermost one's are known.
  if (where.register >= REGISTERS || frame.level > 0) return undefined;
  const { views, place } = fValue(frame.hart, where.register - F0);
  const view = views?.[type.size === 2 ? 'f16' : type.size === 4 ? 'f32' : 'f64'];
  return { type, place: view?.().place ?? place };
}
