/**
 * A server of the GDB remote serial protocol (GDB manual, "Remote Protocol"): a thread for each hart, all of one process or of one for each kind of
 * hart. Knows no transport: bytes come in by `receive` and go out by `send`.
 */
import type { Debuggee } from '../debug-adapter/debuggee.js';
import type { Target, TargetHart } from '../debug-adapter/target.js';
import { readGeneral, readMemory, readRegister, writeGeneral, writeMemory, writeRegister } from './contents.js';
import { Control, type Halt, type Resume } from './control.js';
import { Inserted, isWatch } from './inserted.js';
import { monitor } from './monitor.js';
import {
  ACKNOWLEDGE,
  fromHex,
  hexOfText,
  PACKET_BYTES,
  type Incoming,
  packetOf,
  PacketReader,
  REFUSE,
} from './packets.js';
import { Processes } from './processes.js';
import { addressIn, numberIn, Refused } from './words.js';

/** How a conversation ends. */
export type End = 'detach' | 'kill';

const SIGINT = 2;
const SIGTRAP = 5;
/** The exit status of who was ended by SIGTERM. */
const KILLED = 143;
const two = (n: number) => (n & 0xff).toString(16).padStart(2, '0');
export class GdbServer {
  private readonly target: Target;
  private readonly control: Control;
  private readonly reader = new PacketReader();
  private processes: Processes;
  /** For `g`, `m` and the like. */
  private looked: TargetHart;
  /**
   * The thread that the user is at: where it stopped, or that was chosen since. To choose one GDB asks whether it lives; `H` it also sends to look
   * at others or to insert breakpoints.
   */
  private focus: TargetHart;
  /** For `bs` and the like; undefined: the client leaves it open. */
  private moved: TargetHart | undefined;
  private halt: Halt;
  private readonly inserted: Inserted;
  private last = new Uint8Array();
  private queue: Promise<void> = Promise.resolve();
  private over = false;
  /** The client knows `swbreak`. */
  private tellsKind = false;
  private isKilled = false;
  /** The client knows of several processes. */
  private tellsProcess = false;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly send: (bytes: Uint8Array) => void,
    /** The conversation is over. */
    private readonly end: (how: End) => void,
    breathe: () => Promise<void>,
    /** The hart at which the client finds the machine. */
    first = 0,
    /** Is each kind of hart a process, for a client that can attach to several? */
    private readonly byKind = false,
  ) {
    this.target = debuggee.target;
    this.looked = this.focus = this.target.harts[first]!;
    this.processes = this.grouped(false);
    this.inserted = new Inserted(this.target);
    this.control = new Control(this.target, breathe, (hart) => this.inserted.isBreakpointOf(hart));
    this.halt = { kind: 'trap', hart: first };
  }

  private grouped(byKind: boolean): Processes {
    return new Processes(this.target.harts, this.tellsProcess, byKind, this.looked);
  }

  receive(bytes: Uint8Array): void {
    for (const incoming of this.reader.push(bytes)) this.take(incoming);
  }

  /** The client is gone without a word: the program is left alone. @returns when nothing of ours runs any more */
  async vanish(): Promise<void> {
    this.control.dispose();
    await this.queue;
    this.close('detach');
  }

  private close(how: End): void {
    if (this.over) return;
    this.over = true;
    this.inserted.clear();
    this.end(how);
  }

  private take(incoming: Incoming): void {
    if (this.over) return;
    if (incoming.kind === 'interrupt') this.control.interrupt();
    else if (incoming.kind === 'again') this.send(this.last);
    else if (incoming.kind === 'damaged') this.send(REFUSE);
    else {
      if (!this.reader.trusting) this.send(ACKNOWLEDGE);
      this.queue = this.queue.then(() => this.serve(incoming.data));
    }
  }

  private async serve(data: Uint8Array): Promise<void> {
    if (this.over) return;
    let answer: string | undefined;
    try {
      // A character for each byte, since some packets carry bytes.
      answer = await this.answer(String.fromCharCode(...data));
    } catch (error) {
      answer = error instanceof Refused ? error.message : 'E01';
    }
    if (answer === undefined || this.over) return;
    this.last = packetOf(answer) as Uint8Array<ArrayBuffer>;
    this.send(this.last);
  }

  /** @returns undefined: none is due */
  private answer(packet: string): string | undefined | Promise<string | undefined> {
    const rest = packet.slice(1);
    switch (packet[0]) {
      case '?':
        return this.stopReply();
      case '!':
        // The client can attach to more than the process that it finds.
        if (!this.tellsProcess) return '';
        this.processes = this.grouped(true);
        return 'OK';
      case 'q':
        return this.query(packet);
      case 'Q':
        return this.set(packet);
      case 'v':
        return this.verb(packet);
      case 'H':
        return this.choose(rest);
      case 'T':
        this.focus = this.thread(rest);
        return 'OK';
      case 'g':
        return readGeneral(this.looked, this.registers);
      case 'G':
        return writeGeneral(this.looked, this.registers, rest);
      case 'p':
        return readRegister(this.looked, this.registers, rest);
      case 'P':
        return writeRegister(this.looked, this.registers, rest);
      case 'm':
        return readMemory(this.debuggee.memory(this.looked), rest);
      case 'M':
      case 'X':
        return writeMemory(this.debuggee.memory(this.looked), rest, packet[0]);
      case 'Z':
        return this.insert(rest);
      case 'z':
        return this.remove(rest);
      case 'c':
      case 's':
        return this.plain(packet[0], rest);
      case 'b':
        return this.back(packet);
      case 'D':
        return this.leave('detach', rest);
      case 'k':
        this.close('kill');
        return undefined;
      default:
        return '';
    }
  }

  // Words of the packets

  /** A thread that is there. */
  private thread(text: string | undefined): TargetHart {
    const [hart, ...others] = this.processes.named(text ?? '');
    if (!hart || others.length) throw new Refused('E01');
    return hart;
  }

  /** The registers of the thread that is looked at. */
  private get registers() {
    return this.processes.of(this.looked).registers;
  }

  private choose(rest: string): string {
    const [operation, id] = [rest[0], rest.slice(1)];
    if (operation !== 'g' && operation !== 'c') return '';
    const harts = this.processes.named(id);
    if (!harts.length) throw new Refused('E01');
    const [only, ...others] = harts;
    if (operation === 'c') this.moved = others.length ? undefined : only;
    else if (!others.length || !harts.includes(this.looked)) this.looked = only!;
    return 'OK';
  }

  // Questions

  private query(packet: string): string {
    const [name] = /^q[A-Za-z]+/.exec(packet) ?? [''];
    switch (name) {
      case 'qSupported':
        this.tellsKind = /\bswbreak\+/.test(packet);
        this.tellsProcess = this.byKind && /\bmultiprocess\+/.test(packet);
        this.processes = this.grouped(false);
        return [
          `PacketSize=${PACKET_BYTES.toString(16)}`,
          ...[
            'QStartNoAckMode',
            'qXfer:features:read',
            'qXfer:threads:read',
            'vContSupported',
            'swbreak',
            'hwbreak',
          ].map((each) => `${each}+`),
          ...(this.tellsProcess ? ['multiprocess+'] : []),
          ...(this.target.history ? ['ReverseStep+', 'ReverseContinue+'] : []),
        ].join(';');
      case 'qXfer':
        return this.transfer(packet);
      case 'qC':
        return `QC${this.processes.thread(this.looked)}`;
      case 'qAttached':
        return '0';
      case 'qfThreadInfo':
        if (!this.processes.known.length) return 'l';
        return `m${this.processes.known.map((hart) => this.processes.thread(hart)).join(',')}`;
      case 'qsThreadInfo':
        return 'l';
      case 'qThreadExtraInfo':
        return hexOfText(this.debuggee.threadName(this.thread(packet.split(',')[1])));
      case 'qRcmd': {
        const line = fromHex(packet.slice('qRcmd,'.length));
        if (!line) throw new Refused('E01');
        return hexOfText(monitor(new TextDecoder().decode(line), this.debuggee));
      }
      case 'qSymbol':
        return 'OK';
      default:
        return '';
    }
  }

  private transfer(packet: string): string {
    const [, what, operation, annex, range = ''] = packet.split(':');
    if (operation !== 'read') return '';
    const whole =
      what === 'features' && annex === 'target.xml'
        ? this.processes.of(this.looked).description
        : what === 'threads' && annex === ''
          ? new TextEncoder().encode(this.threadList())
          : undefined;
    if (!whole) return what === 'features' || what === 'threads' ? 'E00' : '';
    const [offset, length] = range.split(',').map((part) => numberIn(part));
    if (length === undefined) throw new Refused('E01');
    const part = whole.subarray(offset!, offset! + Math.min(length, PACKET_BYTES / 4));
    return `${offset! + part.length < whole.length ? 'm' : 'l'}${String.fromCharCode(...part)}`;
  }

  private threadList(): string {
    const lines = this.processes.known.map((hart) => {
      const name = this.debuggee.threadName(hart).replaceAll(/[<>&"]/g, ' ');
      return `<thread id="${this.processes.thread(hart)}" core="${hart.id}" name="${name}"/>`;
    });
    return `<?xml version="1.0"?>\n<threads>\n${lines.join('\n')}\n</threads>\n`;
  }

  private set(packet: string): string {
    if (packet !== 'QStartNoAckMode') return '';
    this.reader.trusting = true;
    return 'OK';
  }

  // Breakpoints

  private insert(rest: string): string {
    const [kind, address, length] = rest.split(';')[0]!.split(',');
    const va = addressIn(address);
    const of = this.processes.of(this.looked);
    if (kind === '0' || kind === '1') {
      this.inserted.breakpoint(kind, va, of);
      return 'OK';
    }
    if (!isWatch(kind!)) return '';
    const bytes = numberIn(length);
    if (bytes < 1 || bytes > 4096) throw new Refused('E01');
    const satp = this.looked.privilege === 3 ? 0n : this.looked.csr('satp');
    this.inserted.watchpoint(kind!, va, bytes, satp >> 60n === 0n ? 0n : satp, of);
    return 'OK';
  }

  private remove(rest: string): string {
    const [kind, address] = rest.split(',');
    if (!/^[0-4]$/.test(kind ?? '')) return '';
    this.inserted.remove(kind!, addressIn(address), this.processes.of(this.looked));
    return 'OK';
  }

  // Running

  private verb(packet: string): string | undefined | Promise<string> {
    if (packet === 'vCont?') return 'vCont;c;C;s;S';
    if (packet.startsWith('vCont;')) return this.go(() => this.control.resume(this.actions(packet)));
    if (packet.startsWith('vKill')) return this.leave('kill', packet.slice('vKill'.length));
    if (packet.startsWith('vAttach;') && this.tellsProcess) return this.attach(packet.slice('vAttach;'.length));
    return '';
  }

  private attach(pid: string): string {
    const process = this.processes.numbered(pid);
    if (!process || this.halt.kind === 'exit') throw new Refused('E01');
    this.processes.attached.add(process);
    const [hart] = process.harts;
    this.looked = this.focus = hart!;
    this.halt = { kind: 'trap', hart: hart!.id };
    return this.stopReply();
  }

  /** The client has done with a process (`;1`), or with all; with the last one the conversation ends. */
  private leave(how: End, words: string): string | undefined {
    const { attached } = this.processes;
    // A client that knows of one process has a number of its own for it.
    const isNamed = this.tellsProcess && words !== '';
    const process = isNamed ? this.processes.numbered(words.slice(1)) : undefined;
    if (isNamed && !(process && attached.has(process))) throw new Refused('E01');
    if (process) attached.delete(process);
    else attached.clear();
    // Who kills one process of the program kills it for the others, too. What has ended can't be killed.
    if (how === 'kill' && this.halt.kind !== 'exit') {
      this.isKilled = true;
      this.halt = { kind: 'exit', status: KILLED };
    }
    if (attached.size) {
      this.looked = this.focus = this.processes.known[0]!;
      return 'OK';
    }
    this.send(packetOf('OK'));
    this.close(this.isKilled ? 'kill' : 'detach');
    return undefined;
  }

  /** Each hart does what the first action says that names it, or none. */
  private actions(packet: string): Resume {
    const running = new Set<TargetHart>();
    let step: TargetHart | undefined;
    const named = new Set<TargetHart>();
    for (const action of packet.split(';').slice(1)) {
      const [, letter, thread = '-1'] = /^([cs]|[CS][0-9a-fA-F]{2})(?::([^:]+))?$/.exec(action) ?? [];
      const harts = this.processes.named(thread);
      if (!letter || !harts.length) throw new Refused('E01');
      for (const hart of harts) {
        if (named.has(hart)) continue;
        named.add(hart);
        if (/[cC]/.test(letter[0]!)) running.add(hart);
        else step ??= hart;
      }
    }
    if (!named.size) throw new Refused('E01');
    // Harts that the client does not know of run whenever anything does.
    for (const hart of this.target.harts) if (!this.processes.isKnown(hart)) running.add(hart);
    return { running: [...running], ...(step && { step }) };
  }

  /** `c` and `s` of clients that know no vCont, with an address to go on at. */
  private plain(kind: string, address: string): Promise<string> {
    const moved = this.moved ?? this.focus;
    if (address) moved.setPc(addressIn(address));
    const { harts } = this.target;
    const step = kind === 's' ? moved : undefined;
    return this.go(() =>
      this.control.resume({ running: harts.filter((hart) => hart !== step), ...(step && { step }) }),
    );
  }

  private back(packet: string): string | Promise<string> {
    if (!this.target.history || (packet !== 'bs' && packet !== 'bc')) return '';
    const hart = this.moved ?? this.focus;
    return this.go(() => (packet === 'bs' ? this.control.stepBack(hart) : this.control.runBack(hart)));
  }

  private async go(move: () => Promise<Halt>): Promise<string> {
    // The program has ended for every process; they are told of it one by one.
    if (this.halt.kind !== 'exit') this.halt = await move();
    const { halt } = this;
    if ('hart' in halt) {
      const hart = this.target.harts[halt.hart]!;
      // What stopped on a hart that the client does not know of stopped the others, too.
      if (this.processes.isKnown(hart)) this.looked = this.focus = hart;
      else this.halt = { ...halt, hart: this.looked.id };
    }
    return this.stopReply();
  }

  /** The end of the program, for the process that is looked at, or the next one; there is an answer for each. */
  private endReply(status: number): string {
    const { attached } = this.processes;
    const looked = this.processes.of(this.looked);
    const process = attached.has(looked) ? looked : [...attached][0];
    if (!this.tellsProcess || !process) return `W${two(status)}`;
    attached.delete(process);
    this.looked = this.focus = this.processes.known[0] ?? this.looked;
    return `W${two(status)};process:${process.pid.toString(16)}`;
  }

  private stopReply(): string {
    const { halt } = this;
    if (halt.kind === 'exit') return this.endReply(halt.status);
    const thread = `thread:${this.processes.thread(this.target.harts[halt.hart]!)};`;
    switch (halt.kind) {
      case 'interrupt':
      case 'deadlock':
        return `T${two(SIGINT)}${thread}`;
      case 'start':
        return `T${two(SIGTRAP)}${thread}replaylog:begin;`;
      case 'watchpoint':
        return `T${two(SIGTRAP)}${thread}${this.inserted.watchOf(halt.id)}:${halt.va.toString(16)};`;
      case 'breakpoint':
        return `T${two(SIGTRAP)}${thread}${this.tellsKind ? `${this.inserted.kindOf(halt.id)}:;` : ''}`;
      default:
        return `T${two(SIGTRAP)}${thread}`;
    }
  }
}
