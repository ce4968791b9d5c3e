/** Where a run did what was not forecast. */
import type { Foreseen } from '../document.js';
import type { MeasuredSource } from './measured.js';

export interface Difference {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export function differences(foreseen: Foreseen, measured: MeasuredSource): Difference[] {
  if (measured.stale) return [];
  const { leaves, returns, ends } = foreseen.forecast();
  const linesOf = (list: readonly { instruction: Parameters<Foreseen['placeOf']>[0] }[]) =>
    new Set(list.map(({ instruction }) => foreseen.placeOf(instruction)?.line));
  const [left, back] = [linesOf(leaves), linesOf([...returns, ...ends])];
  return [...measured.lines].flatMap((line) => {
    const out = measured.at(line, 'out');
    const home = measured.at(line, 'back', 'ask');
    const calls = home?.reasons.syscall ?? 0;
    // Pages, recalls and the like are not forecast: they are the kernel's to decide.
    return [
      ...(out && !left.has(line)
        ? [`a thread left here that was forecast to stay: ${measured.text(line, 'out')}`]
        : []),
      ...(calls && !back.has(line)
        ? [`a thread came back here, or asked, which was not forecast: ${measured.text(line, 'back', 'ask')}`]
        : []),
    ].map((message) => ({ line, message }));
  });
}
