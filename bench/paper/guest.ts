/** Runs one measured program on one chip, and gives back what it measured. */
import { readFileSync } from 'node:fs';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { ownImage } from '../../cli/files.js';
import { type BootImages, boot } from '../../emulator/boot.js';
import type { MigrationEvent } from '../../emulator/events.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc, type Soc } from '../../emulator/soc/soc.js';

/** Page faults of user code: scause of fetches, loads and stores. */
const PAGE_FAULTS = [12, 13, 15];
/** A program that hangs ends here; the longest takes a tenth. */
const MOST_INSTRUCTIONS = 4_000_000_000;
const SLICE = 10_000_000;

export interface Chip {
  readonly applications: number;
  readonly accelerators: number;
  /** What all harts have besides. */
  readonly extension?: string;
  /** Instructions of a turn; 1 unless given. */
  readonly quantum?: number;
  /** Is there a hardware mailbox? */
  readonly mailbox?: boolean;
}

export interface Guest {
  /** A file of `programs/`, without its ending. */
  readonly program: string;
  readonly chip: Chip;
  /** Constants of the program. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Every hart is the kernel's, and the program moves itself by sched_setaffinity. */
  readonly pinned?: boolean;
  /** More words for the kernel's command line. */
  readonly words?: string;
}

export interface Measured {
  /** What the program kept. */
  readonly words: readonly number[];
  readonly steps: readonly MigrationEvent[];
  /** Page faults of user code, wherever it ran. */
  readonly pageFaults: number;
  /** Arrivals on accelerator harts. */
  readonly trips: number;
}

/**
 * A chip as the presets of this pattern have it, harts of VLEN 256 beside harts without vectors, but for the turns: with those of one
 * instruction all harts go forward in the order of their times. Else a message seems to arrive up to a turn before it was sent, when its
 * sender is ahead of its receiver.
 * @throws SocError
 */
export function socOf({ applications, accelerators, extension, mailbox, quantum = 1 }: Chip): Soc {
  const name = `app${applications}-vec${accelerators}`;
  const more = extension ? `_${extension}` : '';
  const harts = [
    { count: applications, isa: `rv64gc${more}`, role: 'application' },
    { count: accelerators, isa: `rv64gcv_zvl256b${more}`, role: 'accelerator' },
  ];
  return readSoc({ name, harts, quantum, ...(mailbox && { mailbox }) }, name);
}

/** Read once: all figures are of the same images. */
let read: Pick<BootImages, 'firmware' | 'kernel'> | undefined;
function images(): Pick<BootImages, 'firmware' | 'kernel'> {
  read ??= { firmware: ownImage('firmware'), kernel: ownImage('kernel') };
  return read;
}

const text = (name: string) => readFileSync(new URL(`programs/${name}.S`, import.meta.url), 'utf8');

function built({ program, chip, constants = {}, pinned = false }: Guest): Uint8Array {
  const masks = {
    APPLICATION_MASK: 2 ** chip.applications - 1,
    VECTOR_MASK: (2 ** chip.accelerators - 1) * 2 ** chip.applications,
  };
  const all = { PINNED: Number(pinned), ...masks, ...constants };
  const lines = Object.entries(all).map(([name, value]) => `        .equ    ${name}, ${value}\n`);
  const source = { name: `${program}.S`, text: `${lines.join('')}${text('common')}${text(program)}` };
  const { elf, diagnostics } = assemble([source]);
  if (!elf) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return elf;
}

/** What was run before: a run is a function of its inputs. */
const known = new Map<string, Promise<Measured>>();

/** The program found that something it needs is not there, or is wrong. */
export class GuestFailed extends Error {}

/** @throws GuestFailed when the program says so, Error when it hangs, SocError when the machine has no such chip */
export function run(guest: Guest): Promise<Measured> {
  const inputs = JSON.stringify(guest);
  const before = known.get(inputs);
  if (before) return before;
  const result = execute(guest);
  known.set(inputs, result);
  return result;
}

async function execute(guest: Guest): Promise<Measured> {
  const machine = await Machine.create(socOf(guest.chip));
  const steps: MigrationEvent[] = [];
  let [console, pageFaults] = ['', 0];
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
    else if (event.kind === 'migration') steps.push(event);
    else if (event.kind === 'trap' && event.from === 0 && !event.interrupt && PAGE_FAULTS.includes(event.cause))
      pageFaults++;
  });
  boot(machine, {
    ...images(),
    initrd: initrd(built(guest), [guest.program], []),
    bootargs: [guest.pinned ? 'migrate=off' : '', guest.words ?? ''].join(' ').trim(),
  });
  const what = `${guest.program} on ${machine.soc.name} (${guest.words ?? ''}${guest.pinned ? ', pinned' : ''})`;
  for (let left = MOST_INSTRUCTIONS; left > 0; left -= SLICE) {
    const { reason, status } = machine.run(SLICE);
    if (reason === 'power' && status === 0) {
      const words = console.trim().split('\n').map(Number);
      if (words.some((word) => !Number.isSafeInteger(word))) throw new Error(`${what} says:\n${console}`);
      const trips = steps.filter(({ step }) => step === 'arrive').length;
      return { words, steps, pageFaults, trips };
    }
    if (reason === 'power') throw new GuestFailed(`${what} ends with status ${status}:\n${console}`);
    if (reason !== 'budget') throw new Error(`${what} stands still (${reason}):\n${console}`);
  }
  throw new Error(`${what} is still running after ${MOST_INSTRUCTIONS} instructions:\n${console}`);
}
