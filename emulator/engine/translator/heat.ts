/** How hot code is: what all harts together that execute the same were seen to spend in a page outside translated code. */
import { Hot } from './hot.js';
import type { Translated } from './translator.js';

/** Of a page's code, for all harts that execute the same there. */
export interface Heat {
  readonly code: Uint8Array;
  /** Instructions spent here outside translated code, as far as was seen. */
  spent: number;
  /** How often code was translated that had been before. */
  again: number;
  joins: number;
  /** Its loops go through more pages than the TLB holds. */
  streams: boolean;
  readonly hot: Hot;
  /** The regions that jumped to its targets. */
  readonly from: Set<Translated>;
}

/** What is known of a page in a hart's slot. */
export interface Known {
  readonly heat: Heat;
  /** The region that holds the instruction at an offset, where the hart's records enter it. */
  readonly held: Map<number, Translated>;
}

/** The most pages that are remembered while no slot has them. */
const MOST = 1024;

export class Heats {
  /** By virtual page and ISA: of the code that was seen there last. */
  private readonly byKey = new Map<string, Heat>();

  /** Of code at a page of harts that are alike. */
  of(key: string, code: Uint8Array): Heat {
    let heat = this.byKey.get(key);
    if (!heat || !same(heat.code, code)) {
      if (this.byKey.size >= MOST) this.byKey.clear();
      heat = { code, spent: 0, again: 0, joins: 0, streams: false, hot: new Hot(), from: new Set() };
      this.byKey.set(key, heat);
    }
    return heat;
  }

  clear(): void {
    this.byKey.clear();
  }
}

/** Do two pages hold the same? */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  const [these, those] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length / 4));
  return these!.every((word, n) => word === those![n]);
}
