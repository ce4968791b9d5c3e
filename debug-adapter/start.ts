import { boot } from '../emulator/boot.js';
import type { History } from '../emulator/history/history.js';
import { initrd } from '../emulator/initrd.js';
import { Machine } from '../emulator/machine.js';
import { checkProgram } from '../emulator/program.js';
import { defaultSoc, socNamed } from '../emulator/soc/presets.js';
import { readSoc, type Soc, seeded } from '../emulator/soc/soc.js';
import { Timeline } from '../emulator/timeline/timeline.js';
import { GuestConsole } from './console.js';
import { Debuggee } from './debuggee.js';
import { baseName, type Host } from './host.js';
import { Images } from './images.js';
import { loadProgram } from './program.js';
import { recorded } from './recorded.js';
import { Cancelled, type LaunchArguments, RequestError } from './protocol.js';
import type { Target } from './target.js';
import type { Session } from './session.js';
import { Image } from './symbols/image.js';
import { TimelineView } from './timeline/view.js';

/** A program in a machine, ready to boot. */
export interface Launched {
  readonly debuggee: Debuggee;
  readonly timeline: TimelineView;
  /** Send on what the guest wrote to its console. */
  flush(): void;
  /** Send on what has waited for the rest of its line for a while. */
  breathe(): void;
  dispose(): void;
  /** Of a machine that was attached to: it is its owner's again. @param terminate it is to end */
  release?(terminate: boolean): void;
}

/** Stretches of the timeline that are kept in detail: some 150 MB. */
const MOST_STRETCHES = 4_000_000;

/** Assemble or read the program, read images and SoC, build the machine. @throws RequestError with a message for the user */
export async function start(args: LaunchArguments, session: Session, signal: AbortSignal): Promise<Launched> {
  const { host } = session;
  const chip = await saying(() => findSoc(args.soc, host));
  const soc = args.seed === undefined ? chip : seeded(chip, args.seed);
  const program = await loadProgram(args.program, session, signal);
  const [firmware, kernel] = await saying(() =>
    Promise.all([image('firmware', args, host), image('kernel', args, host)]),
  );
  await host.breathe();
  Cancelled.check(signal);
  const images = await saying(() => {
    const own = new Image('program', program.path, program.data);
    checkProgram(own.elf, program.path);
    return new Images([own, kernel, firmware], host);
  });
  for (const warning of images.all.flatMap(({ warnings }) => warnings)) session.output(`${warning}\n`);

  await host.breathe();
  Cancelled.check(signal);
  const machine = await saying(() => Machine.create(soc, args.engine && { engine: args.engine }));
  const argv = [baseName(args.program), ...(args.args ?? [])];
  const envp = Object.entries(args.env ?? {}).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  await saying(() =>
    boot(machine, {
      firmware: firmware.elf,
      kernel: kernel.elf,
      initrd: initrd(program.data, argv, envp),
      ...(args.append && { bootargs: args.append }),
    }),
  );
  return served(machine, args.noDebug ? machine : recorded(machine), images, session);
}

/** What serves a session on a machine, wherever it comes from. */
export function served(
  machine: Machine,
  target: Target & { readonly history?: History },
  images: Images,
  session: Session,
): Launched {
  const console = new GuestConsole((text) => session.output(text, 'stdout'));
  const deafen = machine.events.on((event) => {
    // What happens again after going back was written when it happened first.
    if (event.kind === 'console' && machine.steps >= (target.history?.end ?? 0)) console.write(event.byte);
  });
  const debuggee = new Debuggee(target, images);
  const timeline = new Timeline(machine, {
    most: MOST_STRETCHES,
    // What happens again after going back is there already.
    again: () => machine.steps < (target.history?.end ?? 0),
    identify: (hart) => {
      const task = debuggee.task(target.harts[hart]);
      return task && { task: task.tid, name: task.name };
    },
  });
  if (target.history)
    target.history.watcher = {
      leaving: () => timeline.mark(),
      forgotten: (steps) => timeline.cut(steps),
    };
  return {
    debuggee,
    timeline: new TimelineView(timeline, machine.soc, debuggee),
    flush: () => console.flush(),
    breathe: () => console.breathe(),
    dispose: () => {
      console.flush();
      deafen();
    },
  };
}

/** What fails here is the user's to mend: its message is shown. */
async function saying<T>(attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    throw error instanceof RequestError ? error : new RequestError(`launch: ${(error as Error).message}`, true);
  }
}

async function image(role: 'firmware' | 'kernel', args: LaunchArguments, host: Host): Promise<Image> {
  const path = args[role];
  const file = path === undefined ? await host.image(role) : { path, data: await host.readFile(path) };
  return new Image(role, file.path, file.data);
}

async function findSoc(soc: LaunchArguments['soc'], host: Host): Promise<Soc> {
  if (soc === undefined) return defaultSoc;
  if (typeof soc === 'object') return readSoc(soc, 'soc');
  if (!soc.endsWith('.json')) return socNamed(soc);
  const text = new TextDecoder().decode(await host.readFile(soc));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RequestError(`launch: ${soc} is not JSON: ${(error as Error).message}`, true);
  }
  return readSoc(json, soc);
}
