/** Ciphers and hashes as programs of vector cryptography. Each leaves its results at the label `out`. */

export interface Program {
  /** What a hart needs besides V. */
  readonly extensions: string;
  readonly code: string;
  readonly data: string;
  /** The bytes of the result, from what lies at `out`. */
  result(out: Buffer): Buffer;
}
export type Hash = (message: Buffer, vlen: number) => Program;

const bytes = (label: string, data: Buffer) => `.balign 16\n${label}: .byte ${[...data].join(',')}`;
const range = (n: number) => Array.from({ length: n }, (_, k) => k);
const load = (register: number, label: string, offset = 0, width = 32) =>
  `la a0, ${label} + ${offset}\n vle${width}.v v${register}, (a0)\n`;
const store = (register: number, offset: number, width = 32) =>
  `la a0, out + ${offset}\n vse${width}.v v${register}, (a0)\n`;

/** One block at a time, four at a time. */
const ONE = 'vsetivli x0, 4, e32, m1, ta, ma\n';
const FOUR = 'vsetivli x0, 16, e32, m4, ta, ma\n';

/** Round keys to v1, v2, and so on; gives the register of the last. */
function aesKeys(key: Buffer): { code: string; last: number } {
  const first = ONE + load(1, 'key');
  if (key.length === 16)
    return {
      code:
        first +
        range(10)
          .map((n) => `vaeskf1.vi v${n + 2}, v${n + 1}, ${n + 1}\n`)
          .join(''),
      last: 11,
    };
  const next = range(13).map((n) => `vmv1r.v v${n + 3}, v${n + 1}\n vaeskf2.vi v${n + 3}, v${n + 2}, ${n + 2}\n`);
  return { code: first + load(2, 'key', 16) + next.join(''), last: 15 };
}

/** Encrypted text, then that decrypted again. */
export function aes(key: Buffer, text: Buffer): Program {
  const { code, last } = aesKeys(key);
  const middle = range(last - 2).map((n) => n + 2);
  const rounds = (what: string, keys: readonly number[]) => keys.map((n) => `vaes${what}.vs v16, v${n}\n`).join('');
  const encrypt = `vaesz.vs v16, v1\n${rounds('em', middle)}vaesef.vs v16, v${last}\n`;
  const decrypt = `vaesz.vs v16, v${last}\n${rounds('dm', middle.toReversed())}vaesdf.vs v16, v1\n`;
  return {
    extensions: 'zvkned',
    code: code + FOUR + load(16, 'text') + encrypt + store(16, 0) + decrypt + store(16, text.length),
    data: `${bytes('key', key)}\n${bytes('text', text)}`,
    result: (out) => out.subarray(0, 2 * text.length),
  };
}

/** GHASH of an encrypted text of whole blocks without further data, and its tag under AES-128. */
export function gcm(key: Buffer, start: Buffer, text: Buffer): Program {
  const { code, last } = aesKeys(key);
  const encrypt = (v: number) =>
    `vxor.vv v${v}, v${v}, v1\n${range(last - 2)
      .map((n) => `vaesem.vv v${v}, v${n + 2}\n`)
      .join('')}vaesef.vv v${v}, v${last}\n`;
  const counter = Buffer.concat([start, Buffer.from([0, 0, 0, 1])]);
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(8 * text.length), 8);
  const sum = range(text.length / 16).map((n) => `${load(18, 'text', 16 * n)} vghsh.vv v20, v17, v18\n`);
  return {
    extensions: 'zvkned_zvkg',
    code: [
      code,
      `vmv.v.i v17, 0\n${encrypt(17)}`,
      `vmv.v.i v20, 0\n${sum.join('')}`,
      // The last step in its two parts.
      `${load(18, 'lengths')} vxor.vv v20, v20, v18\n vgmul.vv v20, v17\n${store(20, 0)}`,
      `${load(19, 'counter')} ${encrypt(19)} vxor.vv v20, v20, v19\n${store(20, 16)}`,
    ].join(''),
    data: [bytes('key', key), bytes('text', text), bytes('lengths', lengths), bytes('counter', counter)].join('\n'),
    result: (out) => out.subarray(0, 32),
  };
}

/** A message with its length behind it, of whole blocks. */
function padded(message: Buffer, block: number): Buffer {
  const length = Buffer.alloc(block / 8);
  length.writeBigUInt64BE(BigInt(8 * message.length), length.length - 8);
  const used = message.length + 1 + length.length;
  return Buffer.concat([message, Buffer.from([0x80]), Buffer.alloc((block - (used % block)) % block), length]);
}

/** The first bits behind the point of a root of the nth prime: where the constants of SHA-2 come from (FIPS 180-4, sections 4.2 and 5.3). */
function roots(count: number, power: 2n | 3n, bits: number): bigint[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p)) primes.push(n);
  return primes.map((p) => {
    const whole = BigInt(p) << (power * BigInt(bits));
    let root = 0n;
    for (let bit = BigInt(bits + 8); bit >= 0n; bit--) {
      const larger = root | (1n << bit);
      if (larger ** power <= whole) root = larger;
    }
    return BigInt.asUintN(bits, root);
  });
}

/** SHA-2, four rounds with each group of message words. */
const sha2 =
  (bits: 32 | 64, rounds: number, needed: string): Hash =>
  (message, vlen) => {
    const text = padded(message, 2 * bits);
    const group = bits / 2;
    const words = (label: string, list: readonly bigint[]) =>
      `.balign 16\n${label}: .${bits === 32 ? 'word' : 'dword'} ${list.join(',')}`;
    const [a, b, c, d, e, f, g, h] = roots(8, 2n, bits) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    // A group of the larger elements may need two registers: all have even numbers. State in v12 and v14, its start in v16 and v18.
    const block = (n: number) => {
      const w = [2, 4, 6, 8];
      const lines = w.map((v, k) => `${load(v, 'text', 2 * bits * n + group * k, bits)} vrev8.v v${v}, v${v}\n`);
      lines.push('vmv.v.v v16, v12\n vmv.v.v v18, v14\n');
      for (let quad = 0; quad < rounds / 4; quad++) {
        const [w0, w1, w2, w3] = range(4).map((k) => w[(quad + k) % 4]!);
        lines.push(`${load(20, 'constants', group * quad, bits)} vadd.vv v20, v20, v${w0}\n`);
        lines.push('vsha2cl.vv v14, v12, v20\n vsha2ch.vv v12, v14, v20\n');
        lines.push(`vmerge.vvm v22, v${w2}, v${w1}, v0\n vsha2ms.vv v${w0}, v22, v${w3}\n`);
      }
      lines.push('vadd.vv v12, v12, v16\n vadd.vv v14, v14, v18\n');
      return lines.join('');
    };
    return {
      extensions: `${needed}_zvkb`,
      code: [
        `vsetivli x0, 4, e${bits}, m${4 * bits > vlen ? 2 : 1}, ta, ma\n vmv.v.i v0, 1\n`,
        load(12, 'start', 0, bits),
        load(14, 'start', group, bits),
        ...range(text.length / (2 * bits)).map(block),
        `vrev8.v v12, v12\n vrev8.v v14, v14\n`,
        store(12, 0, bits),
        store(14, group, bits),
      ].join(''),
      data: [
        words('start', [f, e, b, a, h, g, d, c]),
        words('constants', roots(rounds, 3n, bits)),
        bytes('text', text),
      ].join('\n'),
      result: (out) =>
        Buffer.concat([3, 2, 7, 6, 1, 0, 5, 4].map((k) => out.subarray((k * bits) / 8, ((k + 1) * bits) / 8))),
    };
  };
export const sha256 = sha2(32, 64, 'zvknha');
export const sha512 = sha2(64, 80, 'zvknhb');

/** SM3, two rounds at a time. State in v12, its start in v14, message words in v2 and v4. */
export const sm3: Hash = (message, vlen) => {
  const text = padded(message, 64);
  const start = Buffer.from('7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e', 'hex');
  const block = (n: number) => {
    const lines = [load(2, 'text', 64 * n), load(4, 'text', 64 * n + 32), 'vmv.v.v v14, v12\n'];
    for (let k = 0; k < 8; k++) {
      const [now, next] = k % 2 ? [4, 2] : [2, 4];
      lines.push(`vsm3c.vi v12, v${now}, ${4 * k}\n vslidedown.vi v6, v${now}, 2\n vsm3c.vi v12, v6, ${4 * k + 1}\n`);
      lines.push(`vslidedown.vi v6, v${now}, 4\n vslideup.vi v6, v${next}, 4\n vsm3c.vi v12, v6, ${4 * k + 2}\n`);
      lines.push(`vslidedown.vi v8, v6, 2\n vsm3c.vi v12, v8, ${4 * k + 3}\n`);
      lines.push(`vsm3me.vv v${now}, v${next}, v${now}\n`);
    }
    lines.push('vxor.vv v12, v12, v14\n');
    return lines.join('');
  };
  return {
    extensions: 'zvksh',
    code: [
      `vsetivli x0, 8, e32, m${256 > vlen ? 2 : 1}, ta, ma\n`,
      load(12, 'start'),
      ...range(text.length / 64).map(block),
      store(12, 0),
    ].join(''),
    data: `${bytes('start', start)}\n${bytes('text', text)}`,
    result: (out) => out.subarray(0, 32),
  };
};

/** SM4: encrypted text, then that decrypted again. Round keys in v1 to v8. */
export function sm4(key: Buffer, text: Buffer): Program {
  const system = Buffer.from('c6bab1a35033aa5697917d67dc2270b2', 'hex'); // FK, section 7.3, as words of memory
  const turn = (v: number) => `vrgather.vv v9, v${v}, v10\n vmv1r.v v${v}, v9\n`;
  const rounds = (keys: readonly number[]) => keys.map((n) => `vsm4r.vs v16, v${n}\n`).join('');
  // The words of a block come out in opposite order: X35 to X32.
  const after = 'vrev8.v v16, v16\n vrgather.vv v20, v16, v24\n vmv.v.v v16, v20\n';
  const indices = range(16).map((n) => 4 * (n >> 2) + 3 - (n % 4));
  return {
    extensions: 'zvksed_zvkb',
    code: [
      ONE,
      `${load(1, 'key')} vrev8.v v1, v1\n ${load(2, 'system')} vxor.vv v1, v1, v2\n vsm4k.vi v1, v1, 0\n`,
      ...range(7).map((n) => `vsm4k.vi v${n + 2}, v${n + 1}, ${n + 1}\n`),
      `${FOUR}${load(24, 'indices')}${load(16, 'text')} vrev8.v v16, v16\n`,
      `${rounds(range(8).map((n) => n + 1))}${after}${store(16, 0)}`,
      `${ONE}${load(10, 'indices')}`,
      ...range(8).map((n) => turn(n + 1)),
      `${FOUR} vrev8.v v16, v16\n ${rounds(range(8).map((n) => 8 - n))}${after}${store(16, text.length)}`,
    ].join(''),
    data: [
      bytes('key', key),
      bytes('system', system),
      bytes('text', text),
      `.balign 16\nindices: .word ${indices.join(',')}`,
    ].join('\n'),
    result: (out) => out.subarray(0, 2 * text.length),
  };
}
