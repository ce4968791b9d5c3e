import { csrNamed, csrReadOnly } from '../../isa/csrs.js';
import { fNames, registerNamed, xNames } from '../../isa/registers.js';
import { ExpressionError } from '../expressions/lexer.js';
import { arrayOf, basic, type Place, pointerTo, type RegisterPart, type Value } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { privilegeNames } from '../images.js';
import type { CType } from '../symbols/types.js';
import type { TargetHart } from '../target.js';
import { elementTypes, groupSizes, lanesOf, type VectorType, vectorTypeOf, vectorView } from './vector-register.js';

const bytesOf = (bits: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, bits), true);
  return bytes;
};

/** Eight bytes that are read and written as a whole. */
export function wordPlace(
  get: () => bigint | undefined,
  set: (bits: bigint) => void,
  missing: string,
  register?: RegisterPart,
): Place {
  const bytes = () => {
    const bits = get();
    if (bits === undefined) throw new ExpressionError(missing);
    return bytesOf(bits);
  };
  return {
    read: (offset, length) => bytes().slice(offset, offset + length),
    write: (offset, data) => {
      const all = bytes();
      all.set(data, offset);
      set(new DataView(all.buffer).getBigUint64(0, true));
    },
    ...(register && { register }),
  };
}

const innermostOnly = (frame: Frame) => {
  if (frame.level > 0) throw new ExpressionError('only the innermost frame holds registers that can be set');
};

/** Integer register n as a value. */
export function xValue(frame: Frame, n: number): Value {
  const set = (bits: bigint) => {
    innermostOnly(frame);
    frame.hart.setX(n, bits);
  };
  const missing = `${xNames[n]} was not saved by the frames above`;
  const get = () => (frame.level === 0 ? frame.hart.x(n) : frame.raw.registers[n]);
  const register = frame.level === 0 ? ({ hart: frame.hart.id, file: 'x', number: n, offset: 0 } as const) : undefined;
  return {
    type: n === 2 || n === 1 ? pointerTo(basic.void) : basic.long,
    place: wordPlace(get, set, missing, register),
  };
}

export function pcValue(frame: Frame): Value {
  const set = (bits: bigint) => {
    innermostOnly(frame);
    frame.hart.setPc(bits);
  };
  const get = () => (frame.level === 0 ? frame.hart.pc : frame.raw.pc);
  return { type: pointerTo(basic.void), place: wordPlace(get, set, 'pc is not known') };
}

/** A narrow number in a 64-bit register has all ones above it (unprivileged specification, "NaN Boxing"). */
export const isBoxed = (bits: bigint, width: 16 | 32) => bits >> BigInt(width) === (1n << BigInt(64 - width)) - 1n;

/** Floating-point register n, as the narrow number or double that it holds, with the other views. Frames do not save them: the hart's. */
export function fValue(hart: TargetHart, n: number): Value {
  if (!hart.isa.extensions.has('F'))
    throw new ExpressionError(`hart ${hart.id} (${hart.isa.text}) has no ${fNames[n]}`);
  const place = wordPlace(
    () => hart.f(n),
    (bits) => hart.setF(n, bits),
    '',
    { hart: hart.id, file: 'f', number: n, offset: 0 },
  );
  // Setting a narrow number of a register boxes it.
  const boxing = (width: number): Place => ({
    read: (offset, length) => place.read(offset, length),
    write: (offset, bytes) => {
      place.write(offset, bytes);
      place.write(width, new Uint8Array(8 - width).fill(0xff));
    },
    ...(place.register && { register: place.register }),
  });
  const has = (extension: string) => hart.isa.extensions.has(extension);
  const half = (): Value => ({ type: basic._Float16, place: boxing(2) });
  const views = {
    ...(has('Zfhmin') && { f16: half }),
    ...(has('Zfbfmin') && { bf16: (): Value => ({ type: basic.__bf16, place: boxing(2) }) }),
    f32: (): Value => ({ type: basic.float, place: boxing(4) }),
    f64: (): Value => ({ type: basic.double, place }),
    bits: (): Value => ({ type: basic['unsigned long'], place }),
  };
  const bits = BigInt.asUintN(64, hart.f(n));
  // A half that is boxed is, as a single, a NaN.
  const shown = views.f16 && isBoxed(bits, 16) ? views.f16 : isBoxed(bits, 32) ? views.f32 : views.f64;
  return { ...shown(), views };
}

/** A CSR by its name; undefined when the hart has none of that name. */
export function csrValue(hart: TargetHart, name: string): Value | undefined {
  const csr = csrNamed(name);
  if (!csr) return undefined;
  const get = () => {
    try {
      return hart.csr(csr.number);
    } catch {
      return undefined;
    }
  };
  if (get() === undefined) return undefined;
  const set = (bits: bigint) => {
    if (csrReadOnly(csr.number)) throw new ExpressionError(`${name} can only be read`);
    hart.setCsr(csr.number, bits);
  };
  return {
    type: basic['unsigned long'],
    place: wordPlace(get, set, `hart ${hart.id} has no ${name}`, {
      hart: hart.id,
      file: 'csr',
      number: csr.number,
      offset: 0,
    }),
    fields: csr.fields,
  };
}

export const privilegeType: CType = {
  kind: 'enum',
  name: 'privilege',
  size: 4,
  values: new Map(Object.entries(privilegeNames).map(([number, name]) => [BigInt(number), name])),
};

const privilegeNumber = new Map(Object.entries(privilegeNames).map(([number, name]) => [name, BigInt(number)]));

/** What a name without `$` means in a frame: registers, CSRs, `hart`, `task`, `priv`, `cycle` and the privileges' names. */
export function registerOf(frame: Frame, name: string): Value | undefined {
  const { hart } = frame;
  const privilege = privilegeNumber.get(name);
  if (privilege !== undefined) return { type: privilegeType, number: privilege };
  switch (name) {
    case 'pc':
      return pcValue(frame);
    case 'hart':
      return { type: basic.int, number: BigInt(hart.id) };
    case 'task':
      return { type: basic.int, number: BigInt(frame.task?.tid ?? -1) };
    case 'priv':
      return { type: privilegeType, number: BigInt(frame.raw.privilege) };
    case 'cycle_count':
      return { type: basic.long, number: BigInt(hart.time) };
    case 'vtype':
      return hart.vlenb ? { type: basic['unsigned long'], number: BigInt.asUintN(64, hart.vtype) } : undefined;
  }
  const register = registerNamed(name);
  if (register?.class === 'x')
    return register.number === 0 ? { type: basic.long, number: 0n } : xValue(frame, register.number);
  if (register?.class === 'f') return fValue(hart, register.number);
  if (register?.class === 'v') {
    if (!hart.vlenb) throw new ExpressionError(`hart ${hart.id} (${hart.isa.text}) has no vector registers`);
    return vValue(register.number, hart.vlenb, vectorTypeOf(hart.vtype), (n) => vectorPlace(hart, n));
  }
  return csrValue(hart, name);
}

/** Vector register n, with the group that it starts under the vtype, as lanes; with views of other elements (`e32`) and groups (`m4`). */
export function vValue(n: number, vlenb: number, type: VectorType | undefined, placeOf: (n: number) => Place): Value {
  // A register that does not start a group is looked at by itself.
  const size = type && type.lmul > 1 && n % type.lmul === 0 ? type.lmul : 1;
  return groupValue(n, size, vlenb, type, placeOf(n));
}

function groupValue(n: number, size: number, vlenb: number, type: VectorType | undefined, place: Place): Value {
  const { view, lanes } = lanesOf(place, vlenb * size, type);
  const value = vectorView(place, vlenb * size, arrayOf(elementTypes[view], lanes));
  const groups = groupSizes.map((other) => {
    const make = () => {
      if (n % other) throw new ExpressionError(`v${n} can't start a group of ${other} registers`);
      return groupValue(n, other, vlenb, type && { ...type, lmul: other }, place);
    };
    return [`m${other}`, make] as const;
  });
  return { ...value, views: { ...value.views, ...Object.fromEntries(groups) } };
}

/** The vector registers from n on, as they follow each other in a register group. */
export function vectorPlace(hart: TargetHart, n: number): Place {
  const { vlenb } = hart;
  const check = (offset: number, length: number) => {
    if (offset < 0 || offset + length > (32 - n) * vlenb)
      throw new ExpressionError('there is no vector register that far');
  };
  return {
    read(offset, length) {
      check(offset, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const at = (offset + done) % vlenb;
        const piece = hart.vectorBytes(n + Math.floor((offset + done) / vlenb)).subarray(at, at + length - done);
        bytes.set(piece, done);
        done += piece.length;
      }
      return bytes;
    },
    write(offset, bytes) {
      check(offset, bytes.length);
      hart.setVectorBytes(n * vlenb + offset, bytes);
    },
    register: { hart: hart.id, file: 'v', number: n, offset: 0 },
  };
}
