/** Going back in a run of a thousand million instructions. */
import { type Figure, median, stoppedAt, worked } from './measure.js';

export async function goingBack(rounds: number): Promise<Figure[]> {
  const { talk, threadId } = await stoppedAt('long.S', ['done']);
  const { history } = talk.live.debuggee.target;
  const end = history!.now;
  const figures: Figure[] = [];
  const back = async (what: string, command: string, more: object = {}, from?: number) => {
    const times: number[] = [];
    if (from !== undefined) await talk.go('harthop/goTo', threadId, { steps: from });
    for (let n = 0; n < rounds; n++)
      times.push(await worked(() => talk.until('stopped', command, { threadId, ...more })));
    figures.push({ what: `${what}, first`, value: times[0]!, unit: 'ms', aim: 150 });
    figures.push({ what: `${what}, median`, value: median(times), unit: 'ms', aim: 150 });
    figures.push({ what: `${what}, slowest`, value: Math.max(...times), unit: 'ms' });
  };
  const millions = `${Math.round(end / 1e6)} million instructions`;
  await back(`step back by line after ${millions}`, 'stepBack');
  await back('step back by instruction', 'stepBack', { granularity: 'instruction' }, end);
  for (const share of [0.9, 0.3])
    await back(`step back by line, once gone back to ${share * 100} % of it`, 'stepBack', {}, Math.round(end * share));
  const there = await worked(() => talk.go('harthop/goTo', threadId, { steps: Math.round(end / 2) }));
  figures.push({ what: 'to the middle of the run', value: there, unit: 'ms' });
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'fill' }] });
  await back('reverse to a breakpoint in each round', 'reverseContinue', {}, end);
  figures.push({
    what: 'moments kept',
    value: (history as unknown as { bytes: number }).bytes / 2 ** 20,
    unit: 'MB',
    aim: 512,
  });
  await talk.ask('terminate');
  return figures;
}
