/** The engine: one WebAssembly module generated from the table. */
import { sboxes, sboxNames } from '../../isa/sbox.js';
import { TABLES } from '../layout.js';
import { Module } from '../wasm/module.js';
import type { ValType } from '../wasm/opcodes.js';
import { floats } from './float.js';
import { finder, missHandlers, refiller } from './refill.js';
import type { EngineHost } from './host.js';
import { interpreter, type LoopCallees } from './interpreter.js';
import { carryless, mulHighUnsigned } from './products.js';
import { outlined } from './outlined.js';
import { turnTaker } from './turns.js';
import { vectorFunctions } from './vector/functions.js';

/** The host's functions as WebAssembly sees them. */
const imports: Record<keyof EngineHost, readonly [params: readonly ValType[], results: readonly ValType[]]> = {
  fetch: [['i32', 'i64'], ['i32']],
  decode: [['i32', 'i32', 'i64'], []],
  aside: [['i32', 'i64'], ['i32']],
  load: [['i32', 'i64', 'i64', 'i32'], ['i32']],
  store: [['i32', 'i64', 'i64', 'i32', 'i64'], ['i32']],
  reach: [['i32', 'i64', 'i64', 'i32', 'i32'], ['i32']],
  system: [['i32', 'i64', 'i32', 'i32'], ['i32']],
  vectorLegal: [['i32', 'i32', 'i64'], ['i32']],
  readable: [['i32', 'i64'], ['i32']],
  float: [['i32', 'i32', 'i64', 'i64', 'i64'], ['i64']],
};

/** Generate the module. @param fused for a platform whose relaxed multiply-add rounds once (fused.ts) */
export function buildEngine(fused = false): Uint8Array<ArrayBuffer> {
  const m = new Module();
  sboxNames.forEach((name, n) => {
    m.data(TABLES + 256 * n, sboxes[name]);
  });
  const imported = Object.fromEntries(
    Object.entries(imports).map(([name, [params, results]]) => [name, m.import(name, params, results)]),
  ) as Record<keyof EngineHost, number>;
  const find = finder(m);
  const callees: LoopCallees = {
    ...imported,
    ...missHandlers(m, imported, find),
    mulHighUnsigned: mulHighUnsigned(m),
    carryless: { low: carryless(m, 'low'), high: carryless(m, 'high') },
    outlinedType: m.type(['i32', 'i32', 'i64'], ['i32']),
    regionType: m.type(['i32', 'i32', 'i32'], ['i32']),
  };
  const floatAt = floats(m, imported.float, fused);
  m.tableEntries(...outlined(m, callees, floatAt));
  m.tableEntries(...vectorFunctions(m, callees, floatAt, fused));
  m.export('turns', turnTaker(m, interpreter(m, callees)));
  m.export('mulHighUnsigned', callees.mulHighUnsigned);
  m.export('refill', refiller(m, find));
  m.exportTable('table');
  return m.encode();
}
