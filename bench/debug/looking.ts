/** Stepping with many harts, and what is opened at a stop. */
import { type Figure, median, stoppedAt, timed } from './measure.js';

export async function looking(rounds: number): Promise<Figure[]> {
  return [...(await stepping(rounds)), ...(await vectors(rounds))];
}

async function stepping(rounds: number): Promise<Figure[]> {
  const { talk, threadId } = await stoppedAt('long.S', ['fill'], { soc: 'app12-vec4' });
  const times: number[] = [];
  for (let n = 0; n < rounds * 5; n++) times.push(await timed(() => talk.until('stopped', 'next', { threadId })));
  const shown: number[] = [];
  for (let n = 0; n < rounds; n++)
    shown.push(
      await timed(async () => {
        await talk.until('stopped', 'next', { threadId });
        await talk.ask('threads');
        await talk.ask('stackTrace', { threadId, startFrame: 0, levels: 20 });
      }),
    );
  await talk.ask('terminate');
  return [
    { what: 'step over with 16 harts', value: median(times), unit: 'ms', aim: 10 },
    { what: 'the slowest of them', value: Math.max(...times), unit: 'ms' },
    { what: 'step over, threads and stack', value: median(shown), unit: 'ms' },
  ];
}

async function vectors(rounds: number): Promise<Figure[]> {
  const soc = {
    name: 'wide',
    harts: [
      { isa: 'rv64gc', role: 'application' },
      { isa: 'rv64gcv', vlen: 1024, role: 'accelerator' },
    ],
  };
  const { talk } = await stoppedAt('wide.S', ['stop'], { soc });
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const { stackFrames } = await talk.ask('stackTrace', { threadId: 2 });
    const { scopes } = await talk.ask('scopes', { frameId: stackFrames[0].id });
    const vector = scopes.find(({ name }: { name: string }) => name === 'Vector');
    times.push(await timed(() => talk.ask('variables', { variablesReference: vector.variablesReference })));
  }
  await talk.ask('terminate');
  return [
    { what: 'open Vector at VLEN 1024, LMUL 8, SEW 8', value: median(times), unit: 'ms', aim: 20 },
    { what: 'the first time', value: times[0]!, unit: 'ms' },
  ];
}
