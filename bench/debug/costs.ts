/** What a history and breakpoints cost a run, by processor time, interleaved with the run without. */
import type { Talk } from '../../test/debug-adapter/in-process.js';
import { type Figure, median, stoppedAt, worked } from './measure.js';

const LABELS = ['_start', 'done'];
/** Thousands of millions of instructions: start-up of moments and translation is to be a small part. */
const TIMES = 6;

export async function costs(rounds: number): Promise<Figure[]> {
  const own: number[] = [];
  const history: number[] = [];
  const breakpoints: number[] = [];
  for (let n = 0; n < rounds; n++) {
    own.push(await whole({ noHistory: true }));
    history.push(await whole({}));
    breakpoints.push(await whole({}, 1000));
  }
  const percent = (a: readonly number[], b: readonly number[]) => (median(a) / median(b) - 1) * 100;
  return [
    { what: `${TIMES}000 million instructions without history, of processor time`, value: median(own), unit: 'ms' },
    { what: 'history costs', value: percent(history, own), unit: '%' },
    { what: '1000 breakpoints cost', value: percent(breakpoints, history), unit: '%', aim: 3 },
  ];
}

/** Processor time from the first instruction to the last. */
async function whole({ noHistory }: { noHistory?: boolean }, breakpoints = 0): Promise<number> {
  const { talk, threadId } = await stoppedAt('long.S', LABELS, { args: Array(TIMES - 1).fill('') });
  if (noHistory) withoutHistory(talk);
  // In the kernel, which is decoded and runs beside the program, where it does not come by.
  const { kernel } = talk.live.debuggee.images;
  const panic = kernel!.placing.ofFunctions('panic')[0] ?? 0n;
  if (breakpoints)
    await talk.ask('setInstructionBreakpoints', {
      breakpoints: Array.from({ length: breakpoints }, (_, n) => ({
        instructionReference: `0x${(n % 2 ? panic + BigInt(2 * (n % 20)) : 0x40000n + BigInt(n * 4)).toString(16)}`,
      })),
    });
  const time = await worked(() => talk.until('stopped', 'continue', { threadId }));
  await talk.ask('terminate');
  return time;
}

function withoutHistory(talk: Talk): void {
  const { machine, debuggee } = talk.live;
  Object.assign(debuggee.target, { run: (budget: number) => machine.run(budget) });
}
