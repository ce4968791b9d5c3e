/** Programs on whole chips, with firmware and kernel; QEMU runs them as Linux programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.js';
import type { Program } from './program.js';

/** An example with a larger number in one `.equ`. */
function enlarged(example: string, constant: string, value: number): string {
  const text = readFileSync(join(root, 'examples', `${example}.S`), 'utf8');
  const larger = text.replace(new RegExp(`(\\.equ\\s+${constant},\\s*)\\d+`), `$1${value}`);
  if (larger === text) throw new Error(`examples/${example}.S has no .equ ${constant}`);
  return larger;
}

/** Asks so many times who it is. */
const asking = (times: number) => `
        .globl _start
_start: li      s0, ${times}
1:      li      a7, 178                 # gettid
        ecall
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a0, 0
        li      a7, 93                  # exit
        ecall
`;

interface OnChip {
  readonly name: string;
  readonly what: string;
  readonly soc: string;
  readonly text: () => string;
  /** QEMU has one hart: what the program is about does not happen there. */
  readonly alone?: true;
}

const DGEMM = 250;
const TRIPS = 20_000;
const CALLS = 300_000;

const all: readonly OnChip[] = [
  {
    name: 'dgemm on a chip',
    what: `${DGEMM} × ${DGEMM} doubles, app2-vec1`,
    soc: 'app2-vec1',
    text: () => enlarged('dgemm', 'N', DGEMM),
  },
  {
    name: 'dgemm on a chip, mixed VLEN',
    what: 'the same on mixed-vlen (256 beside 1024)',
    soc: 'mixed-vlen',
    text: () => enlarged('dgemm', 'N', DGEMM),
  },
  { name: 'gettid', what: `${CALLS} calls of the kernel`, soc: 'app2-vec1', text: () => asking(CALLS) },
  {
    name: 'pingpong',
    what: `${TRIPS} trips there and back`,
    soc: 'app2-vec1',
    text: () => enlarged('pingpong', 'ROUNDS', TRIPS),
    alone: true,
  },
];

export const chips: readonly Program[] = all.map(({ name, what, soc, text, alone }) => ({
  name,
  what,
  build: (builder) => ({
    elf: { user: builder.assembled(name.replaceAll(/\W+/g, '-'), text()) },
    isa: 'rv64gcv',
    vlen: 256,
    soc,
    ...(alone && { alone }),
  }),
}));
