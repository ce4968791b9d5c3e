/** Flattened device trees, version 17 (Devicetree Specification 0.4, chapter 5): all that firmware and kernel learn of the chip. */

/** A property: text, texts, 32-bit cells, raw bytes, or nothing (present is true). */
export type Property = string | readonly string[] | number | readonly number[] | Uint8Array | true;

const BEGIN_NODE = 1;
const END_NODE = 2;
const PROP = 3;
const END = 9;

export class TreeBuilder {
  private readonly structure: number[] = [];
  private readonly strings: number[] = [];
  private readonly names = new Map<string, number>();
  private nextPhandle = 1;

  /** A number by which other nodes name this one. */
  phandle(): number {
    return this.nextPhandle++;
  }

  /** A node, its properties, and what lies in it. An undefined property is left out. */
  node(name: string, properties: Record<string, Property | undefined>, inside: () => void = () => {}): void {
    this.cell(BEGIN_NODE);
    this.text(name, this.structure);
    this.align();
    for (const [key, value] of Object.entries(properties)) if (value !== undefined) this.property(key, value);
    inside();
    this.cell(END_NODE);
  }

  private property(key: string, value: Property): void {
    const bytes: number[] = [];
    if (typeof value === 'string') this.text(value, bytes);
    else if (typeof value === 'number') bytes.push(...bigEndian(value));
    else if (value instanceof Uint8Array) bytes.push(...value);
    else if (value !== true) {
      for (const each of value) {
        if (typeof each === 'string') this.text(each, bytes);
        else bytes.push(...bigEndian(each));
      }
    }
    if (!this.names.has(key)) {
      this.names.set(key, this.strings.length);
      this.text(key, this.strings);
    }
    this.cell(PROP);
    this.cell(bytes.length);
    this.cell(this.names.get(key)!);
    this.structure.push(...bytes);
    this.align();
  }

  private cell(n: number): void {
    this.structure.push(...bigEndian(n));
  }
  private text(s: string, to: number[]): void {
    to.push(...new TextEncoder().encode(s), 0);
  }
  private align(): void {
    while (this.structure.length % 4) this.structure.push(0);
  }

  /** The finished tree. */
  encode(): Uint8Array<ArrayBuffer> {
    const structure = [...this.structure, ...bigEndian(END)];
    const header = 40;
    const reservations = 16;
    const offStructure = header + reservations;
    const offStrings = offStructure + structure.length;
    const total = Math.ceil((offStrings + this.strings.length) / 8) * 8;
    const out = new Uint8Array(total);
    const words = [
      0xd00dfeed,
      total,
      offStructure,
      offStrings,
      header,
      17,
      16,
      0,
      this.strings.length,
      structure.length,
    ];
    out.set(words.flatMap(bigEndian));
    out.set(structure, offStructure);
    out.set(this.strings, offStrings);
    return out;
  }
}

const bigEndian = (n: number): number[] => [(n >>> 24) & 0xff, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff];

/** A 64-bit number as two cells. */
export const cells64 = (n: number): [number, number] => [Math.floor(n / 2 ** 32), n >>> 0];

/** A `reg` of two address and two size cells. */
export const reg = (base: number, size: number): number[] => [...cells64(base), ...cells64(size)];

/** The interrupt controllers that devices name: the PLIC, and each hart's own. */
export interface Interrupts {
  readonly plic: number;
  readonly harts: readonly number[];
}
