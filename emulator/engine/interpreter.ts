/**
 * The interpreter: one WebAssembly function with one dense br_table over decoded records, generated from the rows.
 *
 *   loop restart: read pc, left and TLB contexts from the hart's block (at the start, and after the host changed them)
 *     loop entering: pc is any address: find its page's decoded records by the fetch TLB
 *       loop again: one instruction
 *
 * A turn ends when `left` is used up; at the end pc is that of the instruction that comes next and `left` is 0 or less.
 */

import type { Instruction } from '../../isa/types.js';
import type { Float, Scalar } from '../../isa/vocabulary.js';
import { hart as at, record, side, tlb } from '../layout.js';
import { Code } from '../wasm/code.js';
import type { Module } from '../wasm/module.js';
import { call, callIndirect, get, i32, kept, load, type Val } from '../wasm/value.js';
import { ENTER, isFloatAccess, type Pair, pairs, systemHandlers, type Variant, variants } from './handlers.js';
import { type Callees, hartNumber, type Place, scalar } from './scalar.js';

export interface LoopCallees extends Callees {
  readonly fetch: number;
  readonly decode: number;
  readonly aside: number;
  /** Type of the functions in the table: (hart block, record, pc) → i32. */
  readonly outlinedType: number;
  /** Type of translated regions: (hart block, first record of the page, entry) → how it was left. */
  readonly regionType: number;
}

/** No row in the loop computes with floating point. */
const noFloat = new Proxy({} as Float, {
  get(_, name) {
    throw new Error(`float.${String(name)} in the loop`);
  },
});

/** Write the function `run(hart block address)`. */
export function interpreter(m: Module, callees: LoopCallees): number {
  const c = new Code(['i32']);
  const h = get(0, 'i32');
  const left = c.local('i32');
  /** Address of the current record. */
  const ip = c.local('i32');
  /** Address of the first record of the page, and the page's virtual address. */
  const slot = c.local('i32');
  const base = c.local('i64');
  /** Where control goes, on its way into `entering`. */
  const pc = c.local('i64');
  const dataTlb = c.local('i32');
  const fetchTlb = c.local('i32');
  const host = c.local('i32');
  /** The handler that comes next: the record's, unless translated code left its first instruction to the interpreter. */
  const handler = c.local('i32');

  const rec = get(ip, 'i32');
  /** Records are eight times as far apart as the half-words that they stand for. */
  const toPc = (address: Val) => get(base, 'i64').add(address.sub(get(slot, 'i32')).shrU(3).to('i64', false));
  /** The record behind this one. */
  const behind = (length: 2 | 4) => rec.add((length / 2) * record.bytes);

  const keepLeft = () => c.store('i32', h, get(left, 'i32'), at.left);
  const readLeft = () => c.set(left, load('i32', h, at.left));

  c.block((leave) =>
    c.loop((restart) => {
      const place = (length: 2 | 4): Place => ({
        c,
        callees,
        hart: h,
        record: rec,
        pc: toPc(rec),
        nextPc: toPc(behind(length)),
        dataTlb: get(dataTlb, 'i32'),
        beforeHost: keepLeft,
        afterHost: readLeft,
        trapped: () => c.br(restart),
        float: noFloat,
      });
      const operands = { 2: scalar(place(2)), 4: scalar(place(4)) };
      const uncount = () => c.set(left, get(left, 'i32').add(1));

      readLeft();
      c.set(pc, load('i64', h, at.pc));
      c.set(dataTlb, load('i32', h, at.dataTlb));
      c.set(fetchTlb, load('i32', h, at.fetchTlb));

      c.loop((entering) => {
        c.set(base, get(pc, 'i64').and(~0xfffn));
        const entry = get(fetchTlb, 'i32').add(
          get(pc, 'i64')
            .shrU(8)
            .to('i32', false)
            .and((tlb.entries - 1) << 4),
        );
        const offset = get(pc, 'i64').to('i32', false).and(0xfff).shl(3);
        c.if(
          load('i64', entry, tlb.fetch).eq(get(base, 'i64')),
          () => c.set(slot, load('i32', entry, tlb.fetch + 8)),
          () => {
            // As if decoded at address 0, so that pc can be read back from ip when the turn ends here.
            c.set(slot, i32(0)).set(ip, offset);
            c.brIf(leave, get(left, 'i32').leS(0));
            c.set(left, get(left, 'i32').sub(1));
            keepLeft();
            c.set(slot, call(callees.fetch, 'i32', hartNumber(h), get(pc, 'i64')));
            readLeft();
            c.brIf(restart, get(slot, 'i32').eq(0));
            uncount(); // the attempt counts only when it failed
          },
        );
        c.set(ip, get(slot, 'i32').add(offset));
        const fetchHandler = () => c.set(handler, load('i8', rec, record.op));
        fetchHandler();

        c.loop((again) => {
          const onward = () => {
            fetchHandler();
            c.br(again);
          };
          const nearJump = () => c.set(ip, rec.add(load('i32', rec, record.imm)));
          const farJump = (target: Val) => {
            c.set(pc, target);
            c.br(entering);
          };
          const illegalIf = (condition: Val) =>
            c.if(condition, () => {
              keepLeft();
              const handler = i32(systemHandlers.indexOf('illegal'));
              c.drop(call(callees.system, 'i32', hartNumber(h), toPc(rec), rec, handler));
              c.br(restart);
            });
          /** A target that is no multiple of four, on a hart where it must be one: the exception is the jump's own. */
          const trapOnOddTarget = () =>
            c.if(
              get(pc, 'i64')
                .to('i32', false)
                .and(load('i32', h, at.oddTargets)),
              () => {
                keepLeft();
                c.store('i64', h, get(pc, 'i64'), at.pc);
                const handler = i32(systemHandlers.indexOf('target'));
                c.drop(call(callees.system, 'i32', hartNumber(h), toPc(rec), rec, handler));
                c.br(restart);
              },
            );
          /** One instruction, its record at `rec`: computes, and moves ip or leaves the loop. */
          const execute = (row: Instruction, near: boolean, o: Scalar, following: Val) => {
            const s = row.semantics;
            const next = () => c.set(ip, following);
            if (s.kind === 'plain') {
              if (isFloatAccess(row)) illegalIf(load('i32', h, at.fs).eq(0));
              s.run(o);
              next();
            } else if (s.kind === 'branch') {
              const taken = () => (near ? nearJump() : farJump(o.pc.add(o.imm) as Val));
              c.if(s.condition(o) as Val, taken, next);
            } else if (s.kind === 'jump') {
              if (near) {
                o.rd.set(o.nextPc);
                nearJump();
              } else {
                // The target first: rd may be rs1.
                const from = s.to === 'pc' ? o.pc.add(o.imm) : o.rs1.add(o.imm).and(~1n);
                c.set(pc, from as Val);
                if (s.to === 'rs1') trapOnOddTarget();
                o.rd.set(o.nextPc);
                c.br(entering);
              }
            }
          };
          const count = () => {
            c.set(left, get(left, 'i32').sub(1));
            c.brIf(leave, get(left, 'i32').ltS(0));
          };
          const single =
            ({ row, length, near }: Variant) =>
            () =>
              c.scope(() => {
                execute(row, near, operands[length], behind(length));
                onward();
              });
          const pair =
            ({ first, length, second }: Pair) =>
            () => {
              c.scope(() => execute(first, false, operands[length], behind(length)));
              count();
              // Whatever ends the turn or traps from here on stands at the second instruction.
              c.scope(() => {
                execute(second, true, operands[4], rec.add(load('i8', rec, record.step)));
                onward();
              });
            };
          const undecoded = () => {
            uncount();
            call(callees.decode, 'i32', hartNumber(h), rec, toPc(rec)).emit(c);
            onward();
          };
          const proceed = () => {
            uncount();
            farJump(toPc(rec));
          };
          const aside = () => {
            c.set(pc, toPc(rec));
            uncount();
            keepLeft();
            c.set(host, call(callees.aside, 'i32', hartNumber(h), get(pc, 'i64')));
            readLeft();
            c.brIf(restart, get(host, 'i32').eq(0));
            c.set(slot, get(host, 'i32'));
            c.set(ip, get(slot, 'i32').add(offset));
            onward();
          };
          const outlined = () => {
            keepLeft();
            const table = load('i16', rec, record.table);
            c.set(host, callIndirect(callees.outlinedType, 'i32', table, h, rec, toPc(rec)));
            readLeft();
            c.brIf(restart, get(host, 'i32'));
            c.set(ip, rec.add(load('i8', rec, record.step)));
            onward();
          };
          const enter = () => {
            uncount();
            keepLeft();
            c.scope(() => {
              const beside = kept(c, rec.shrU(1).add(load('i32', h, at.side)));
              const [region, entry] = [load('i32', beside, side.region), load('i16', beside, side.entry)];
              c.set(host, callIndirect(callees.regionType, 'i32', region, h, get(slot, 'i32'), entry));
            });
            c.brIf(restart, get(host, 'i32').eq(0));
            readLeft();
            // It lies in a page that the fetch TLB knows, and is executed here even where translated code begins.
            c.set(pc, load('i64', h, at.pc));
            c.set(base, get(pc, 'i64').and(~0xfffn));
            c.set(slot, load('i32', entry, tlb.fetch + 8));
            c.set(ip, get(slot, 'i32').add(offset));
            fetchHandler();
            c.if(get(handler, 'i32').eq(ENTER), () => {
              c.set(handler, load('i8', rec.shrU(1).add(load('i32', h, at.side)), side.op));
            });
            c.br(again);
          };

          count();
          const special = [undecoded, proceed, aside, outlined, enter];
          c.switch(get(handler, 'i32'), [...special, ...variants.map(single), ...pairs.map(pair)]);
          c.unreachable();
        });
        c.unreachable();
      });
      c.unreachable();
    }),
  );
  c.store('i64', h, toPc(rec), at.pc);
  keepLeft();

  const run = m.declare('run', ['i32'], []);
  m.define(run, c);
  m.export('run', run);
  return run;
}
