/** Pointer masking: which modes, which accesses, how addresses are completed, what traps say. */
import {
  access,
  DATA,
  fence,
  jumps,
  keeps,
  loads,
  type Mode,
  peek,
  poke,
  prove,
  run,
  type Step,
  stores,
  TABLES,
  trap,
  value,
  within,
  write,
} from './privileged.js';

const ISA = 'rv64gcv_sv48_sv57_smmpm_smnpm_ssnpm_svade';
const CPU = 'rv64,h=false,v=true,smmpm=on,smnpm=on,ssnpm=on,svade=on,svadu=off';

/** PMM for 7 and 16 ignored bits. */
const PMM: Readonly<Record<7 | 16, bigint>> = { 7: 2n << 32n, 16: 3n << 32n };
/** The register that masks a mode's pointers. */
const governs = { U: 'senvcfg', S: 'menvcfg', M: 'mseccfg' } as const;

/** A tag in the ignored bits. */
const tagged = (address: bigint | number, length: 7 | 16, tag = 0x5n) => BigInt(address) | (tag << BigInt(64 - length));

const gigapage = (pa: number, flags: number) => (BigInt(pa / 4096) << 10n) | BigInt(flags);
const ALL = 0xcf; // V R W X A D
const USER = 0x10;
const HIGH = -(1n << 38n); // the first address of the upper half of Sv39

/** The last double-word of RAM. */
const LAST = 0x80ff_fff8;

/** Vector loads of two elements: where from, code, and what they leave in a0. */
const vectors: readonly (readonly [at: number, code: string, expect: number])[] = [
  [DATA, 'vle64.v v1, (t0); vmv.x.s a0, v1', 0x99],
  [DATA, 'li t1, 8; vlse64.v v1, (t0), t1; vslidedown.vi v1, v1, 1; vmv.x.s a0, v1', 7],
  [DATA, 'vid.v v2; vsll.vi v2, v2, 3; vluxei64.v v1, (t0), v2; vslidedown.vi v1, v1, 1; vmv.x.s a0, v1', 7],
  [DATA, 'vle64ff.v v1, (t0); vmv.x.s a0, v1', 0x99],
  [LAST, 'vle64ff.v v1, (t0); vmv.x.s a0, v1; csrr t1, vl; add a0, a0, t1', 0x78],
];

/** Sv39: RAM at its own addresses and at the start of the upper half, for one mode. */
const translated = (mode: Mode): Step[] => [
  poke(TABLES + 16, gigapage(0x8000_0000, ALL | (mode === 'U' ? USER : 0))),
  poke(TABLES + 8 * 256, gigapage(0x8000_0000, ALL | (mode === 'U' ? USER : 0))),
  write('satp', (8n << 60n) | BigInt(TABLES / 4096)),
  fence,
];

for (const length of [7, 16] as const) {
  const on = (mode: Mode) => keeps(governs[mode], PMM[length]);
  // QEMU 10 takes no PMM in mseccfg where it has Smmpm, and takes it where it has not.
  for (const mode of ['U', 'S', 'M'] as const)
    prove(`${length} bits ignored in ${mode} without translation`, ISA, mode === 'M' ? undefined : CPU, [
      poke(DATA, 0x55),
      loads(mode, tagged(DATA, length), trap(5, tagged(DATA, length))),
      on(mode),
      loads(mode, tagged(DATA, length), value(0x55)),
      loads(mode, tagged(DATA, length, 3n), value(0x55)),
      loads(mode, DATA, value(0x55)),
      // The bit below the ignored ones is not ignored, and not extended.
      loads(mode, DATA + 2 ** (63 - length), trap(5, BigInt(DATA) + (1n << BigInt(63 - length)))),
      loads(
        mode,
        tagged(BigInt(DATA) + (1n << BigInt(63 - length)), length),
        trap(5, BigInt(DATA) + (1n << BigInt(63 - length))),
      ),
      stores(mode, tagged(DATA + 8, length), value(0)),
      peek(DATA + 8, 7),
      ...['U', 'S', 'M']
        .filter((other) => other !== mode)
        .map((other) => loads(other as Mode, tagged(DATA, length), trap(5, tagged(DATA, length)))),
      keeps(governs[mode], 0),
      loads(mode, tagged(DATA, length), trap(5, tagged(DATA, length))),
    ]);

  for (const mode of ['U', 'S'] as const)
    prove(`${length} bits ignored in ${mode} with translation`, ISA, CPU, [
      ...translated(mode),
      poke(DATA, 0x55),
      loads(mode, tagged(DATA, length), trap(13, tagged(DATA, length))),
      on(mode),
      loads(mode, tagged(DATA, length), value(0x55)),
      // The upper half: its own upper bits are what the ignored ones are set to.
      loads(mode, tagged(BigInt.asUintN(64 - length, HIGH + BigInt(DATA - 0x8000_0000)), length), value(0x55)),
      loads(mode, BigInt.asUintN(64 - length, HIGH + BigInt(DATA - 0x8000_0000)), value(0x55)),
      stores(mode, tagged(DATA + 8, length), value(0)),
      peek(DATA + 8, 7),
      // The trap value is the address that was meant.
      loads(mode, tagged(0x1000, length), trap(13, 0x1000)),
      stores(mode, tagged(0x1008, length), trap(15, 0x1008)),
      loads(mode, tagged(BigInt.asUintN(64 - length, -4096n), length), trap(13, -4096n)),
      // Atomics, across pages, floating point and vectors.
      access(mode, tagged(DATA, length), 'li t1, 1; amoadd.d a0, t1, (t0)', value(0x55)),
      access(mode, tagged(DATA, length), 'lr.d a0, (t0); li t1, 0x99; sc.d t2, t1, (t0); add a0, a0, t2', value(0x56)),
      peek(DATA, 0x99),
      access(mode, tagged(0x1000, length), 'li t1, 1; amoadd.d a0, t1, (t0)', trap(15, 0x1000)),
      access(
        mode,
        tagged(DATA + 0xffd, length),
        'li t1, 0x123456789; sd t1, 0(t0); ld a0, 0(t0)',
        value(0x1_2345_6789),
      ),
      run('li t1, 0x6600; csrs mstatus, t1'),
      access(mode, tagged(DATA, length), 'fld ft0, 0(t0); fmv.x.d a0, ft0', value(0x99)),
      // Not for fetches.
      jumps(mode, tagged(DATA, length), trap(12, tagged(DATA, length))),
      // Nor where MXR is on.
      run('li t1, 0x80000; csrs mstatus, t1'),
      loads(mode, tagged(DATA, length), trap(13, tagged(DATA, length))),
      run('li t1, 0x80000; csrc mstatus, t1'),
      loads(mode, tagged(DATA, length), value(0x99)),
      keeps(governs[mode], 0),
      loads(mode, tagged(DATA, length), trap(13, tagged(DATA, length))),
    ]);
}

// QEMU 10 ends with a failed assertion when it is told the reserved way.
prove('the reserved way of masking is not taken', ISA, undefined, [
  keeps('senvcfg', PMM[7]),
  keeps('senvcfg', 1n << 32n, PMM[7]),
  keeps('menvcfg', PMM[16]),
  keeps('menvcfg', 1n << 32n, PMM[16]),
  keeps('mseccfg', 1n << 32n, 0),
  keeps('mseccfg', PMM[16]),
]);
prove('no masking without the extensions', 'rv64gc_smepmp', 'rv64,h=false,v=false,smepmp=on', [
  keeps('senvcfg', PMM[7], 0),
  keeps('menvcfg', PMM[7], 0),
  { ...keeps('mseccfg', PMM[7], 0), qemu: value(PMM[7]) },
]);

// QEMU 10 loads nothing right into vectors where pointers are masked, tagged or not.
for (const mode of ['U', 'S'] as const)
  prove(`vector accesses in ${mode} are masked`, ISA, undefined, [
    ...translated(mode),
    run('li t1, 0x600; csrs mstatus, t1'),
    keeps(governs[mode], PMM[16]),
    poke(DATA, 0x99),
    poke(DATA + 8, 7),
    poke(LAST, 0x77),
    ...vectors.flatMap(([at, code, expect]) => {
      const both = `vsetivli zero, 2, e64, m1, ta, ma; ${code}`;
      return [
        within(mode, `li t0, ${tagged(at, 16)}; ${both}`, value(expect)),
        access(mode, tagged(at, 16), both, value(expect)),
      ];
    }),
    access(mode, tagged(LAST, 16), 'vsetivli zero, 2, e64, m1, ta, ma; vle64.v v1, (t0)', trap(5, LAST + 8)),
    access(mode, tagged(0x1000, 16), 'vsetivli zero, 2, e64, m1, ta, ma; vle64.v v1, (t0)', trap(13, 0x1000)),
  ]);
