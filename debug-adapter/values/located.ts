import { ExpressionError } from '../expressions/lexer.js';
import { decode, isScalar, type Place, type Value } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { At, Tag } from '../symbols/dwarf.js';
import type { Die } from '../symbols/die.js';
import { evaluateLocation, type Location, type LocationContext, type Piece } from '../symbols/location.js';
import { locationAt } from '../symbols/ranges.js';
import type { CType } from '../symbols/types.js';
import { csrValue, fValue, vectorPlace, xValue } from './registers.js';
import { csrs } from '../../isa/csrs.js';

/** Registers by DWARF's numbers (RISC-V DWARF specification): x0 to x31, f0 to f31, v0 to v31, and CSRs. */
const [F0, AFTER_F, V0, AFTER_V, CSR0] = [32, 64, 96, 128, 4096];

/** Something that the compiler keeps nowhere at this place. */
export const OPTIMIZED_OUT = '<optimized out>';

/** What a location expression may ask of a frame. `unit`: whose expression it is. */
export function contextOf(frame: Frame, unit: Die['unit'], nested = 0): LocationContext {
  const context: LocationContext = {
    register: (n) => registerBits(frame, n),
    read: (va, size) => {
      const bytes = frame.memory.read(va, size);
      return bytes.length < size ? undefined : bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    },
    cfa: () => frame.raw.cfa,
    address: (index) => unit.address(index),
    bias: frame.image?.bias,
    frameBase: () => {
      const base =
        frame.code && locationAt(frame.code.function.die, At.frameBase, frame.image!.linked(lookupPc(frame)));
      const where = base && evaluateLocation(base, { ...context, frameBase: undefined });
      if (where?.in === 'register') return frame.raw.registers[where.register];
      return where?.in === 'memory' ? where.va : where?.in === 'value' ? where.value : undefined;
    },
    atEntry: (expression) => (nested < MOST_CALLERS ? atEntry(frame, expression, nested) : undefined),
  };
  return context;
}

/** Values at entry of callers' callers are asked for no further up. */
const MOST_CALLERS = 4;

/** The address that stands for a frame in tables: of a call, the call itself and not what comes after. */
export const lookupPc = ({ raw }: Pick<Frame, 'raw'>) => (raw.exact ? raw.pc : raw.pc - 1n);

function registerBits(frame: Frame, n: number): bigint | undefined {
  if (n < F0) return frame.raw.registers[n];
  const csr = n >= CSR0 ? csrs.find(({ number }) => number === n - CSR0) : undefined;
  if (!csr) return undefined;
  // On a hart without vectors a thread's vectors are those of the hart that it left; nobody computes with them there.
  if (csr.name === 'vlenb') return frame.hart.vlenb ? BigInt(frame.hart.vlenb) : undefined;
  const bytes = csrValue(frame.hart, csr.name)?.place?.read(0, 8);
  return bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
}

/** What an expression of registers was when the function was entered, as its caller's description of the call says (DW_TAG_call_site). */
function atEntry(frame: Frame, expression: Uint8Array, nested: number): bigint | undefined {
  const { code } = frame;
  const caller = frame.caller?.();
  const image = caller?.image;
  if (!caller?.code || !code || !image || caller.raw.exact) return undefined;
  const returns = image.linked(caller.raw.pc);
  const site = callSiteAt(caller.code.function.die, returns, 0);
  // A tail call in between has changed the registers.
  const called = site?.die(CALL_ORIGIN) ?? site?.die(At.abstractOrigin);
  if (!site || !called || called.name !== code.function.die.name) return undefined;
  for (const parameter of site.children) {
    if (parameter.tag !== Tag.callSiteParameter && parameter.tag !== Tag.gnuCallSiteParameter) continue;
    const [where, value] = [
      parameter.get(At.location),
      parameter.get(At.callValue) ?? parameter.get(At.gnuCallSiteValue),
    ];
    if (where?.is !== 'block' || value?.is !== 'block' || !same(where.value, expression)) continue;
    const found = evaluateLocation(value.value, contextOf(caller, site.unit, nested + 1));
    return found?.in === 'memory' ? found.va : found?.in === 'value' ? found.value : undefined;
  }
  return undefined;
}

const CALL_ORIGIN = 0x7f;
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, n) => byte === b[n]);

function callSiteAt(scope: Die, returns: bigint, depth: number): Die | undefined {
  if (depth > 64) return undefined;
  for (const child of scope.children) {
    if (child.tag === Tag.callSite && child.number(At.callReturnPc) === returns) return child;
    if (child.tag === Tag.gnuCallSite && child.number(At.lowPc) === returns) return child;
    if (child.tag !== Tag.lexicalBlock && child.tag !== Tag.inlinedSubroutine) continue;
    const found = callSiteAt(child, returns, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** A value of a type at a location of a frame; undefined: it is nowhere. */
export function valueAt(frame: Frame, type: CType, where: Location): Value | undefined {
  switch (where.in) {
    case 'memory':
      return { type, place: frame.memory.place(where.va) };
    case 'value':
      return constantValue(type, where.value);
    case 'bytes':
      return { type, place: fixed(where.bytes) };
    case 'nothing':
      return undefined;
    case 'register': {
      const place = registerPlace(frame, where.register, type.size);
      return place && { type, place };
    }
    case 'pieces':
      if (where.pieces.every(({ location }) => !location || location.in === 'nothing')) return undefined;
      return { type, place: inPieces(frame, where.pieces) };
  }
}

/** A number that debug information gives, as a value of a type. */
export function constantValue(type: CType, number: bigint): Value {
  const bytes = new Uint8Array(Math.max(8, type.size <= 64 ? type.size : 8));
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, number), true);
  return isScalar(type) ? { type, number: decode(type, bytes.subarray(0, type.size)) } : { type, place: fixed(bytes) };
}

/** Bytes that lie nowhere else and can't be set. */
export const fixed = (bytes: Uint8Array): Place => ({
  read: (offset, length) => {
    if (offset + length > bytes.length) throw new ExpressionError('the rest is optimized out');
    return bytes.slice(offset, offset + length);
  },
  write: () => {
    throw new ExpressionError('the compiler keeps this value nowhere, so that it can not be set');
  },
});

function registerPlace(frame: Frame, n: number, size: number): Place | undefined {
  if (n < F0) return frame.raw.registers[n] === undefined && frame.level > 0 ? undefined : xValue(frame, n).place;
  // Frames do not save floating-point and vector registers: only the innermost one's are known.
  if (frame.level > 0) return undefined;
  if (n < AFTER_F) {
    const { views, place } = fValue(frame.hart, n - F0);
    return views?.[size === 2 ? 'f16' : size === 4 ? 'f32' : 'f64']?.().place ?? place;
  }
  if (n >= V0 && n < AFTER_V) return frame.hart.vlenb ? vectorPlace(frame.hart, n - V0) : undefined;
  return undefined;
}

/** Pieces one after another. What is missing can't be read, and only whole bytes can be set. */
function inPieces(frame: Frame, pieces: readonly Piece[]): Place {
  const parts: { start: number; bits: number; from: number; place?: Place }[] = [];
  let start = 0;
  for (const { bits, from, location } of pieces) {
    const type: CType = { kind: 'void', name: '', size: Math.ceil((from + bits) / 8) };
    parts.push({ start, bits, from, place: location && valueAt(frame, type, location)?.place });
    start += bits;
  }
  const partOf = (bit: number) => parts.find((part) => bit >= part.start && bit < part.start + part.bits);
  const placed = (bit: number) => {
    const part = partOf(bit);
    if (!part?.place) throw new ExpressionError('optimized out');
    return { at: part.from + bit - part.start, place: part.place, left: part.start + part.bits - bit };
  };
  return {
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let n = 0; n < length; n++) {
        const { at, place, left } = placed(8 * (offset + n));
        if (at % 8 === 0 && left >= 8) bytes[n] = place.read(at / 8, 1)[0];
        else
          for (let bit = 0; bit < 8; bit++) {
            const each = placed(8 * (offset + n) + bit);
            bytes[n] |= ((each.place.read(each.at >> 3, 1)[0] >> (each.at & 7)) & 1) << bit;
          }
      }
      return bytes;
    },
    write(offset, bytes) {
      const places = [...bytes].map((_, n) => placed(8 * (offset + n)));
      if (places.some(({ at, left }) => at % 8 || left < 8))
        throw new ExpressionError('a part of a byte can not be set');
      places.forEach(({ at, place }, n) => place.write(at / 8, bytes.subarray(n, n + 1)));
    },
  };
}
