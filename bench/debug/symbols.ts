/** A debug file of a kernel, hundreds of megabytes: the processor time until it can be used, and what of it lies in memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Talk } from '../../test/debug-adapter/in-process.js';
import { largeKernel, megabytes, ONCE } from './large-kernel.js';
import { type Figure, programs, worked } from './measure.js';

export async function symbols(): Promise<Figure[]> {
  const path = largeKernel();
  const figures: Figure[] = [];
  // The first launch is slower for other reasons, and what it needs is in memory then.
  await (await launched()).ask('terminate');
  const own = await worked(async () => (await launched()).ask('terminate'));
  const before = inMemory();
  let talk!: Talk;
  let whole = 0;
  const stage = async (what: string, something: () => Promise<unknown>, less = 0) => {
    const time = (await worked(something)) - less;
    whole += time;
    figures.push({ what, value: time, unit: 'ms' });
  };
  await stage('launch with it, more than without', async () => (talk = await launched(path)), own);
  await stage('breakpoint on a function', () => verified(talk, 'setFunctionBreakpoints', { name: 'c7_work_3_5' }));
  await stage('breakpoint on a line', async () => {
    const { sources } = await talk.ask('loadedSources');
    const source = sources.find(({ name }: { name: string }) => name === ONCE.name);
    await verified(talk, 'setBreakpoints', { line: ONCE.line }, { source });
  });
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: '_start' }] });
  const { threadId } = await talk.until('stopped', 'configurationDone');
  const { stackFrames } = await talk.ask('stackTrace', { threadId });
  const frameId = stackFrames[0].id;
  await stage('a struct by its name', async () => {
    const { result } = await talk.ask('evaluate', { expression: 'sizeof(struct part_11_30)', frameId });
    if (Number(result) < 64) throw new Error(`a struct of ${result} bytes`);
  });
  await stage('where a variable lies, and its type', async () => {
    const { type } = await talk.ask('evaluate', { expression: '&table_5_20[2]', frameId });
    if (type !== 'struct part_5_20 *') throw new Error(`the type is ${type}`);
  });
  const held = inMemory() - before;
  await talk.ask('terminate');
  return [
    { what: 'a kernel with debug information, the file', value: megabytes(path), unit: 'MB' },
    ...figures,
    { what: 'usable: all of that', value: whole / 1000, unit: 's', aim: 3 },
    { what: 'held in memory of it, caches included', value: held, unit: 'MB', aim: megabytes(path) / 2 },
  ];
}

const launched = (path?: string) =>
  Talk.launch(`${programs}/long.S`, path ? { symbolFiles: [{ path, space: 'kernel' }] } : {});

async function verified(talk: Talk, command: string, wanted: object, more: object = {}): Promise<void> {
  const { breakpoints } = await talk.ask(command, { ...more, breakpoints: [wanted] });
  if (!breakpoints[0].verified) throw new Error(`${command}: ${breakpoints[0].message}`);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MB of JavaScript's heap and its buffers, without what is garbage. */
function inMemory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
