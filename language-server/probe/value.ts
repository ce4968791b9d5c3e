/** What a register or a piece of memory is known to hold, where it is followed what a program does with an answer of the kernel. */

/** An answer, or what was worked out from one. */
export class Answer {
  /**
   * @param bits 64 of them, without sign
   * @param what the question; `status`: whether it could be asked
   * @param mask of the answer's bits those that may still be of influence, where that is known
   * @param shift by how far they were shifted to the left
   * @param whole the answer itself
   */
  constructor(
    readonly bits: bigint,
    readonly what: 'hwprobe' | 'hwcap' | 'status',
    readonly mask: bigint | undefined = ALL,
    readonly shift = 0,
    readonly whole = bits,
  ) {}

  /** The same answer, and something else made of it. */
  with(bits: bigint, mask?: bigint, shift?: number): Answer {
    return new Answer(BigInt.asUintN(64, bits), this.what, mask, shift, this.whole);
  }

  is(other: Value): boolean {
    return (
      other instanceof Answer &&
      other.bits === this.bits &&
      other.what === this.what &&
      other.mask === this.mask &&
      other.shift === this.shift &&
      other.whole === this.whole
    );
  }
}
export const ALL = 2n ** 64n - 1n;

/** An address in the function's stack frame: so far from where sp was at its entry. */
export class Frame {
  constructor(readonly offset: number) {}
}

/** A number (64 bits, without sign), or one of the above; undefined: unknown. */
export type Value = bigint | Answer | Frame | undefined;

export const same = (a: Value, b: Value): boolean =>
  a === b || (a instanceof Frame && b instanceof Frame && a.offset === b.offset) || (a instanceof Answer && a.is(b));

/** The number, be it an answer or not. */
export const numberOf = (value: Value): bigint | undefined =>
  value instanceof Answer ? value.bits : typeof value === 'bigint' ? value : undefined;
