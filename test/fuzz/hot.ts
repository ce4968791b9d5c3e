/**
 * Random programs that get hot: the atoms of generate.ts in loops, for ever. Under them stands monitor.S, so that all happens within the guest: traps, the timer's
 * interrupts at any instruction, pages that go and move, three levels of privilege, a second hart that runs the same code over the same memory.
 */
import { readFileSync } from 'node:fs';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { readElf } from '../../emulator/elf.js';
import type { Machine } from '../../emulator/machine.js';
import { RAM_BASE } from '../../emulator/machine.js';
import { rowOf } from '../../isa/decode.js';
import { A, D, PageTables, R, U, W, X } from '../emulator/page-tables.js';
import { everything } from '../hart.js';
import { Draft, everything as all } from './draft.js';
import { Generator } from './generate.js';
import { type Atom, BASE, image, layout, type Program, type Word, word } from './program.js';
import { Random } from './random.js';

const PAGE = 4096;
/** Physical addresses, in the superpage that is the supervisor's. */
const AREAS = RAM_BASE + 0x8000;
const AREA_BYTES = 256;
const TABLES = RAM_BASE + 0x10_0000;
const SPARES = RAM_BASE + 0x40_0000;
const MTIMECMP = 0x200_4000;
/** In menvcfg and senvcfg: cache-block operations are allowed. */
const CACHE_BLOCKS = 0xf0n;

/** Of monitor.S. */
const area = { random: 48, paging: 56, spare: 72, entries: 80, timer: 88, most: 96 } as const;

/** What loops need, and atoms leave alone: a counter; vl and vtype as they were when the loop began. */
const COUNTER = 26;
const [VL, VTYPE] = [23, 24];
const KEPT = [COUNTER, VL, VTYPE];
const CSR = { vl: 0xc20, vtype: 0xc21 };

const VLENS = [128, 256, 512, 1024];

export interface Hot {
  readonly seed: number;
  readonly vlen: number;
  readonly harts: number;
  /** Somebody meddles between two instructions, now and then (bystander.ts). */
  readonly watched: boolean;
  /** Harts' turns are drawn. */
  readonly drawn: boolean;
  /** The highest privilege: U, S or M. */
  readonly most: 0 | 1 | 3;
  readonly memory: 'physical' | 'translated' | 'paged';
  /** Traps that go to the supervisor. */
  readonly delegated: bigint;
  readonly loops: readonly (readonly Atom[])[];
}

const writesKept = ({ bits }: Word) => {
  const row = rowOf(bits, all);
  return row === undefined || KEPT.some((x) => new Draft(row, bits).writes(x));
};

/** The program of a seed. */
export function hot(seed: number): Hot {
  const r = new Random(seed ^ 0x407);
  const vlen = r.pick(VLENS);
  const memory = r.pick(['physical', 'translated', 'paged', 'paged'] as const);
  const atoms = new Generator(seed, vlen).program(40 + r.below(120)).atoms;
  const usable = atoms.filter(({ words }) => !words.some(writesKept)).map((atom) => ({ ...atom, checked: false }));
  const loops: Atom[][] = [];
  for (let n = 0; n < usable.length; ) {
    const size = 1 + r.below(r.oneIn(2) ? 4 : 16);
    loops.push(usable.slice(n, n + size));
    n += size;
  }
  return {
    seed,
    vlen,
    harts: r.oneIn(4) ? 2 : 1,
    drawn: r.oneIn(2),
    most: memory === 'paged' ? r.pick([0, 1, 1]) : r.pick([0, 1, 3, 3]),
    memory,
    delegated: BigInt(r.word() & 0b1_0000_1100),
    loops,
    watched: r.oneIn(4),
  };
}

/** Loops one behind the other, and from the last back to the first. */
function program({ seed, vlen, loops }: Hot): Program {
  const r = new Random(seed ^ 0x100);
  const bytes = (words: readonly Word[]) => words.reduce((sum, { length }) => sum + length, 0);
  const whole = loops.flatMap((atoms): Atom[] => {
    const before = [
      word('csrrs', VL, CSR.vl, 0),
      word('csrrs', VTYPE, CSR.vtype, 0),
      word('addi', COUNTER, 0, 1 + r.below(r.oneIn(4) ? 300 : 30)),
    ];
    const again = word('vsetvl', 0, VL, VTYPE);
    const body = [again, ...atoms.flatMap(({ words }) => words), word('addi', COUNTER, COUNTER, -1)];
    const control = (words: readonly Word[]) => ({ row: 'bne', words });
    return [
      control([...before, again]),
      ...atoms,
      control([word('addi', COUNTER, COUNTER, -1), word('bne', COUNTER, 0, -bytes(body))]),
    ];
  });
  const back = { row: 'jal', words: [word('jal', 0, -bytes(whole.flatMap(({ words }) => words)))] };
  return { seed, vlen, paged: false, atoms: [...whole, back] };
}

let monitor: ReturnType<typeof readElf> | undefined;
function assembledMonitor() {
  if (monitor) return monitor;
  const text = readFileSync(new URL('monitor.S', import.meta.url), 'utf8');
  const equates = `.equ BASE, 0x${BASE.toString(16)}\n.equ BYTES, 0x${layout.end.toString(16)}\n`;
  const { elf, diagnostics } = assemble([{ name: 'monitor.S', text: equates + text }], {
    base: BigInt(RAM_BASE),
    arch: everything,
  });
  if (!elf) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  monitor = readElf(elf, 'monitor');
  return monitor;
}

/** Put it into a machine, ready for its first instruction. */
export function load(machine: Machine, what: Hot): void {
  const { memory } = machine;
  const elf = assembledMonitor();
  const label = (name: string) => elf.symbols.find((symbol) => symbol.name === name)!.value;
  const long = (at: number, value: bigint) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    memory.write(at, bytes);
  };
  memory.write(TABLES, new Uint8Array(16 * PAGE));
  for (const { pa, data } of elf.segments) memory.write(Number(pa), data);
  memory.write(BASE, image(program(what)));
  const tables = new PageTables(machine, TABLES);
  tables.map(BigInt(RAM_BASE), RAM_BASE, R | W | X | A | D, 1);
  const isPaged = what.memory === 'paged';
  for (let page = 0; page < layout.end / PAGE; page++)
    tables.map(BigInt(BASE + page * PAGE), BASE + page * PAGE, R | W | X | U | (page % 3 ? A | D : 0));
  machine.reset({ pc: elf.entry });
  const r = new Random(what.seed ^ 0x7135);
  for (const hart of machine.harts) {
    const own = AREAS + hart.id * AREA_BYTES;
    memory.write(own, new Uint8Array(AREA_BYTES));
    long(own + area.random, r.long());
    long(own + area.paging, isPaged ? 1n : 0n);
    long(own + area.spare, BigInt(SPARES + hart.id * PAGE));
    long(own + area.entries, BigInt(tables.entryAt(BigInt(BASE))));
    long(own + area.timer, BigInt(MTIMECMP + 8 * hart.id));
    long(own + area.most, BigInt(what.most));
    hart.setCsr('pmpaddr0', (1n << 54n) - 1n);
    hart.setCsr('pmpcfg0', 0x1fn);
    if (what.memory !== 'physical') hart.setCsr('satp', tables.satp);
    hart.setCsr('mtvec', label('monitor'));
    hart.setCsr('mscratch', BigInt(own));
    hart.setCsr('stvec', label('supervisor'));
    hart.setCsr('sscratch', BigInt(own + AREA_BYTES / 2));
    hart.setCsr('medeleg', what.delegated);
    hart.setCsr('mepc', BigInt(BASE));
    hart.setCsr('mie', 0x80n);
    hart.setCsr('mstatus', (3n << 13n) | (3n << 9n) | (BigInt(what.most) << 11n) | 0x80n);
    hart.setCsr('menvcfg', CACHE_BLOCKS);
    hart.setCsr('senvcfg', CACHE_BLOCKS);
  }
}

/** The words of its loops, for a report. */
export const wordsOf = ({ loops }: Hot): Word[][] => loops.map((atoms) => atoms.flatMap(({ words }) => words));
