/** What the view *Harts* shows. */
import type { Debuggee } from '../debuggee.js';
import { privilegeNames } from '../images.js';
import { Structures } from '../structures.js';
import type { Target } from '../target.js';
import type { HartLine } from './messages.js';

/** How much each hart had done at a moment. */
export interface Work {
  /** Cycles of the hart that had come furthest: all others are due to get there. */
  readonly cycles: number;
  readonly instructions: readonly number[];
}

export const workOf = ({ harts }: Target): Work => ({
  cycles: Math.max(...harts.map(({ time }) => time)),
  instructions: harts.map(({ instret }) => instret),
});

/** @param since the moment from which `recentLoad` counts */
export function hartLines(debuggee: Debuggee, since: Work | undefined): HartLine[] {
  const { target } = debuggee;
  const structures = new Structures(debuggee);
  const now = workOf(target);
  return target.harts.map((hart) => {
    const task = debuggee.task(hart);
    const role = structures.role(hart.id);
    const recent = since && share(now.instructions[hart.id] - since.instructions[hart.id], now.cycles - since.cycles);
    return {
      id: hart.id,
      isa: hart.isa.text,
      vlen: 8 * hart.vlenb,
      ...(role && { role }),
      privilege: privilegeNames[hart.privilege],
      idle: hart.idle,
      frozen: hart.frozen,
      ...(task && { task: { tid: task.tid, name: task.name, sent: debuggee.isSent(task, hart) } }),
      load: share(now.instructions[hart.id], now.cycles) ?? 0,
      ...(recent !== undefined && { recentLoad: recent }),
    };
  });
}

/** Undefined where no time has passed, or it went back. */
function share(instructions: number, cycles: number): number | undefined {
  return cycles > 0 && instructions >= 0 ? Math.min(1, instructions / cycles) : undefined;
}
