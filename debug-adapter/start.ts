import { boot } from '../emulator/boot.js';
import { stateFingerprint } from '../emulator/history/fingerprint.js';
import type { History } from '../emulator/history/history.js';
import { otherRun } from '../emulator/history/rerun.js';
import { initrd } from '../emulator/initrd.js';
import { Machine } from '../emulator/machine.js';
import { checkProgram } from '../emulator/program.js';
import { Timeline } from '../emulator/timeline/timeline.js';
import { GuestConsole } from './console.js';
import { Debuggee } from './debuggee.js';
import { type Ingredients, ingredients } from './ingredients.js';
import { Images } from './images.js';
import { fed, ProgramInput } from './program-input.js';
import { recorded } from './recorded.js';
import { symbolFile } from './symbol-files.js';
import { Cancelled, type LaunchArguments, RequestError } from './protocol.js';
import type { Target } from './target.js';
import type { Session } from './session.js';
import { Image } from './symbols/image.js';
import { TimelineView } from './timeline/view.js';

/** A program in a machine, ready to boot. */
export interface Launched {
  readonly machine: Machine;
  /** What the run is made of; unknown where one was attached to it. */
  readonly made?: Ingredients;
  readonly debuggee: Debuggee;
  readonly timeline: TimelineView;
  /** What the program reads from its console; absent where that is another's. */
  readonly input?: ProgramInput;
  /** Send on what the guest wrote to its console. */
  flush(): void;
  /** Send on what has waited for the rest of its line for a while. */
  breathe(): void;
  dispose(): void;
  /** Of a machine that was attached to: it is its owner's again. @param terminate it is to end */
  release?(terminate: boolean): void;
}

/** Stretches of the timeline that are kept in detail: some 150 MB. */
export const MOST_STRETCHES = 4_000_000;

/** Assemble or read the program, read images and SoC, build the machine. @throws RequestError with a message for the user */
export async function start(args: LaunchArguments, session: Session, signal: AbortSignal): Promise<Launched> {
  const { host } = session;
  const made = await saying(() => ingredients(args, session, signal));
  const { soc, program, argv, envp, append, recording } = made;
  await host.breathe();
  Cancelled.check(signal);
  const images = await saying(async () => {
    const own = await Image.open('program', program.path, program.data);
    checkProgram(own.elf, program.path);
    const image = (role: 'firmware' | 'kernel') => Image.open(role, made[role].path, made[role].data);
    const [firmware, kernel] = [await image('firmware'), await image('kernel')];
    const more = await Promise.all((args.symbolFiles ?? []).map((file) => symbolFile(file, host)));
    // Our kernel says where it loads a position-independent program (kernel/program.c).
    if (own.elf.relocatable) own.bias = kernel.declared.constant('PIE_BASE') ?? 0n;
    if (own.elf.relocatable && own.bias === 0n)
      session.output(`${program.path} is position-independent, and the kernel does not say where it loads it\n`);
    return new Images([own, kernel, firmware, ...more], host);
  });
  for (const image of images.all) {
    for (const warning of image.warnings) session.output(`${warning}\n`);
    image.onWarning = (warning) => session.output(`${warning}\n`);
  }

  await host.breathe();
  Cancelled.check(signal);
  const machine = await saying(() => Machine.create(soc, args.engine && { engine: args.engine }));
  await saying(() =>
    boot(machine, {
      firmware: images.firmware!.elf,
      kernel: images.kernel!.elf,
      initrd: initrd(program.data, argv, envp),
      ...(append && { bootargs: append }),
    }),
  );
  const target: Target & { readonly history?: History } = args.noDebug && !recording ? machine : recorded(machine);
  if (recording)
    target.history?.foresee({
      inputs: recording.inputs,
      end: recording.end.steps,
      arrived: () => {
        if (machine.steps === recording.end.steps && stateFingerprint(machine) === recording.end.state) return;
        session.output(`${otherRun(args.recording!, recording.version, host.version)}\n`, 'important');
      },
    });
  const input = new ProgramInput(machine, target.history, made.stdin);
  const launched = served(
    machine,
    fed(target, input, () => launched.debuggee),
    images,
    session,
  );
  const watcher = target.history?.watcher;
  if (watcher)
    target.history.watcher = {
      leaving: () => watcher.leaving(),
      forgotten: (steps) => {
        watcher.forgotten(steps);
        input.forgotten(steps);
      },
    };
  return { ...launched, made, input };
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
    if (event.kind === 'console' && (target.history?.isNew ?? true)) console.write(event.byte);
  });
  const debuggee = new Debuggee(target, images);
  const timeline = new Timeline(machine, {
    most: MOST_STRETCHES,
    // What happens again after going back is there already.
    again: () => !(target.history?.isNew ?? true),
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
    machine,
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
