import type { GuestMemory } from './guest.js';
import type { Images } from './images.js';
import { type Code, codeOf } from './instructions.js';
import type { Place } from './symbols/places.js';
import type { Image } from './symbols/image.js';

/** A line of disassembly, nearly as DAP has it. */
export interface Listed {
  readonly address: string;
  readonly instruction: string;
  readonly instructionBytes?: string;
  readonly symbol?: string;
  readonly place?: Place;
  readonly presentationHint?: 'normal' | 'invalid';
}

/** The most bytes before an address in which the start of an instruction is looked for. */
const LOOK_BACK = 4096;
const LONGEST = 4;

/** `count` instructions, the first of which stands `skip` instructions after `start` (before it, when negative). */
export function listing(
  memory: GuestMemory,
  images: Images,
  privilege: number,
  start: bigint,
  skip: number,
  count: number,
): Listed[] {
  const image = images.of(start, privilege);
  const show = (pc: bigint, code: Code | undefined): Listed => {
    if (!code) return { address: hex(pc), instruction: '(not mapped)', presentationHint: 'invalid' };
    const found = image?.symbolAt(pc);
    const row = image?.places.rowAt(pc);
    return {
      address: hex(pc),
      instruction: code.text,
      instructionBytes: [...code.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      ...(found && found.offset === 0n && { symbol: found.symbol.name }),
      ...(!code.row && { presentationHint: 'invalid' as const }),
      // The source stands beside the first instruction of a line.
      ...(row && row.address === pc && { place: image!.places.at(pc) }),
    };
  };
  const before = skip < 0 ? backwards(memory, image, start, -skip) : [];
  const list = before.map((pc) => show(pc, decode(memory, images, privilege, pc)));
  // What lies too far back or nowhere is filled up, so that the client's arithmetic holds.
  while (list.length < -skip) {
    const first = list[0] ? BigInt(list[0].address) : start;
    list.unshift({
      address: hex(first >= 2n ? first - 2n : 0n),
      instruction: '(not mapped)',
      presentationHint: 'invalid',
    });
  }
  let pc = start;
  for (let n = 0; n < skip + count; n++) {
    const code = decode(memory, images, privilege, pc);
    if (n >= skip) list.push(show(pc, code));
    pc = BigInt.asUintN(64, pc + BigInt(code?.length ?? 2));
  }
  return list.slice(0, count);
}

const hex = (va: bigint) => `0x${va.toString(16)}`;

function decode(memory: GuestMemory, images: Images, privilege: number, pc: bigint): Code | undefined {
  const bytes = memory.read(pc, LONGEST);
  if (bytes.length < 2) return undefined;
  const word = bytes.reduce((sum, byte, n) => sum | (byte << (8 * n)), 0) >>> 0;
  return codeOf(word, pc, bytes, (address) => {
    const found = images.of(address, privilege)?.symbolAt(address);
    return found && { name: found.symbol.name, offset: found.offset };
  });
}

/** The addresses of up to `count` instructions that lead to `start`, in order. */
function backwards(memory: GuestMemory, image: Image | undefined, start: bigint, count: number): bigint[] {
  const reach = BigInt(Math.min(LOOK_BACK, count * LONGEST + LONGEST));
  const lowest = start > reach ? start - reach : 0n;
  // Begin where instructions surely begin: at a symbol or a line.
  const sure = image?.symbolAt(lowest)?.symbol.value;
  const starts = [...(sure !== undefined && lowest - sure < LOOK_BACK ? [sure] : []), lowest, lowest + 2n];
  let best: bigint[] | undefined;
  for (const begin of starts) {
    const path: bigint[] = [];
    let pc = begin;
    while (pc < start) {
      const bytes = memory.read(pc, 2);
      if (bytes.length < 2) path.length = 0;
      else path.push(pc);
      // No instruction reaches over a symbol or a line's beginning: what seems to is data.
      const cut = image?.symbolAt(pc + 2n)?.offset === 0n || image?.places.rowAt(pc + 2n)?.address === pc + 2n;
      pc += bytes.length === 2 && (bytes[0] & 3) === 3 && !cut ? 4n : 2n;
    }
    // A way that runs past the address is only taken when none hits it: then the address lies within an instruction.
    if (pc === start) return path.slice(-count);
    best ??= path;
  }
  return best!.slice(-count);
}
