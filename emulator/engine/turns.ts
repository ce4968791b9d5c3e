/**
 * Turns, one after the other, without the host: of harts that are awake, in the order and of the length that emulator/schedule.ts gives. It does what the machine
 * does between two turns in the usual case, where no interrupt, timer or overflow comes. Before anything else it goes back, with nothing changed but that a
 * turn may have begun.
 */
import { interrupts } from '../../isa/csrs.js';
import { longs, words } from '../hart/words.js';
import { HART, HARTS, hart as at, MOST_QUANTA, turns } from '../layout.js';
import type { Module } from '../wasm/module.js';
import { call, constant, get, i32, i64, kept, load, type Val } from '../wasm/value.js';
import { minimum } from './float-exact.js';

/** Why it came back. */
export enum Came {
  /** A hart has executed, and something is to be looked at before the next one does; or the budget is used up. */
  behind = 0,
  /** What comes next is the host's. */
  before = 1,
}

const CONVERT = 0xb7;
const TRUNCATE = 0xaa;
const CEIL = 0x9b;
/** Infinite, as the bits of a number. Bits of numbers that are not negative are in the order of the numbers. */
const NEVER = 0x7ff0_0000_0000_0000n;

const int = (place: number) => load('i32', i32(0), place);
const number = (place: number) => load('f64', i32(0), place);
const asNumber = (value: Val) => value.apply('f64', CONVERT);
/** The time of a hart that does not execute now. */
const timeOf = (hart: Val) => load('f64', hart, longs.turnEnd).sub(asNumber(load('i32', hart, at.left)));
/** Of eight times a hart's number. */
const blockOf = (own: Val) => own.mul(HART / 8).add(HARTS);

/** Write the function `turns(instructions at most: f64, eight times the harts, quantum: f64)` → Came. @param run executes a hart */
export function turnTaker(m: Module, run: number): number {
  return m.function('turns', ['f64', 'i32', 'f64'], ['i32'], (c) => {
    const [BUDGET, HART_BLOCK, OWN, TIME, GRANT] = [
      0,
      ...(['i32', 'i32', 'f64', 'f64'] as const).map((s) => c.local(s)),
    ];
    /** The hart, eight times its number, and its time. */
    const [hart, own, time] = [get(HART_BLOCK!, 'i32'), get(OWN!, 'i32'), get(TIME!, 'f64')];
    const [budget, quantum, grant] = [get(BUDGET!, 'f64'), get(2, 'f64'), get(GRANT!, 'f64')];
    const leave = (why: Came) => c.return(i32(why));

    /** The least time at which a hart could run when that was last worked out, as bits; no hart before `own` has it. 0: it was not. */
    const LEAST = c.local('i64');
    const [EACH, READY] = [c.local('i32'), c.local('i64')];
    const [each, ready] = [get(EACH, 'i32'), get(READY, 'i64')];
    const isLast = each.geU(get(1, 'i32'));
    const readyOf = (own: Val) => load('i64', own, turns.ready);

    /** Work out the least time anew. */
    const findLeast = () => {
      c.set(LEAST, i64(NEVER)).set(EACH, i32(0));
      c.loop((again) => {
        c.set(READY, readyOf(each));
        c.rarely(ready.eq(0), () => {
          const block = kept(c, blockOf(each));
          c.if(load('i32', block, words.idle).or(load('i32', block, words.frozen)), () => leave(Came.before));
          c.set(READY, timeOf(block).as('i64'));
          c.store('i64', each, ready, turns.ready);
        });
        c.set(LEAST, ready.minS(get(LEAST, 'i64')));
        c.set(EACH, each.add(8));
        c.brIf(again, isLast.eq(0));
      });
      c.if(get(LEAST, 'i64').eq(NEVER), () => leave(Came.before));
      c.set(EACH, i32(0));
    };

    /** Schedule.first: the hart that can run first, and its time. Harts in step come one after the other, and times only grow. */
    const choose = () => {
      const least = get(LEAST, 'i64');
      c.set(EACH, own.add(8));
      c.block((found) => {
        c.block((none) => {
          c.brIf(none, least.eq(0));
          c.loop((again) => {
            c.brIf(none, isLast);
            c.brIf(found, readyOf(each).eq(least));
            c.set(EACH, each.add(8));
            c.br(again);
          });
          c.unreachable();
        });
        findLeast();
        c.loop((again) => {
          c.brIf(found, readyOf(each).eq(least));
          c.set(EACH, each.add(8));
          c.br(again);
        });
        c.unreachable();
      });
      c.set(OWN!, each).set(HART_BLOCK!, blockOf(own)).set(TIME!, least.as('f64'));
      c.if(load('i32', hart, words.idle), () => leave(Came.before));
    };

    /** When the second can run that can, at most as long as it matters, as bits. */
    const second = (): Val => {
      const SECOND = c.local('i64');
      const soon = kept(c, time.add(quantum).as('i64'));
      c.set(SECOND, i64(NEVER)).set(EACH, own);
      c.loop((again) => {
        c.set(EACH, each.add(8));
        c.if(isLast, () => c.set(EACH, i32(0)));
        c.if(each.ne(own), () => {
          c.set(SECOND, readyOf(each).minS(get(SECOND, 'i64')));
          c.brIf(again, get(SECOND, 'i64').gtS(soon));
        });
      });
      return get(SECOND, 'i64');
    };

    /** Schedule.begin. */
    const begin = () => {
      const length = c.local('f64');
      const alone = kept(c, second().as('f64').sub(time));
      c.set(length, quantum);
      c.rarely(alone.gtS(quantum), () => {
        const quanta = alone.divS(quantum).apply('f64', CEIL);
        c.set(length, minimum(quanta, constant('f64', MOST_QUANTA)).mul(quantum));
      });
      c.store('i32', i32(0), own.shrU(3), turns.current);
      c.store('i32', own, i32(0), turns.over);
      c.store('f64', i32(0), time.add(get(length, 'f64')), turns.end);
    };

    /** Machine.execute. */
    const execute = () => {
      const { lines, mie, armed } = words;
      const driven = kept(c, load('i32', hart, lines));
      const timers = [
        { deadline: kept(c, load('f64', own, turns.deadline)), interrupt: interrupts.MTI },
        { deadline: kept(c, load('f64', hart, longs.supervisorTimer)), interrupt: interrupts.STI },
      ];
      const pending = driven.or(load('i32', hart, words.software)).and(load('i32', hart, mie));
      const comes = timers.reduce(
        (all, { deadline, interrupt }) => all.or(time.geS(deadline).ne(driven.shrU(interrupt).and(1))),
        pending.or(load('i32', hart, armed)),
      );
      c.rarely(comes, () => leave(Came.before));
      c.set(GRANT!, minimum(minimum(budget, number(turns.end).sub(time)), load('f64', hart, longs.patience)));
      for (const { deadline } of timers) {
        const ahead = kept(c, deadline.sub(time));
        c.if(ahead.gtS(constant('f64', 0)), () => c.set(GRANT!, minimum(grant, ahead)));
      }
      c.store('i32', hart, grant.apply('i32', TRUNCATE), at.left);
      c.store('f64', hart, time.add(grant), longs.turnEnd);
      c.store('f64', i32(0), time, turns.granted);
      c.store('i32', i32(0), i32(0), turns.cut);
      c.store('i32', i32(0), own.shrU(3).add(1), turns.running);
      call(run, 'i32', hart).emit(c);
      c.store('i32', i32(0), i32(0), turns.running);
      // It finds out that nothing is left by going one below.
      c.store('i32', hart, load('i32', hart, at.left).maxS(0), at.left);
    };

    /** What was done is counted. */
    const settle = () => {
      const done = kept(c, timeOf(hart).sub(time));
      const patience = kept(c, load('f64', hart, longs.patience).sub(done));
      c.set(TIME!, time.add(done));
      c.store('f64', hart, patience, longs.patience);
      c.store('f64', own, time, turns.ready);
      c.set(BUDGET!, budget.sub(done));
      c.if(done.gtS(constant('f64', 0)), () => {
        const counted = kept(c, number(turns.counted).add(done));
        c.store('f64', i32(0), counted, turns.counted);
        c.store('f64', own, counted.sub(constant('f64', 1)), turns.last);
      });
      const isOver = minimum(budget, patience).leS(constant('f64', 0));
      c.if(int(turns.cut).or(isOver), () => {
        c.store('f64', own, constant('f64', 0), turns.ready);
        leave(Came.behind);
      });
    };

    c.set(OWN!, int(turns.current).shl(3));
    c.set(HART_BLOCK!, blockOf(own)).set(TIME!, timeOf(hart));
    c.loop((next) => {
      const waits = load('i32', hart, words.idle).or(load('i32', hart, words.frozen));
      const isOver = time.geS(number(turns.end));
      c.if(waits.or(load('i32', own, turns.over)).or(isOver), () => {
        c.scope(choose);
        c.scope(begin);
      });
      c.scope(execute);
      c.scope(settle);
      c.br(next);
    });
    c.unreachable();
  });
}
