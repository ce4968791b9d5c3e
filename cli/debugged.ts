/** `harthop run --debug`: a machine that runs by itself while no debugger has it. Debuggers come and go by DAP on a loopback port. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Attachable } from '../debug-adapter/host.js';
import { Images } from '../debug-adapter/images.js';
import { nodeHost } from '../debug-adapter/node-host.js';
import { recorded } from '../debug-adapter/recorded.js';
import { connect } from '../debug-adapter/server.js';
import type { Session } from '../debug-adapter/session.js';
import { type Launched, served } from '../debug-adapter/start.js';
import { Image } from '../debug-adapter/symbols/image.js';
import type { TargetStop } from '../debug-adapter/target.js';
import type { Machine } from '../emulator/machine.js';
import { InputError } from './command.js';
import { type Ending, endingOf, Output } from './guest.js';
import { Input } from './input.js';

export interface DebugOptions {
  /** 0: any free one, told on stderr. */
  readonly port: number;
  /** Do not wait for a debugger. */
  readonly goOn: boolean;
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
    return await debugged.run();
  } finally {
    await debugged.close();
  }
}

class Debugged implements Attachable {
  readonly program: string;
  started: boolean;
  private readonly target;
  private readonly output: Output;
  private readonly input: Input;
  private readonly images: Images;
  private readonly sockets = new Set<Socket>();
  private server!: Server;
  /** The session that has the machine. */
  private owner: Session | undefined;
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
      connect({ ...host, breathe, attachable: debugged }, socket, socket, () => socket.end());
    });
    await new Promise<void>((done, failed) => {
      debugged.server.on('error', (error) => failed(new InputError(error.message)));
      debugged.server.listen(options.port, '127.0.0.1', done);
    });
    const address = debugged.server.address();
    const port = typeof address === 'object' ? address?.port : options.port;
    process.stderr.write(
      `harthop run: ${options.goOn ? 'listening for' : 'waiting for'} a debugger on 127.0.0.1:${port}\n`,
    );
    return debugged;
  }

  private constructor(machine: Machine, options: DebugOptions, images: Images) {
    const target = recorded(machine);
    this.target = target;
    this.program = options.program;
    this.started = options.goOn;
    this.images = images;
    this.output = new Output(machine, () => target.history.isNew);
    this.input = new Input(machine, (bytes) => target.history.input({ kind: 'console', bytes: [...bytes] }));
    this.machine = machine;
  }
  private readonly machine: Machine;

  // For sessions

  take(session: Session): Launched {
    if (this.owner) throw new Error('attach: another debugger has this program');
    const { target } = this;
    const marks: (() => void)[] = [];
    const noted = <T extends { add(...args: never[]): number; remove(id: number): void }>(of: T): T =>
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
    });
    const launched = served(this.machine, own, this.images, session);
    this.owner = session;
    return {
      ...launched,
      release: (terminate) => {
        for (const unmark of marks) unmark();
        for (const { id, frozen } of target.harts) if (frozen) target.freeze(id, false);
        this.owner = undefined;
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
