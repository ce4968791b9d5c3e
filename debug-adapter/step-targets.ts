import { causesTrap } from './traps.js';
import type { Debuggee } from './debuggee.js';
import type { Frame } from './frame.js';
import { callOf, type Code, codeAt } from './instructions.js';

/** Something on a line that can be stepped into: a call, or the trap of an instruction. */
export interface StepTarget {
  readonly va: bigint;
  readonly kind: 'call' | 'trap';
  readonly label: string;
}

/** The most instructions of a line that are looked at. */
const MOST = 500;

/** What can be stepped into on the line that a frame stands on; without lines, at its instruction. Only the innermost frame has any. */
export function stepTargets(frame: Frame, debuggee: Debuggee): StepTarget[] {
  if (frame.level > 0) return [];
  const { image, raw, memory, hart } = frame;
  const range = image?.places.lineRange(raw.pc);
  const [low, high] = range ? [range.low, range.high] : [raw.pc, raw.pc + 1n];
  const targets: StepTarget[] = [];
  let before: Code | undefined;
  let va = low;
  for (let n = 0; n < MOST && va < high; n++) {
    const code = codeAt(memory, va);
    if (!code) break;
    const call = callOf(code, before);
    if (call) {
      const name = call.target === undefined ? undefined : debuggee.symbolize(call.target, raw.privilege);
      const where = call.target === undefined ? code.text : (name ?? `0x${call.target.toString(16)}`);
      targets.push({ va, kind: 'call', label: where });
    } else {
      const why = causesTrap(code, hart);
      if (why) targets.push({ va, kind: 'trap', label: `the trap of ${code.text} (${why})` });
    }
    before = code;
    va += BigInt(code.length);
  }
  return targets;
}
