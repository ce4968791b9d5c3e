import { causes } from '../isa/csrs.js';
import type { Debuggee } from './debuggee.js';
import { type Fault, refusalText } from './faults.js';
import { GuestMemory } from './guest.js';
import { codeAt } from './instructions.js';

const hex = (va: bigint) => `0x${va.toString(16)}`;
const PAGE = 4096n;

/** Why an instruction failed, in a user's words: a sentence, and facts line by line. */
export function explainFault(
  fault: Fault,
  debuggee: Debuggee,
  satp: bigint,
): { readonly sentence: string; readonly details: readonly string[] } {
  const { target, images } = debuggee;
  const hart = target.harts[fault.hart]!;
  const memory = new GuestMemory(target, hart, 0, satp);
  const code = codeAt(memory, fault.pc);
  const place = images.program.places.at(fault.pc);
  const where = place ? `${images.source(place).name}:${place.line}` : hex(fault.pc);
  const instruction = `\`${code?.text ?? '(not mapped)'}\` at ${where}`;
  const details = [
    `instruction: ${code?.text ?? '(not mapped)'}`,
    `pc: ${hex(fault.pc)} (${where})`,
    `hart: ${hart.id} (${hart.isa.text})`,
  ];
  const sentence = () => {
    const address = hex(fault.tval);
    switch (fault.cause) {
      case causes.illegal:
        return `${instruction}, which hart ${hart.id} (${hart.isa.text}) ${illegal(fault, debuggee)}`;
      case causes.breakpoint:
        return `${instruction} asks for a debugger`;
      case causes.fetchMisaligned:
        return `${instruction} jumps to ${address}, where no instruction can be`;
      case causes.loadMisaligned:
      case causes.storeMisaligned:
        return `${instruction} ${verb(fault.cause)} ${address}, which is misaligned`;
      case causes.fetchPage:
      case causes.fetchAccess:
        return `execution went to ${address}: ${there(fault, debuggee, memory)}`;
      default:
        return `${instruction} ${verb(fault.cause)} ${address}: ${there(fault, debuggee, memory)}`;
    }
  };
  const memoryFault = fault.cause !== causes.illegal && fault.cause !== causes.breakpoint;
  return { sentence: sentence(), details: [...details, ...(memoryFault ? [`address: ${hex(fault.tval)}`] : [])] };
}

const stores: readonly number[] = [causes.storeMisaligned, causes.storePage, causes.storeAccess];
const verb = (cause: number) => (stores.includes(cause) ? 'writes to' : 'reads from');

/** What the hart said of the instruction, and why no other one was asked. */
function illegal({ hart, refused }: Fault, debuggee: Debuggee): string {
  if (!refused) return 'refuses';
  const text = refusalText(refused);
  if (refused.why !== 'lacks') return text;
  const { harts } = debuggee.target;
  const able = harts.filter(({ isa }) =>
    refused.extensions.every((each) => each.split(' or ').some((name) => isa.extensions.has(name))),
  );
  if (able.length === 0) return `${text}, and no hart of the chip has that`;
  const has = `hart ${able.map(({ id }) => id).join(', ')} has it`;
  return classesOffered(debuggee, hart) === 0n ? `${text}. ${has}, but migration is off` : `${text}. ${has}`;
}

/** The classes that our kernel moves threads for; undefined: not known. */
function classesOffered({ images, target }: Debuggee, hart: number): bigint | undefined {
  const offered = images.kernel?.declared.globals.get('offered');
  if (!offered) return undefined;
  // The kernel's memory, as an application hart sees it.
  const from = target.harts[hart]!;
  return new GuestMemory(target, from, 1).word(offered.va);
}

/** What is where a fault went. */
function there({ tval, sp, cause }: Fault, { images }: Debuggee, memory: GuestMemory): string {
  const mapped = (va: bigint) => memory.read(va, 1).length > 0;
  const near = (a: bigint, b: bigint) => (a > b ? a - b : b - a);
  const what = stores.includes(cause) ? 'written to' : cause === causes.fetchPage ? 'executed' : 'read';
  const segment = images.program.elf.segments.find(({ va, size }) => tval >= va && tval < va + BigInt(size));
  if (mapped(tval)) return `it is mapped${segment ? ', as part of the program' : ''}, but may not be ${what}`;
  if (tval < PAGE) return 'nothing is mapped near 0: a null pointer, most likely';
  if (tval >> 38n !== 0n) return 'no program has memory there';
  const edge = nearest(tval, mapped);
  const text = edge
    ? `nothing is mapped there; ${edge.above ? 'what is above begins at' : 'what is below ends at'} ${hex(edge.va)}, ${near(edge.va, tval)} bytes away`
    : 'nothing is mapped there, nor near it';
  return near(tval, sp) < 16n * PAGE
    ? `${text}. It is near the stack pointer (${hex(sp)}): the stack may be full`
    : text;
}

/** Pages that are looked at in each direction. */
const FARTHEST = 64n;

/** Where the nearest mapped memory begins above an address, or ends below it. */
function nearest(va: bigint, mapped: (va: bigint) => boolean): { va: bigint; above: boolean } | undefined {
  const page = va & ~(PAGE - 1n);
  for (let n = 1n; n <= FARTHEST; n++) {
    if (page >= n * PAGE && mapped(page - n * PAGE)) return { va: page - (n - 1n) * PAGE, above: false };
    if (mapped(page + n * PAGE)) return { va: page + n * PAGE, above: true };
  }
  return undefined;
}
