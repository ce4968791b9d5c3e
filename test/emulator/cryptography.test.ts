/** Ciphers and hashes written with the scalar instructions, against the examples of their standards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadImage } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { Machine } from '../../emulator/machine.js';
import { build } from '../assembler/ours.js';
import { soc } from './bare-metal.js';

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g)!, (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const data = (label: string, bytes: Uint8Array) => `.balign 16\n${label}: .byte ${[...bytes].join(', ')}\n`;

/** Run a program, with data at labels, until it comes to `end`. @returns the bytes at `out` */
async function run(source: string, given: Record<string, Uint8Array>, length: number): Promise<string> {
  const places = Object.entries({ ...given, out: new Uint8Array(1024) }).map(([label, bytes]) => data(label, bytes));
  const text = `.globl _start\n_start:\n${source}\nend: j end\n${places.join('')}`;
  const elf = readElf(build(text, { entry: '_start', base: 0x8000_0000n }), 'test');
  const machine = await Machine.create(soc({ harts: [{ isa: 'rv64gc_zkn_zks' }] }));
  loadImage(machine.memory, elf, 'the program');
  machine.reset({ pc: elf.entry });
  const at = (label: string) => elf.symbols.find(({ name }) => name === label)!.value;
  machine.breakpoints.add({ va: at('end') });
  const stop = machine.run(1_000_000);
  assert.equal(stop.reason, 'breakpoint');
  return hexOf(machine.memory.read(Number(at('out')), length));
}

const rounds = (count: number, of: (n: number) => string) => Array.from({ length: count }, (_, n) => of(n)).join('\n');

// AES-128: the eleven round keys go to 256(s2), the state lies in t0 and t1.

const AES_KEYS = `
  la s0, key
  la s1, text
  la s2, out
  ld a2, 0(s0)
  ld a3, 8(s0)
  sd a2, 256(s2)
  sd a3, 264(s2)
${rounds(
  10,
  (n) => `
  aes64ks1i a4, a3, ${n}
  aes64ks2 a2, a4, a2
  aes64ks2 a3, a2, a3
  sd a2, ${272 + 16 * n}(s2)
  sd a3, ${280 + 16 * n}(s2)`,
)}
  ld t0, 0(s1)
  ld t1, 8(s1)`;

/** A key added, the first time as it stands and then, for decryption, as InvMixColumns makes it. */
const addKey = (n: number, mixed = false) => `
  ld a2, ${256 + 16 * n}(s2)
  ld a3, ${264 + 16 * n}(s2)
  ${mixed ? 'aes64im a2, a2; aes64im a3, a3' : ''}
  xor t0, t0, a2
  xor t1, t1, a3`;
const round = (name: string) => `
  ${name} t2, t0, t1
  ${name} t1, t1, t0
  mv t0, t2`;
const STORE = `
  sd t0, 0(s2)
  sd t1, 8(s2)`;

const AES = {
  key: bytesOf('000102030405060708090a0b0c0d0e0f'),
  text: '00112233445566778899aabbccddeeff',
  cipher: '69c4e0d86a7b0430d8cdb78070b4c55a',
};

test('AES-128: the example of FIPS 197, appendix C.1, encrypted', async () => {
  const program =
    AES_KEYS + addKey(0) + rounds(9, (n) => round('aes64esm') + addKey(n + 1)) + round('aes64es') + addKey(10);
  assert.equal(await run(program + STORE, { key: AES.key, text: bytesOf(AES.text) }, 16), AES.cipher);
});

test('AES-128: the same, decrypted', async () => {
  const program =
    AES_KEYS + addKey(10) + rounds(9, (n) => round('aes64dsm') + addKey(9 - n, true)) + round('aes64ds') + addKey(0);
  assert.equal(await run(program + STORE, { key: AES.key, text: bytesOf(AES.cipher) }, 16), AES.text);
});

// SHA-2: a to h in a0 to a7, one block of "abc", padded; the message schedule at `words`.

/** The first bits of the fractional parts of a root of the first primes (FIPS 180-4, sections 4.2 and 5.3). */
function fractions(count: number, bits: number, root: 2 | 3): bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((p) => n % p)) primes.push(n);
  return primes.map((prime) => {
    const scaled = prime << BigInt(root * bits);
    let low = 0n;
    let high = 1n << BigInt(bits + 8);
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** BigInt(root) <= scaled) low = middle;
      else high = middle;
    }
    return BigInt.asUintN(bits, low);
  });
}

function littleEndian(words: readonly bigint[], bytes: 4 | 8): Uint8Array {
  const out = new Uint8Array(words.length * bytes);
  words.forEach((word, n) => {
    for (let k = 0; k < bytes; k++) out[n * bytes + k] = Number((word >> BigInt(8 * k)) & 0xffn);
  });
  return out;
}

/** "abc" as one block of 16 words, most significant bytes first. */
function paddedAbc(bytes: 4 | 8): Uint8Array {
  const block = new Uint8Array(16 * bytes);
  block.set([0x61, 0x62, 0x63, 0x80]);
  block[block.length - 1] = 24;
  return block;
}

/** One block with words of 4 or 8 bytes: the same program but for widths, rounds and names. */
function sha2(bytes: 4 | 8): string {
  const [l, s, w, name, count] =
    bytes === 4 ? (['lw', 'sw', 'w', 'sha256', 64] as const) : (['ld', 'sd', '', 'sha512', 80] as const);
  const names = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
  return `
  la s0, block
  la s1, constants
  la s2, out
  la s3, words
  la s4, first
${rounds(
  16,
  (n) => `
  ${l} t0, ${bytes * n}(s0)
  rev8 t0, t0
  ${bytes === 4 ? 'srli t0, t0, 32' : ''}
  ${s} t0, ${bytes * n}(s3)`,
)}
  li s5, ${count - 16}
  mv s6, s3
1:${l} t0, 0(s6)
  ${l} t1, ${bytes}(s6)
  ${name}sig0 t1, t1
  add${w} t0, t0, t1
  ${l} t1, ${9 * bytes}(s6)
  add${w} t0, t0, t1
  ${l} t1, ${14 * bytes}(s6)
  ${name}sig1 t1, t1
  add${w} t0, t0, t1
  ${s} t0, ${16 * bytes}(s6)
  addi s6, s6, ${bytes}
  addi s5, s5, -1
  bnez s5, 1b
${names.map((register, n) => `  ${l} ${register}, ${bytes * n}(s4)`).join('\n')}
  li s5, ${count}
  mv s6, s3
  mv s7, s1
2:${name}sum1 t0, a4
  add${w} t0, t0, a7
  and t1, a4, a5
  andn t2, a6, a4
  xor t1, t1, t2
  add${w} t0, t0, t1
  ${l} t1, 0(s6)
  add${w} t0, t0, t1
  ${l} t1, 0(s7)
  add${w} t0, t0, t1
  ${name}sum0 t1, a0
  and t2, a0, a1
  and t3, a0, a2
  xor t2, t2, t3
  and t3, a1, a2
  xor t2, t2, t3
  add${w} t1, t1, t2
  mv a7, a6
  mv a6, a5
  mv a5, a4
  add${w} a4, a3, t0
  mv a3, a2
  mv a2, a1
  mv a1, a0
  add${w} a0, t0, t1
  addi s6, s6, ${bytes}
  addi s7, s7, ${bytes}
  addi s5, s5, -1
  bnez s5, 2b
${names
  .map(
    (register, n) => `
  ${l} t0, ${bytes * n}(s4)
  add${w} t0, t0, ${register}
  rev8 t0, t0
  ${bytes === 4 ? 'srli t0, t0, 32' : ''}
  ${s} t0, ${bytes * n}(s2)`,
  )
  .join('\n')}`;
}

for (const [bytes, count, digest] of [
  [4, 64, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    8,
    80,
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
] as const)
  test(`SHA-${bytes === 4 ? 256 : 512}: the digest of "abc"`, async () => {
    const given = {
      block: paddedAbc(bytes),
      constants: littleEndian(fractions(count, 8 * bytes, 3), bytes),
      first: littleEndian(fractions(8, 8 * bytes, 2), bytes),
      words: new Uint8Array(count * bytes),
    };
    assert.equal(await run(sha2(bytes), given, 8 * bytes), digest);
  });

// SM4: four words of text in a0 to a3, the key's in a4 to a7.

const SM4 = {
  key: bytesOf('0123456789abcdeffedcba9876543210'),
  cipher: '681edf34d206965e86b3e94f536e4246',
};
/** The system parameter FK, and CK: bytes that count up by 7 (GB/T 32907-2016, section 7.3). */
const FK = bytesOf('a3b1bac6 56aa3350 677d9197 b27022dc');
const CK = Uint8Array.from({ length: 128 }, (_, n) => (7 * n) & 0xff);

/** A word through the box and the linear function, added to another. */
const four = (name: string, to: string, from: string) => rounds(4, (n) => `  ${name} ${to}, ${to}, ${from}, ${n}`);
/** One of four words of which the other three and a constant in t0 make the next. */
const step = (name: string, words: readonly string[], n: number) => {
  const [to, b, c, d] = [0, 1, 2, 3].map((k) => words[(n + k) % 4]!) as [string, string, string, string];
  return `
  xor t0, t0, ${b}
  xor t0, t0, ${c}
  xor t0, t0, ${d}
${four(name, to, 't0')}`;
};
const [TEXT, KEY] = [
  ['a0', 'a1', 'a2', 'a3'],
  ['a4', 'a5', 'a6', 'a7'],
];

test("SM4: the standard's first example", async () => {
  const load = (words: readonly string[], base: string) =>
    words.map((x, n) => `  lw ${x}, ${4 * n}(${base})`).join('\n');
  const program = `
  la s0, key
  la s1, fk
  la s2, ck
  la s3, out
${load(TEXT!, 's0')}
${load(KEY!, 's0')}
${KEY!.map((x, n) => `  lw t0, ${4 * n}(s1)\n  xor ${x}, ${x}, t0`).join('\n')}
${rounds(
  32,
  (n) => `
  lw t0, ${4 * n}(s2)${step('sm4ks', KEY!, n)}
  mv t0, ${KEY![n % 4]}${step('sm4ed', TEXT!, n)}`,
)}
${[...TEXT!]
  .reverse()
  .map((x, n) => `  sw ${x}, ${4 * n}(s3)`)
  .join('\n')}`;
  assert.equal(await run(program, { key: SM4.key, fk: FK, ck: CK }, 16), SM4.cipher);
});

// SM3: one block of "abc" (GB/T 32905-2016). Words are turned to most significant byte first.

test('SM3: the digest of "abc"', async () => {
  const names = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
  const [a, b, c, d, e, f, g, h] = names as [string, string, string, string, string, string, string, string];
  const oneRound = (n: number) => {
    const early = n < 16;
    const constant = early ? 0x79cc4519 : 0x7a879d8a;
    return `
  roriw t0, ${a}, 20
  li t1, ${constant}
  ${n % 32 ? `roriw t1, t1, ${32 - (n % 32)}` : ''}
  addw t2, t0, ${e}
  addw t2, t2, t1
  roriw t2, t2, 25 # SS1
  xor t3, t2, t0 # SS2
  ${early ? `xor t4, ${a}, ${b}; xor t4, t4, ${c}` : `and t4, ${a}, ${b}; and t5, ${a}, ${c}; or t4, t4, t5; and t5, ${b}, ${c}; or t4, t4, t5`}
  addw t4, t4, ${d}
  addw t4, t4, t3
  lw t5, ${4 * n}(s3)
  lw t6, ${4 * (n + 4)}(s3)
  xor t6, t6, t5
  addw t4, t4, t6 # TT1
  ${early ? `xor t0, ${e}, ${f}; xor t0, t0, ${g}` : `and t0, ${e}, ${f}; andn t1, ${g}, ${e}; or t0, t0, t1`}
  addw t0, t0, ${h}
  addw t0, t0, t2
  addw t0, t0, t5 # TT2
  mv ${d}, ${c}
  roriw ${c}, ${b}, 23
  mv ${b}, ${a}
  mv ${a}, t4
  mv ${h}, ${g}
  roriw ${g}, ${f}, 13
  mv ${f}, ${e}
  sm3p0 ${e}, t0`;
  };
  const program = `
  la s0, block
  la s1, first
  la s2, out
  la s3, words
${rounds(16, (n) => `  lw t0, ${4 * n}(s0)\n  rev8 t0, t0\n  srli t0, t0, 32\n  sw t0, ${4 * n}(s3)`)}
${rounds(
  52,
  (n) => `
  lw t0, ${4 * n}(s3)
  lw t1, ${4 * (n + 7)}(s3)
  xor t0, t0, t1
  lw t1, ${4 * (n + 13)}(s3)
  roriw t1, t1, 17
  xor t0, t0, t1
  sm3p1 t0, t0
  lw t1, ${4 * (n + 3)}(s3)
  roriw t1, t1, 25
  xor t0, t0, t1
  lw t1, ${4 * (n + 10)}(s3)
  xor t0, t0, t1
  sw t0, ${4 * (n + 16)}(s3)`,
)}
${names.map((x, n) => `  lw ${x}, ${4 * n}(s1)`).join('\n')}
${rounds(64, oneRound)}
${names.map((x, n) => `  lw t0, ${4 * n}(s1)\n  xor t0, t0, ${x}\n  rev8 t0, t0\n  srli t0, t0, 32\n  sw t0, ${4 * n}(s2)`).join('\n')}`;
  const first = [
    0x7380166fn,
    0x4914b2b9n,
    0x172442d7n,
    0xda8a0600n,
    0xa96f30bcn,
    0x163138aan,
    0xe38dee4dn,
    0xb0fb0e4en,
  ];
  const given = { block: paddedAbc(4), first: littleEndian(first, 4), words: new Uint8Array(4 * 68) };
  assert.equal(await run(program, given, 32), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
});
