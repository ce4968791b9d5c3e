/** A machine that runs by itself while no debugger has it. Debuggers come and go on a loopback port: by DAP, or GDB's protocol. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Attachable, Host } from '../debug-adapter/host.js';
import { Images } from '../debug-adapter/images.js';
import { nodeHost } from '../debug-adapter/node-host.js';
import { recorded } from '../debug-adapter/recorded.js';
import { connect } from '../debug-adapter/server.js';
import type { Session } from '../debug-adapter/session.js';
import { type Launched, served } from '../debug-adapter/start.js';
import { Image } from '../debug-adapter/symbols/image.js';
import type { Target, TargetStop } from '../debug-adapter/target.js';
import type { History } from '../emulator/history/history.js';
import type { Machine } from '../emulator/machine.js';
import { InputError } from './command.js';
import { type Ending, endingOf, Output } from './guest.js';
import { Input } from './input.js';

export interface DebugOptions {
  /** 0: any free one, told on stderr. */
  readonly port: number;
  /** Do not wait for a debugger. */
  readonly goOn: boolean;
  /** What speaks, as messages name it, and how; `breathe` lets messages in while a debugger runs the machine. */
  readonly command: string;
  readonly speak: (debugged: Debugged, socket: Socket, host: Host) => void;
  /** Before a debugger comes, run to the program's first instruction. */
  readonly toEntry?: boolean;
  /** The program's file, and the ELF files that run. */
  readonly program: string;
  readonly files: {
    readonly [role in 'program' | 'kernel' | 'firmware']: { readonly path: string; readonly data: Uint8Array };
  };
}

/** Instructions between two looks at input, debuggers and Ctrl-C. */
const SLICE = 4_000_000;
/** The longest that a debugger is waited for that has not heard the end yet. */
const GOODBYE_MS = 2000;
/** Between two looks for input that the guest waits for. */
const WAIT_MS = 10;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Run to the end, with debuggers where they come. @throws InputError where the port can't be had */
export async function runDebugged(machine: Machine, options: DebugOptions): Promise<Ending> {
  const debugged = await Debugged.listen(machine, options);
  try {
    if (options.toEntry) debugged.toEntry();
    debugged.tell();
    return await debugged.run();
  } finally {
    await debugged.close();
  }
}

/** DAP on a connection, for `attach`. */
export const speakDap: DebugOptions['speak'] = (debugged, socket, host) =>
  connect({ ...host, attachable: debugged }, socket, socket, () => socket.end());

export class Debugged implements Attachable {
  readonly program: string;
  started: boolean;
  private readonly target;
  private readonly output: Output;
  private readonly input: Input;
  private readonly sockets = new Set<Socket>();
  private server!: Server;
  /** The session that has the machine. */
  private owner = false;
  private terminated = false;
  /** Something happened that the waiting loop should look at. */
  private wake: () => void = () => {};

  static async listen(machine: Machine, options: DebugOptions): Promise<Debugged> {
    const host = await nodeHost();
    const debugged = new Debugged(machine, options, new Images(imagesOf(options), host));
    const breathe = async () => {
      await host.breathe();
      // The guest waits for what nobody has typed yet.
      if (debugged.input.isWaiting) await new Promise((done) => setTimeout(done, WAIT_MS));
    };
    debugged.server = createServer((socket) => {
      debugged.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => debugged.sockets.delete(socket));
      options.speak(debugged, socket, { ...host, breathe });
    });
    await new Promise<void>((done, failed) => {
      debugged.server.on('error', (error) => failed(new InputError(error.message)));
      debugged.server.listen(options.port, '127.0.0.1', done);
    });
    return debugged;
  }

  /** Tell where it listens. */
  tell(): void {
    const { port, goOn, command } = this.options;
    const address = this.server.address();
    const where = typeof address === 'object' ? address?.port : port;
    process.stderr.write(
      `harthop ${command}: ${goOn ? 'listening for' : 'waiting for'} a debugger on 127.0.0.1:${where}\n`,
    );
  }

  /** Run to the program's first instruction. */
  toEntry(): void {
    const { target } = this;
    const { entry } = this.images.program.elf;
    const mark = target.breakpoints.add({ va: entry });
    for (;;) {
      const { reason, hart } = target.run(SLICE);
      this.last = hart;
      if (reason === 'power' || reason === 'deadlock') break;
      if (reason === 'breakpoint' && target.harts[hart]!.privilege === 0) break;
    }
    target.breakpoints.remove(mark);
  }
  /** The hart that ran last. */
  last = 0;

  private constructor(
    machine: Machine,
    private readonly options: DebugOptions,
    readonly images: Images,
  ) {
    const target = recorded(machine);
    this.target = target;
    this.program = options.program;
    this.started = options.goOn;
    this.output = new Output(machine, () => target.history.isNew);
    this.input = new Input(machine, (bytes) => target.history.input({ kind: 'console', bytes: [...bytes] }));
    this.machine = machine;
  }
  private readonly machine: Machine;

  // For sessions

  take(session: Session): Launched {
    const { target, release } = this.claim();
    return { ...served(this.machine, target, this.images, session), release };
  }

  /** Take the machine over. @throws Error where another debugger has it */
  claim(): { target: Target & { readonly history: History }; release(terminate: boolean): void } {
    if (this.owner) throw new Error('attach: another debugger has this program');
    const { target } = this;
    const marks: (() => void)[] = [];
    const noted = <T extends { add(...args: never[]): number; remove(id: number): unknown }>(of: T): T =>
      ({
        add: (...args: never[]) => {
          const id = of.add(...args);
          marks.push(() => of.remove(id));
          return id;
        },
        remove: (id: number) => of.remove(id),
      }) as T;
    const own = Object.create(target, {
      run: { value: (budget: number) => this.fed(target.run(budget)) },
      breakpoints: { value: noted(target.breakpoints) },
      watchpoints: {
        value: {
          ...noted(target.watchpoints),
          addRegister: (watch: Parameters<typeof target.watchpoints.addRegister>[0]) => {
            const id = target.watchpoints.addRegister(watch);
            marks.push(() => target.watchpoints.remove(id));
            return id;
          },
        },
      },
    });
    this.owner = true;
    return {
      target: own,
      release: (terminate) => {
        for (const unmark of marks) unmark();
        for (const { id, frozen } of target.harts) if (frozen) target.freeze(id, false);
        this.owner = false;
        this.started = true;
        this.terminated ||= terminate;
        this.wake();
      },
    };
  }

  /** After a run of a session's: give the guest what it waits for on stdin. */
  private fed(stop: TargetStop): TargetStop {
    void this.output.flush();
    if (stop.reason === 'budget') this.input.afterSlice();
    return stop.reason === 'deadlock' && this.input.giveNow() ? { reason: 'budget', hart: stop.hart } : stop;
  }

  // By itself

  async run(): Promise<Ending> {
    let interrupted = false;
    const onInterrupt = () => {
      interrupted = true;
      this.wake();
    };
    process.on('SIGINT', onInterrupt);
    try {
      for (;;) {
        if (interrupted) return { kind: 'interrupted' };
        if (this.terminated) return { kind: 'terminated' };
        if (this.owner || !this.started) {
          await new Promise<void>((done) => {
            this.wake = done;
          });
          continue;
        }
        const stop = this.target.run(SLICE);
        await this.output.flush();
        const ending = endingOf(stop);
        if (ending) return ending;
        await turn();
        if (this.owner) continue;
        if (stop.reason === 'budget') this.input.afterSlice();
        if (stop.reason === 'deadlock' && !this.input.giveNow()) return { kind: 'deadlock' };
        if (this.input.isWaiting) await new Promise((done) => setTimeout(done, WAIT_MS));
      }
    } finally {
      process.off('SIGINT', onInterrupt);
      await this.output.flush();
    }
  }

  async close(): Promise<void> {
    this.input.close();
    this.server.close();
    const late = Date.now() + GOODBYE_MS;
    while (this.sockets.size && Date.now() < late) await new Promise((done) => setTimeout(done, WAIT_MS));
    for (const socket of this.sockets) socket.destroy();
  }
}

function imagesOf({ files }: DebugOptions): Image[] {
  return (['program', 'kernel', 'firmware'] as const).map(
    (role) => new Image(role, files[role].path, files[role].data),
  );
}
