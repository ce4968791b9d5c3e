/** Numbers that tell images and states apart. Not against malice: who can change a recording can change its fingerprints. */
import { fRegister, hart as at, xRegister } from '../layout.js';
import { longs, words } from '../hart/words.js';
import type { Machine } from '../machine.js';
import { unitBytes } from '../units.js';

const PAGE = 4096;
/** What the engine notes for itself in a hart's block, which differs from engine to engine: offset and bytes. */
export const engineNotes: readonly (readonly [number, number])[] = [
  [at.left, 4],
  [at.missed, 8],
  [at.missedBy, 4],
  [at.crossings, 4],
  [at.misses, 4],
  [words.shadowed, 4],
  [longs.patience, 8],
  // From asked and from ramPage on: where things lie in the linear memory, and what of that PMP leaves open.
  [words.asked, 8],
  [longs.ramPage, 56],
];
/** Bytes of a block that hold what the hart is; its TLBs lie behind. */
export const STATE = 0x1000;

/** Two hashes of 32 bits that take in a word at a time (as FNV, with other multipliers and the bits turned). */
class Mixer {
  private a = 0x811c9dc5;
  private b = 0x9e3779b9;

  word(word: number): void {
    const a = Math.imul(this.a ^ word, 0x85ebca6b);
    const b = Math.imul(this.b + word, 0xc2b2ae35);
    this.a = (a << 13) | (a >>> 19);
    this.b = ((b << 17) | (b >>> 15)) ^ a;
  }

  bytes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = bytes.length & ~3;
    for (let n = 0; n < end; n += 4) this.word(view.getInt32(n, true));
    for (let n = end; n < bytes.length; n++) this.word(bytes[n]!);
    this.word(bytes.length);
  }

  get text(): string {
    return [this.a, this.b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** Of a file. */
export function fingerprint(bytes: Uint8Array): string {
  const mixer = new Mixer();
  mixer.bytes(bytes);
  return mixer.text;
}

/** Of all that a guest could tell of a machine, whichever engine runs it. */
export function stateFingerprint(machine: Machine): string {
  const mixer = new Mixer();
  const { u8, map } = machine.memory;
  for (const hart of machine.harts) {
    const block = u8.slice(hart.block, hart.block + STATE);
    for (const [offset, count] of engineNotes) block.fill(0, offset, offset + count);
    mixer.bytes(block);
    mixer.bytes(u8.subarray(hart.block + at.units, hart.block + at.units + unitBytes));
    // Not what was written to x0, which lies between the others.
    for (const registers of [xRegister(hart.id, 0), fRegister(hart.id, 0)])
      mixer.bytes(u8.subarray(registers, registers + 32 * 8));
    mixer.word(Number(BigInt.asIntN(32, BigInt(hart.time))));
  }
  mixer.bytes(u8.subarray(map.vectors, map.vectors + map.harts * map.vectorBytes));
  const ram = new Int32Array(u8.buffer, map.ram, map.ramBytes / 4);
  for (let page = 0; page < map.ramBytes / PAGE; page++) {
    const start = (page * PAGE) / 4;
    let n = start;
    while (n < start + PAGE / 4 && ram[n] === 0) n++;
    if (n === start + PAGE / 4) continue;
    mixer.word(page);
    for (; n < start + PAGE / 4; n++) mixer.word(ram[n]!);
  }
  return mixer.text;
}
