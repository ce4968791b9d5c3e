/** Steps back by line. */
import { type Backwards, GivenUp } from './backwards.js';
import { codeAt, returnOf } from './instructions.js';
import { isSameLine, type OwnLine, OwnLines } from './own-lines.js';
import type { Walker } from './stepping.js';
import type { TargetHart, TargetStop } from './target.js';

const SP = 2;
/** Single steps back within a line before breakpoints are set for the way. */
const SINGLE_STEPS = 16;

/** A line, and where in the run it was begun. */
export type Begun = OwnLine & { readonly hart: TargetHart; readonly steps: number };

/** The inverse of a step over a line: where the line that came before was begun. @returns undefined: it is not there */
export async function lineBefore(
  back: Backwards,
  walker: Walker,
  of: OwnLines,
  hart: TargetHart,
  into: boolean,
): Promise<Begun | undefined> {
  let lines = of;
  let begun: Begun | undefined;
  let steps = 0;
  for (let at: TargetHart | undefined = hart; ; ) {
    const first = await back.firstAttempt(walker, at);
    const [pc, sp] = [first.pc, first.x(SP)];
    at = (await back.before(walker, first))?.hart;
    if (!at) return begun;
    const memory = back.debuggee.memory(at);
    const code = codeAt(memory, at.pc);
    const calls = code && returnOf(code, (n) => at!.x(n)) === pc ? back.callsBefore(pc, memory) : [];
    if (calls.length) {
      const inside = into && !begun ? OwnLines.around(back.debuggee, at, into) : undefined;
      if (inside) lines = inside;
      else at = await back.toLast(walker, calls, (there) => there === sp);
      if (!at) return begun;
    }
    let line = lines.lineAt(at);
    if (begun && line && !isSameLine(line, begun)) return begun;
    // Most lines are begun a few instructions before.
    if (line && !lines.starts.has(at.pc) && ++steps < SINGLE_STEPS) continue;
    if (!line || !lines.starts.has(at.pc)) {
      steps = 0;
      // What lies between is gone over while its stops are not set yet.
      if (!(await back.history.ready(back))) throw new GivenUp();
      at = await lastStopIn(back, walker, lines);
      if (!at) return begun;
      line = lines.lineAt(at);
      if (!line || !lines.starts.has(at.pc)) continue;
      if (begun && !isSameLine(line, begun)) return begun;
    }
    begun = { ...line, hart: at, steps: back.history.now };
  }
}

/** To where the thread came last, before here, to where one of the lines begins or a call returned to them. */
async function lastStopIn(back: Backwards, walker: Walker, lines: OwnLines): Promise<TargetHart | undefined> {
  let came: TargetHart | undefined;
  /** The line that the thread is in, on its way from where the search began, and where that is. */
  let run: OwnLine | undefined;
  let steps = 0;
  const accepts = ({ reason, hart: n }: TargetStop): boolean => {
    const at = back.debuggee.target.harts[n];
    if (reason !== 'breakpoint' || !back.stepper.same(walker, at) || !lines.isOnStack(at)) return false;
    if (back.history.now <= steps) run = undefined;
    steps = back.history.now;
    const line = lines.starts.has(at.pc) ? lines.lineAt(at) : undefined;
    const goesOn = line && run && isSameLine(line, run);
    if (line) run = line;
    else if (!lines.returns.has(at.pc)) return false;
    else run = undefined;
    if (goesOn) return false;
    came = at;
    return true;
  };
  const found = await back.runner.withStops(lines.stops, () => back.goToLastStop(accepts));
  return found ? came : undefined;
}
