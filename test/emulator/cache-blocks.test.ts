/** Cache-block instructions: who may use them, what cbo.zero writes, what faults, and that prefetches never do. */
import {
  access,
  DATA,
  fence,
  gives,
  illegal,
  type Mode,
  type Outcome,
  peek,
  poke,
  prove,
  run,
  type Step,
  TABLES,
  trap,
  value,
  within,
  write,
} from './privileged.js';

const ISA = 'rv64gc_zicbom_zicboz_zicbop_svade';
const CPU = 'rv64,h=false,zicbom=on,zicboz=on,zicbop=on,svade=on,svadu=off';

const known = run('.option arch, +zicbom, +zicboz, +zicbop');
const CBIE = { flush: 1 << 4, inval: 3 << 4 } as const;
const CBCFE = 1 << 6;
const CBZE = 1 << 7;
const FINE = value(0);

/** The instruction in a mode, with settings of the modes above it. */
const under = (mode: Mode, code: string, menvcfg: number, senvcfg: number, expect: Outcome): Step[] => [
  write('menvcfg', menvcfg),
  write('senvcfg', senvcfg),
  within(mode, `li a1, ${DATA}; cbo.${code} (a1)`, expect),
];

const matrix: readonly (readonly [codes: readonly string[], enable: number])[] = [
  [['zero'], CBZE],
  [['clean', 'flush'], CBCFE],
  [['inval'], CBIE.flush],
  [['inval'], CBIE.inval],
];
prove('menvcfg lets S use them, senvcfg U, and both are needed for U', ISA, CPU, [
  known,
  ...matrix.flatMap(([codes, on]) =>
    codes.flatMap((code) => [
      ...under('M', code, 0, 0, FINE),
      ...under('S', code, 0, on, illegal),
      ...under('S', code, ~on & 0xd0, on, illegal),
      ...under('S', code, on, 0, FINE),
      ...under('U', code, on, 0, illegal),
      ...under('U', code, 0, on, illegal),
      ...under('U', code, on, on, FINE),
    ]),
  ),
]);

const LEAF = { V: 1, R: 2, W: 4, X: 8, U: 16, A: 64, D: 128 } as const;
/** Pages of 1 GiB from 0 on, one for each list of bits, all of them RAM. */
const pages = (...flags: number[]): Step[] => [
  ...flags.map((bits, n) => poke(TABLES + 8 * n, (BigInt(0x8000_0000 / 4096) << 10n) | BigInt(bits))),
  write('satp', (8n << 60n) | BigInt(TABLES / 4096)),
  fence,
];
const GIGA = 0x4000_0000;
/** An address in page n that is RAM's address DATA, and not at the start of its block. */
const inPage = (n: number) => n * GIGA + (DATA - 0x8000_0000) + 0x18;
const { V, R, W, X, U, A, D } = LEAF;

/** A fault, whose trap value is the address in the register. QEMU 10 gives the start of the block. */
const faults = (mode: Mode, va: number, code: string, cause: number): Step => ({
  ...access(mode, va, code, trap(cause, va)),
  qemu: trap(cause, va - (va % 64)),
});

prove('zeros go to the whole block that the address lies in, and nowhere else', ISA, CPU, [
  known,
  ...Array.from({ length: 10 }, (_, n) => poke(DATA - 8 + 8 * n, 0x1111 * (n + 1))),
  gives(`li t0, ${DATA + 0x2b}; cbo.zero (t0)`, FINE),
  ...Array.from({ length: 10 }, (_, n) => peek(DATA - 8 + 8 * n, n === 0 || n === 9 ? 0x1111 * (n + 1) : 0)),
  gives(`li t0, ${DATA - 8}; cbo.clean (t0); cbo.flush (t0); cbo.inval (t0); ld a0, 0(t0)`, value(0x1111)),
]);

prove(
  'zeroing needs what a store needs, management what a load or a store needs; exceptions are those of stores',
  ISA,
  CPU,
  [
    known,
    ...pages(V | R | W | A | D, V | R | A, V | R | W | X | U | A | D, 0, V | X | A, V | R | W | A, V | R | W | D),
    access('S', inPage(0), 'cbo.zero (t0)', FINE),
    access('S', inPage(0), 'cbo.inval (t0)', FINE),
    // Readable only.
    faults('S', inPage(1), 'cbo.zero (t0)', 15),
    access('S', inPage(1), 'cbo.clean (t0)', FINE),
    access('S', inPage(1), 'cbo.flush (t0)', FINE),
    access('S', inPage(1), 'cbo.inval (t0)', FINE),
    // The user's.
    faults('S', inPage(2), 'cbo.zero (t0)', 15),
    faults('S', inPage(2), 'cbo.clean (t0)', 15),
    access('U', inPage(2), 'cbo.zero (t0)', FINE),
    faults('U', inPage(0), 'cbo.flush (t0)', 15),
    // Nothing there; executable only.
    faults('S', inPage(3), 'cbo.inval (t0)', 15),
    faults('S', inPage(4), 'cbo.clean (t0)', 15),
    // Dirty or accessed bits that software has to set.
    faults('S', inPage(5), 'cbo.zero (t0)', 15),
    access('S', inPage(5), 'cbo.clean (t0)', FINE),
    faults('S', inPage(6), 'cbo.clean (t0)', 15),
  ],
);

/** Physical memory protection of 4 KiB at DATA, for S and U. */
const protect = (permissions: number): Step =>
  run(`li t0, ${Math.floor(DATA / 4) + 0x1ff}; csrw pmpaddr0, t0; li t0, ${0x18 | permissions}; csrw pmpcfg0, t0`);
prove('physical memory protection is asked too', ISA, CPU, [
  known,
  protect(1),
  faults('S', DATA + 8, 'cbo.zero (t0)', 7),
  access('S', DATA + 8, 'cbo.clean (t0)', FINE),
  protect(0),
  faults('S', DATA + 8, 'cbo.clean (t0)', 7),
  faults('S', DATA + 8, 'cbo.inval (t0)', 7),
  protect(3),
  access('S', DATA + 8, 'cbo.zero (t0)', FINE),
]);

prove('prefetches are allowed everywhere and never fault', ISA, CPU, [
  known,
  ...pages(0, 0, 0),
  ...(['i', 'r', 'w'] as const).map((kind) => access('S', GIGA, `prefetch.${kind} 64(t0)`, FINE)),
  write('satp', 0),
  ...(['i', 'r', 'w'] as const).map((kind) => within('U', `li a1, -64; prefetch.${kind} -2048(a1)`, FINE)),
]);

prove(
  'a hart without them has illegal instructions, and an ori that does nothing',
  'rv64gc',
  'rv64,h=false,zicbom=off,zicboz=off,zicbop=off',
  [
    known,
    ...['inval', 'clean', 'flush', 'zero'].map((name) => gives(`li t0, ${DATA}; cbo.${name} (t0)`, illegal)),
    gives('prefetch.w 32(zero)', FINE),
  ],
);
