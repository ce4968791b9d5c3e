import type { GuestMemory } from './guest.js';
import { type Images, privilegeNames } from './images.js';
import { codeAt } from './instructions.js';

/** Code without lines as a text, a line for each instruction. */
export interface CodeListing {
  readonly name: string;
  readonly privilege: number;
  readonly text: string;
  /** By line (the first is 0): the address of its instruction; undefined: it has none. */
  readonly addresses: readonly (bigint | undefined)[];
}

/** The most instructions in a listing. */
const MOST = 2000;
/** Where nothing names the code, so many follow the place. */
const FEW = 64;
/** The farthest that a symbol's code is taken to reach before a place, in bytes. */
const FARTHEST = 0x4000n;

/** The code around a place: all of the symbol's, where one names it; else from the place on. Undefined: nothing is mapped there. */
export function codeListing(
  pc: bigint,
  privilege: number,
  memory: GuestMemory,
  images: Images,
): CodeListing | undefined {
  const image = images.of(pc, privilege);
  const symbols = (address: bigint) => {
    const found = images.of(address, privilege)?.symbolAt(address);
    return found && { name: found.symbol.name, offset: found.offset };
  };
  const owner = image?.symbolAt(pc);
  const named = owner !== undefined && owner.offset < FARTHEST;
  const name = named ? owner.symbol.name : `0x${pc.toString(16)}`;
  const listing = (start: bigint): { lines: string[]; addresses: (bigint | undefined)[] } => {
    const lines = [`# ${name}, ${image?.role ?? 'code'} (${privilegeNames[privilege]}), as it is in memory`];
    const addresses: (bigint | undefined)[] = [undefined];
    let va = start;
    for (let n = 0; n < (named ? MOST : FEW); n++) {
      const here = named ? image!.symbolAt(va) : undefined;
      if (named && here?.symbol.value !== owner.symbol.value) break;
      const code = codeAt(memory, va, symbols);
      if (!code) break;
      lines.push(`${va.toString(16).padStart(16, '0')}  ${code.text}`);
      addresses.push(va);
      va += BigInt(code.length);
    }
    return { lines, addresses };
  };
  let made = listing(named ? owner.symbol.value : pc);
  // What the symbol names begins elsewhere, holds data, or is long: then from the place on.
  if (!made.addresses.includes(pc)) made = listing(pc);
  if (made.addresses.length < 2) return undefined;
  return { name, privilege, text: `${made.lines.join('\n')}\n`, addresses: made.addresses };
}
