/** The console: a 16550A with byte registers (TI PC16550D data sheet, section 8). Sends at once; receives what the host was given. */
import type { Hart } from '../hart/hart.js';
import { type Interrupts, reg, type TreeBuilder } from '../soc/fdt.js';
import type { Device } from './bus.js';

/** Its source number at the PLIC. */
export const UART_SOURCE = 10;

const LSR_DATA_READY = 1;
const LSR_IDLE = 0x60;
const IER_RECEIVED = 1;
const IER_EMPTY = 2;
const LCR_DIVISOR = 0x80;

export class Uart implements Device {
  readonly base = 0x1000_0000;
  readonly size = 0x100;
  private received: number[] = [];
  private enabled = 0;
  private lineControl = 0;
  private modemControl = 0;
  private scratch = 0;
  private divisor = 1;
  private fifos = 0;
  /** The transmitter has become empty, and that was not read from IIR yet. */
  private emptied = false;

  /**
   * @param interrupt drives its line
   * @param sent a byte was sent by a hart
   */
  constructor(
    private readonly interrupt: (on: boolean) => void,
    private readonly sent: (byte: number, hart: Hart) => void,
  ) {}

  node(tree: TreeBuilder, interrupts: Interrupts): void {
    tree.node(`serial@${this.base.toString(16)}`, {
      compatible: 'ns16550a',
      reg: reg(this.base, this.size),
      'clock-frequency': 3_686_400,
      'interrupt-parent': interrupts.plic,
      interrupts: UART_SOURCE,
    });
  }

  save() {
    const { received, enabled, lineControl, modemControl, scratch, divisor, fifos, emptied } = this;
    return { received: [...received], enabled, lineControl, modemControl, scratch, divisor, fifos, emptied };
  }
  restore(saved: ReturnType<Uart['save']>): void {
    Object.assign(this, saved, { received: [...saved.received] });
  }

  /** Input for the guest. */
  receive(bytes: Iterable<number>): void {
    // One by one: a whole file may come at once, which is more than a call takes arguments.
    for (const byte of bytes) this.received.push(byte);
    this.update();
  }

  /** All as after reset; input that was not read stays. */
  reset(): void {
    this.enabled = this.lineControl = this.modemControl = this.scratch = this.fifos = 0;
    this.divisor = 1;
    this.emptied = false;
    this.update();
  }

  read(offset: number, bytes: number): bigint | undefined {
    if (bytes !== 1) return undefined;
    return BigInt(this.readRegister(offset));
  }

  private readRegister(offset: number): number {
    const latch = this.lineControl & LCR_DIVISOR;
    switch (offset) {
      case 0: {
        if (latch) return this.divisor & 0xff;
        const byte = this.received.shift() ?? 0;
        this.update();
        return byte;
      }
      case 1:
        return latch ? this.divisor >> 8 : this.enabled;
      case 2: {
        const cause = this.cause;
        if (cause === 2) {
          this.emptied = false;
          this.update();
        }
        return cause | this.fifos;
      }
      case 3:
        return this.lineControl;
      case 4:
        return this.modemControl;
      case 5:
        return LSR_IDLE | (this.received.length ? LSR_DATA_READY : 0);
      case 6:
        return 0xb0; // carrier, data set ready, clear to send
      case 7:
        return this.scratch;
      default:
        return 0;
    }
  }

  write(offset: number, bytes: number, value: bigint, hart: Hart): boolean {
    if (bytes !== 1) return false;
    const byte = Number(value & 0xffn);
    const latch = this.lineControl & LCR_DIVISOR;
    switch (offset) {
      case 0:
        if (latch) this.divisor = (this.divisor & 0xff00) | byte;
        else {
          this.sent(byte, hart);
          this.emptied = true;
        }
        break;
      case 1:
        if (latch) this.divisor = (this.divisor & 0xff) | (byte << 8);
        else {
          if (byte & IER_EMPTY && !(this.enabled & IER_EMPTY)) this.emptied = true;
          this.enabled = byte & 0x0f;
        }
        break;
      case 2:
        this.fifos = byte & 1 ? 0xc0 : 0;
        if (byte & 2) this.received = [];
        break;
      case 3:
        this.lineControl = byte;
        break;
      case 4:
        this.modemControl = byte & 0x1f;
        break;
      case 7:
        this.scratch = byte;
        break;
    }
    this.update();
    return true;
  }

  /** IIR's low bits: 4 data received, 2 transmitter empty, 1 none. */
  private get cause(): number {
    if (this.enabled & IER_RECEIVED && this.received.length) return 4;
    return this.enabled & IER_EMPTY && this.emptied ? 2 : 1;
  }

  private update(): void {
    this.interrupt(this.cause !== 1);
  }
}
