/**
 * A server of the GDB remote serial protocol (GDB manual, "Remote Protocol"): a thread for each hart, all of one program. Knows no transport: bytes
 * come in by `receive` and go out by `send`.
 */
import type { Debuggee } from '../debug-adapter/debuggee.js';
import type { Target, TargetHart } from '../debug-adapter/target.js';
import { Control, type Halt, type Resume } from './control.js';
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
  toHex,
} from './packets.js';
import { Registers } from './registers.js';

/** How a conversation ends. */
export type End = 'detach' | 'kill';

/** A request that can't be served: `E01` and the like. */
class Refused extends Error {}

const SIGINT = 2;
const SIGTRAP = 5;
const two = (n: number) => (n & 0xff).toString(16).padStart(2, '0');
const watchKinds: Readonly<Record<string, { name: string; reads: boolean; writes: boolean }>> = {
  2: { name: 'watch', reads: false, writes: true },
  3: { name: 'rwatch', reads: true, writes: false },
  4: { name: 'awatch', reads: true, writes: true },
};
const satpMode = (satp: bigint) => satp >> 60n;

export class GdbServer {
  private readonly target: Target;
  private readonly registers: Registers;
  private readonly control: Control;
  private readonly reader = new PacketReader();
  private readonly description: Uint8Array;
  /** For `g`, `m` and the like; for `bs` and the like. */
  private looked: TargetHart;
  private moved: TargetHart;
  private halt: Halt;
  /** What was inserted: by the packet's own words. */
  private readonly inserted = new Map<string, { readonly id: number; readonly watch?: string }>();
  private last = new Uint8Array();
  private queue: Promise<void> = Promise.resolve();
  private over = false;
  /** The client knows `swbreak`. */
  private tellsKind = false;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly send: (bytes: Uint8Array) => void,
    /** The conversation is over. */
    private readonly end: (how: End) => void,
    breathe: () => Promise<void>,
    /** The hart at which the client finds the machine. */
    first = 0,
  ) {
    this.target = debuggee.target;
    this.registers = new Registers(this.target.harts);
    this.description = new TextEncoder().encode(this.registers.description);
    this.control = new Control(this.target, breathe);
    this.looked = this.moved = this.target.harts[first]!;
    this.halt = { kind: 'trap', hart: first };
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
    for (const { id, watch } of this.inserted.values()) {
      if (watch) this.target.watchpoints.remove(id);
      else this.target.breakpoints.remove(id);
    }
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
      case 'q':
        return this.query(packet);
      case 'Q':
        return this.set(packet);
      case 'v':
        return this.verb(packet);
      case 'H':
        return this.choose(rest);
      case 'T':
        this.thread(rest);
        return 'OK';
      case 'g':
        return this.registers.general.map((_, n) => this.readRegister(n)).join('');
      case 'G':
        return this.writeGeneral(rest);
      case 'p':
        return this.readRegister(this.number(rest));
      case 'P':
        return this.writeRegister(rest);
      case 'm':
        return this.readMemory(rest);
      case 'M':
      case 'X':
        return this.writeMemory(rest, packet[0]);
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
        this.send(packetOf('OK'));
        this.close('detach');
        return undefined;
      case 'k':
        this.close('kill');
        return undefined;
      default:
        return '';
    }
  }

  // Words of the packets

  private number(text: string | undefined): number {
    if (text === undefined || !/^[0-9a-fA-F]{1,8}$/.test(text)) throw new Refused('E01');
    return Number.parseInt(text, 16);
  }
  private address(text: string | undefined): bigint {
    if (text === undefined || !/^[0-9a-fA-F]{1,16}$/.test(text)) throw new Refused('E01');
    return BigInt(`0x${text}`);
  }
  /** A thread that is there. */
  private thread(text: string | undefined): TargetHart {
    const hart = this.target.harts[this.number(text) - 1];
    if (!hart) throw new Refused('E01');
    return hart;
  }

  private choose(rest: string): string {
    const [operation, id] = [rest[0], rest.slice(1)];
    // 0: any; -1: all.
    const hart = id === '0' || id === '-1' ? undefined : this.thread(id);
    if (operation === 'g') this.looked = hart ?? this.looked;
    else if (operation === 'c') this.moved = hart ?? this.looked;
    else return '';
    return 'OK';
  }

  // Questions

  private query(packet: string): string {
    const [name] = /^q[A-Za-z]+/.exec(packet) ?? [''];
    switch (name) {
      case 'qSupported':
        this.tellsKind = /\bswbreak\+/.test(packet);
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
          ...(this.target.history ? ['ReverseStep+', 'ReverseContinue+'] : []),
        ].join(';');
      case 'qXfer':
        return this.transfer(packet);
      case 'qC':
        return `QC${(this.looked.id + 1).toString(16)}`;
      case 'qAttached':
        return '0';
      case 'qfThreadInfo':
        return `m${this.target.harts.map(({ id }) => (id + 1).toString(16)).join(',')}`;
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
        ? this.description
        : what === 'threads' && annex === ''
          ? new TextEncoder().encode(this.threadList())
          : undefined;
    if (!whole) return what === 'features' || what === 'threads' ? 'E00' : '';
    const [offset, length] = range.split(',').map((part) => this.number(part));
    if (length === undefined) throw new Refused('E01');
    const part = whole.subarray(offset!, offset! + Math.min(length, PACKET_BYTES / 4));
    return `${offset! + part.length < whole.length ? 'm' : 'l'}${String.fromCharCode(...part)}`;
  }

  private threadList(): string {
    const lines = this.target.harts.map((hart) => {
      const name = this.debuggee.threadName(hart).replaceAll(/[<>&"]/g, ' ');
      return `<thread id="${(hart.id + 1).toString(16)}" core="${hart.id}" name="${name}"/>`;
    });
    return `<?xml version="1.0"?>\n<threads>\n${lines.join('\n')}\n</threads>\n`;
  }

  private set(packet: string): string {
    if (packet !== 'QStartNoAckMode') return '';
    this.reader.trusting = true;
    return 'OK';
  }

  // Registers and memory

  private readRegister(n: number): string {
    const register = this.registers.all[n];
    if (!register) throw new Refused('E01');
    const bytes = register.read(this.looked);
    return bytes ? toHex(bytes) : 'x'.repeat(2 * register.bytes);
  }

  private writeRegister(rest: string): string {
    const [n, digits = ''] = rest.split('=');
    const [register, bytes] = [this.registers.all[this.number(n)], fromHex(digits)];
    if (!register || bytes?.length !== register.bytes) throw new Refused('E01');
    register.write(this.looked, bytes);
    return 'OK';
  }

  private writeGeneral(digits: string): string {
    const bytes = fromHex(digits);
    const { general } = this.registers;
    if (bytes?.length !== 8 * general.length) throw new Refused('E01');
    general.forEach((register, n) => {
      const value = bytes.subarray(8 * n, 8 * n + 8);
      if (toHex(register.read(this.looked)!) !== toHex(value)) register.write(this.looked, value);
    });
    return 'OK';
  }

  private readMemory(rest: string): string {
    const [va, length] = rest.split(',');
    const most = Math.min(this.number(length), PACKET_BYTES / 2 - 8);
    const bytes = this.debuggee.memory(this.looked).read(this.address(va), most);
    if (!bytes.length && most) throw new Refused('E02');
    return toHex(bytes);
  }

  private writeMemory(rest: string, kind: 'M' | 'X'): string {
    const colon = rest.indexOf(':');
    const [va, length] = rest.slice(0, Math.max(colon, 0)).split(',');
    const data = rest.slice(colon + 1);
    const bytes = kind === 'M' ? fromHex(data) : Uint8Array.from(data, (each) => each.charCodeAt(0));
    if (bytes?.length !== this.number(length)) throw new Refused('E01');
    try {
      if (bytes.length) this.debuggee.memory(this.looked).write(this.address(va), bytes);
    } catch {
      throw new Refused('E02');
    }
    return 'OK';
  }

  // Breakpoints

  private insert(rest: string): string {
    const [kind, address, length] = rest.split(';')[0]!.split(',');
    const va = this.address(address);
    const key = `${kind},${va}`;
    if (kind === '0' || kind === '1') {
      if (!this.inserted.has(key)) this.inserted.set(key, { id: this.target.breakpoints.add({ va }) });
      return 'OK';
    }
    const watch = watchKinds[kind!];
    if (!watch) return '';
    const bytes = this.number(length);
    if (bytes < 1 || bytes > 4096) throw new Refused('E01');
    const satp = this.looked.privilege === 3 ? 0n : this.looked.csr('satp');
    const space = satpMode(satp) === 0n ? 0n : satp;
    const { reads, writes } = watch;
    if (!this.inserted.has(key)) {
      const id = this.target.watchpoints.add({
        va,
        bytes,
        satp: space,
        reads,
        ...(writes && { writes: 'all' as const }),
      });
      this.inserted.set(key, { id, watch: watch.name });
    }
    return 'OK';
  }

  private remove(rest: string): string {
    const [kind, address] = rest.split(',');
    if (!/^[0-4]$/.test(kind ?? '')) return '';
    const key = `${kind},${this.address(address)}`;
    const known = this.inserted.get(key);
    this.inserted.delete(key);
    if (known?.watch) this.target.watchpoints.remove(known.id);
    else if (known) this.target.breakpoints.remove(known.id);
    return 'OK';
  }

  // Running

  private verb(packet: string): string | undefined | Promise<string> {
    if (packet === 'vCont?') return 'vCont;c;C;s;S';
    if (packet.startsWith('vCont;')) return this.go(() => this.control.resume(this.actions(packet)));
    if (packet.startsWith('vKill')) {
      this.send(packetOf('OK'));
      this.close('kill');
      return undefined;
    }
    return '';
  }

  /** Each hart does what the first action says that names it, or none. */
  private actions(packet: string): Resume {
    const running = new Set<TargetHart>();
    let step: TargetHart | undefined;
    const named = new Set<TargetHart>();
    for (const action of packet.split(';').slice(1)) {
      const [, letter, thread] =
        /^([cs]|[CS][0-9a-fA-F]{2})(?::(?:p[0-9a-fA-F]+\.)?(-1|[0-9a-fA-F]+))?$/.exec(action) ?? [];
      if (!letter) throw new Refused('E01');
      const harts = thread === undefined || thread === '-1' ? this.target.harts : [this.thread(thread)];
      for (const hart of harts) {
        if (named.has(hart)) continue;
        named.add(hart);
        if (/[cC]/.test(letter[0]!)) running.add(hart);
        else step ??= hart;
      }
    }
    if (!named.size) throw new Refused('E01');
    return { running: [...running], ...(step && { step }) };
  }

  /** `c` and `s` of clients that know no vCont, with an address to go on at. */
  private plain(kind: string, address: string): Promise<string> {
    if (address) this.moved.setPc(this.address(address));
    const { harts } = this.target;
    const step = kind === 's' ? this.moved : undefined;
    return this.go(() =>
      this.control.resume({ running: harts.filter((hart) => hart !== step), ...(step && { step }) }),
    );
  }

  private back(packet: string): string | Promise<string> {
    if (!this.target.history || (packet !== 'bs' && packet !== 'bc')) return '';
    const hart = this.moved;
    return this.go(() => (packet === 'bs' ? this.control.stepBack(hart) : this.control.runBack(hart)));
  }

  private async go(move: () => Promise<Halt>): Promise<string> {
    this.halt = await move();
    if ('hart' in this.halt) this.looked = this.moved = this.target.harts[this.halt.hart]!;
    return this.stopReply();
  }

  private stopReply(): string {
    const { halt } = this;
    if (halt.kind === 'exit') return `W${two(halt.status)}`;
    const thread = `thread:${(halt.hart + 1).toString(16)};`;
    switch (halt.kind) {
      case 'interrupt':
      case 'deadlock':
        return `T${two(SIGINT)}${thread}`;
      case 'start':
        return `T${two(SIGTRAP)}${thread}replaylog:begin;`;
      case 'watchpoint': {
        const kind = [...this.inserted.values()].find(({ id, watch }) => watch && id === halt.id)?.watch ?? 'watch';
        return `T${two(SIGTRAP)}${thread}${kind}:${halt.va.toString(16)};`;
      }
      case 'breakpoint': {
        const hardware = [...this.inserted].some(([key, { id, watch }]) => !watch && id === halt.id && key[0] === '1');
        return `T${two(SIGTRAP)}${thread}${this.tellsKind ? `${hardware ? 'hwbreak' : 'swbreak'}:;` : ''}`;
      }
      default:
        return `T${two(SIGTRAP)}${thread}`;
    }
  }
}
