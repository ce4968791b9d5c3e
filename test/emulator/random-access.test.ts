/** Random page tables and random PMP rules: loads, stores and fetches end here as they do on QEMU 10. */
import { Random } from '../fuzz/random.js';
import {
  access,
  agree,
  DATA,
  fence,
  jumps,
  loads,
  type Mode,
  peek,
  poke,
  run,
  type Step,
  stores,
  TABLES,
  value,
  write,
} from './privileged.js';

const CPU = 'rv64,h=false,v=false';
/** Only marks a step that gives something. */
const any = value(0);
const PAGE = 4096;

const pick = <T>(random: Random, ...from: T[]): T => from[random.below(from.length)]!;
/** Environment calls at the start of the data's first pages, for fetches. */
const calls = Array.from({ length: 16 }, (_, n) => poke(DATA + n * PAGE, 0x73));

/** Values stay below 99, which is a branch to itself: what is stored may come to be executed. */
function attempt(random: Random, va: bigint, modes: readonly Mode[], atomics: boolean): Step {
  const mode = pick(random, ...modes);
  const kind = random.below(6);
  if (kind === 0) return jumps(mode, va, any);
  if (kind <= 2) return stores(mode, va + 8n, any, random.below(60));
  if (kind === 3 && atomics) return access(mode, va + 16n, 'li t1, 1; amoadd.d a0, t1, (t0)', any);
  return loads(mode, va + 8n, any);
}

// Page tables. The indices of the levels are fixed but for the lowest, so that large pages lead to the data too. No atomics: QEMU's walk for
// one is that of a load first, and then of a store.

const INDICES = [0, 1, 2, 1, 1];
const [V, R, W, X, U, G, A, D] = [1, 2, 4, 8, 16, 32, 64, 128];

/** A leaf's bits: most are what a kernel would write. */
function flags(random: Random): number {
  if (random.oneIn(4)) return random.below(256);
  const rights = pick(random, R, R | W, X, R | X, R | W | X);
  return V | rights | pick(random, 0, U) | pick(random, 0, G) | pick(random, 0, A, A | D, A | D, A | D);
}

function walks(seed: number, levels: number): Step[] {
  const random = new Random(seed);
  const steps: Step[] = [...calls, write('satp', (BigInt(levels + 5) << 60n) | BigInt(TABLES / PAGE))];
  for (let n = 0; n < 60; n++) {
    const indices = [random.below(16), ...INDICES.slice(1, levels)];
    let va = indices.reduceRight((all, index) => (all << 9n) | BigInt(index), 0n) << 12n;
    let range = false;
    const leaf = random.oneIn(2) ? 0 : random.below(levels);
    for (let level = levels - 1; level >= leaf; level--) {
      const at = TABLES + (levels - 1 - level) * PAGE + 8 * indices[level]!;
      const span = 2 ** (12 + 9 * level);
      const target = level === 0 ? DATA + random.below(16) * PAGE : Math.floor(DATA / span) * span;
      const misplaced = level > 0 && random.oneIn(10) ? PAGE : 0;
      const high = random.oneIn(5)
        ? BigInt(random.below(1024)) << 54n
        : random.oneIn(3)
          ? BigInt(random.below(8)) << 61n
          : 0n;
      const [pa, bits] =
        level === leaf
          ? [target + misplaced, flags(random)]
          : [TABLES + (levels - level) * PAGE, random.oneIn(20) ? V | (1 << random.below(8)) : V];
      const upper = level === leaf || random.oneIn(20) ? high : 0n;
      range = upper >> 63n !== 0n;
      steps.push(poke(at, (BigInt(pa / PAGE) << 10n) | BigInt(bits) | upper));
    }
    if (random.oneIn(20)) va ^= 1n << BigInt(12 + 9 * levels - 1 + random.below(8));
    const environment = (BigInt(random.below(4)) << 61n) & (3n << 61n);
    steps.push(
      write('menvcfg', environment),
      fence,
      run(`li t1, 0xc0000; csrc mstatus, t1; li t1, ${random.below(4) << 18}; csrs mstatus, t1`),
      ...Array.from({ length: 4 }, () => attempt(random, va, ['S', 'U'], false)),
    );
    // What the walk left in the leaf. (QEMU sets accessed even where it then finds that the leaf can stand for no range.)
    if (!range) steps.push(peek(TABLES + (levels - 1 - leaf) * PAGE + 8 * indices[leaf]!, 0));
  }
  return [...steps, write('satp', 0)];
}

const EXTENSIONS = 'svpbmt_svnapot_svadu_svade_sv48_sv57';
const OPTIONS = 'svpbmt=on,svnapot=on,svadu=on,svade=on';
for (const levels of [3, 4, 5])
  for (let seed = 1; seed <= 4; seed++)
    agree(
      `random page tables of ${levels} levels, ${seed}`,
      `rv64gc_${EXTENSIONS}`,
      `${CPU},${OPTIONS}`,
      walks(seed, levels),
    );

// PMP: eight random rules about the first pages of the data.

function rules(seed: number, lockdown: boolean): Step[] {
  const random = new Random(1000 + seed);
  const steps: Step[] = [...calls];
  if (lockdown)
    // Rules can be changed; behind the random ones, code and what the program writes stay machine mode's.
    steps.push(
      write('mseccfg', 4),
      write('pmpaddr14', 0x8000_0000 / 4 + 0x1_ffff),
      write('pmpcfg2', 0x9d_0000_0000_0000n),
      write('mseccfg', 5),
    );
  for (let n = 0; n < 60; n++) {
    let config = 0n;
    const near = DATA / 4 + random.below(4) * (PAGE / 4);
    for (let entry = 0; entry < 8; entry++) {
      // From address 0 on a rule would cover the program, too.
      const kind = entry === 0 ? pick(random, 0, 2, 3) : random.below(4);
      const size = 2 ** (1 + random.below(12));
      const address =
        kind === 3 ? Math.floor(near / size) * size + size / 2 - 1 : near + random.below(64) * pick(random, 1, 2, 16);
      // W without R is reserved where there is no lockdown, and machine mode must not lock itself out.
      const rwx = random.below(8);
      const rights = !lockdown && (rwx & 3) === 2 ? rwx & 5 : rwx;
      const lock = lockdown && random.oneIn(3) ? 0x80 : 0;
      steps.push(write(`pmpaddr${entry}`, address));
      if (random.oneIn(2)) config |= BigInt((kind << 3) | rights | lock) << BigInt(8 * entry);
    }
    steps.push(write('pmpcfg0', config), fence);
    const modes: readonly Mode[] = lockdown ? ['M', 'S', 'U'] : ['S', 'U'];
    for (let k = 0; k < 6; k++)
      steps.push(
        attempt(random, BigInt(near * 4 + pick(random, 0, 4, 8, 64, 256, 2048) * random.below(4)), modes, true),
      );
    steps.push(write('pmpcfg0', 0));
  }
  return steps;
}

for (let seed = 1; seed <= 4; seed++) {
  agree(`random PMP rules, ${seed}`, 'rv64gc', CPU, rules(seed, false));
  agree(`random PMP rules under lockdown, ${seed}`, 'rv64gc_smepmp', `${CPU},smepmp=on`, rules(seed, true));
}
