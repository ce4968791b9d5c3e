/** Published vectors of ciphers and hashes, as programs: on our machine, on QEMU, and against OpenSSL. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadImage } from '../../../emulator/boot.js';
import { readElf } from '../../../emulator/elf.js';
import { Machine } from '../../../emulator/machine.js';
import { build } from '../../assembler/ours.js';
import { QEMU } from '../../fuzz/machines.js';
import { qemuCpu } from '../../hart.js';
import { hasTool } from '../../tools.js';
import { soc } from '../bare-metal.js';
import { aes, gcm, type Hash, type Program, sha256, sha512, sm3, sm4 } from './ciphers.js';

const OUT = 256;
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

/** The program's output area after a run in machine mode. */
async function ours({ extensions, code, data }: Program, vlen: number): Promise<Buffer> {
  const text = `.globl _start
_start: la t0, caught
  csrw mtvec, t0
  li t0, 0x200
  csrs mstatus, t0
  ${code}
end: j end
  .balign 4
caught: j caught
  .data
  .balign 16
  ${data}
out: .space ${OUT}`;
  const elf = readElf(build(text, { entry: '_start', base: 0x8000_0000n }), 'test');
  const machine = await Machine.create(soc({ harts: [{ isa: `rv64gcv_${extensions}_zvl${vlen}b` }] }));
  loadImage(machine.memory, elf, 'the program');
  machine.reset({ pc: elf.entry });
  const label = (name: string) => elf.symbols.find((symbol) => symbol.name === name)!.value;
  for (const name of ['end', 'caught']) machine.breakpoints.add({ va: label(name) });
  assert.equal(machine.run(1_000_000).reason, 'breakpoint');
  const { pc } = machine.harts[0]!;
  assert.equal(pc, label('end'), `trapped at 0x${machine.harts[0]!.csr('mepc').toString(16)}`);
  return Buffer.from(machine.memory.read(Number(label('out')), OUT));
}

/** The same of QEMU, where the program writes it out. */
function qemus({ code, data }: Program, vlen: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-cryptography-'));
  try {
    const text = `.globl _start
_start: ${code}
  li a0, 1
  la a1, out
  li a2, ${OUT}
  li a7, 64
  ecall
  li a0, 0
  li a7, 93
  ecall
  .data
  .balign 16
  ${data}
out: .space ${OUT}`;
    const file = join(folder, 'program');
    writeFileSync(file, build(text, { entry: '_start' }), { mode: 0o755 });
    return execFileSync(QEMU, ['-cpu', qemuCpu(vlen), file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const VLENS = [128, 256, 1024, 4096];
/** Of QEMU. */
const MOST_VLEN = 1024;
const withQemu = hasTool(QEMU) || process.env.HARTHOP_REQUIRE_TOOLS;

/** Run at several VLENs: everywhere the output begins with what was published. */
async function gives(program: (vlen: number) => Program, published: Buffer): Promise<void> {
  for (const vlen of VLENS) {
    const one = program(vlen);
    const [start, expected] = [(out: Buffer) => one.result(out).toString('hex'), published.toString('hex')];
    assert.equal(start(await ours(one, vlen)), expected, `VLEN ${vlen}`);
    if (withQemu && vlen <= MOST_VLEN) assert.equal(start(qemus(one, vlen)), expected, `QEMU, VLEN ${vlen}`);
  }
}

/** OpenSSL's answer. */
function openssl(cipher: string, key: Buffer, text: Buffer): Buffer {
  const c = createCipheriv(cipher, key, null).setAutoPadding(false);
  return Buffer.concat([c.update(text), c.final()]);
}

/** The four blocks of NIST SP 800-38A, appendix F. */
const blocks = hex(`6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
  30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`);

test('AES-128 ECB, four blocks at once, there and back (NIST SP 800-38A, F.1.1)', async () => {
  const key = hex('2b7e151628aed2a6abf7158809cf4f3c');
  const encrypted = hex(`3ad77bb40d7a3660a89ecaf32466ef97 f5d3d58503b9699de785895a96fdbaaf
    43b1cd7f598ece23881b00e3ed030688 7b0c785e27e8ad3f8223207104725dd4`);
  assert.deepEqual(openssl('aes-128-ecb', key, blocks), encrypted);
  await gives(() => aes(key, blocks), Buffer.concat([encrypted, blocks]));
});

test('AES-256 ECB, four blocks at once, there and back (NIST SP 800-38A, F.1.5)', async () => {
  const key = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
  const encrypted = hex(`f3eed1bdb5d2a03c064b5a7e3db181f8 591ccb10d410ed26dc5ba74a31362870
    b6ed21b99ca6f4f9f153e7b1beafed1d 23304b7a39f9f3ff067d8d8f9e24ecc7`);
  assert.deepEqual(openssl('aes-256-ecb', key, blocks), encrypted);
  await gives(() => aes(key, blocks), Buffer.concat([encrypted, blocks]));
});

test('GHASH and the tag of a message (test cases 2 and 3 of GCM as submitted to NIST)', async () => {
  const zeros = Buffer.alloc(16);
  await gives(
    () => gcm(zeros, Buffer.alloc(12), hex('0388dace60b6a392f328c2b971b2fe78')),
    hex('f38cbb1ad69223dcc3457ae5b6b0f885 ab6e47d42cec13bdf53a67b21257bddf'),
  );
  const key = hex('feffe9928665731c6d6a8f9467308308');
  const start = hex('cafebabefacedbaddecaf888');
  const text = hex(`d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b391aafd255`);
  const cipher = createCipheriv('aes-128-gcm', key, start);
  const encrypted = Buffer.concat([cipher.update(text), cipher.final()]);
  const tag = cipher.getAuthTag();
  assert.equal(tag.toString('hex'), '4d5c2af327cd64a62cf35abd2ba6fab4');
  await gives(() => gcm(key, start, encrypted), Buffer.concat([hex('7f1b32b81b820d02614f8895ac1d4eac'), tag]));
});

/** Messages of one block and of two. */
const messages = [
  'abc',
  'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
];

async function hashes(hash: Hash, name: string, known: readonly string[]): Promise<void> {
  for (const [n, message] of messages.entries()) {
    const digest = createHash(name).update(message).digest();
    assert.equal(digest.toString('hex'), known[n] ?? digest.toString('hex'));
    await gives((vlen) => hash(Buffer.from(message), vlen), digest);
  }
}

test('SHA-256 (FIPS 180-4: "abc", and a message of two blocks)', () =>
  hashes(sha256, 'sha256', [
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ]));

test('SHA-512 (FIPS 180-4: "abc", and a longer message)', () =>
  hashes(sha512, 'sha512', [
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    '8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909',
  ]));

test('without Zvknhb, SHA-512 is illegal', async () => {
  const program = { ...sha512(Buffer.from('abc'), 256), extensions: 'zvknha_zvkb' };
  await assert.rejects(ours(program, 256), /trapped/);
});

test('what was legal with a whole group is illegal when the same instruction meets a part of one', async () => {
  const again = (vl: number, more = '') => ({
    extensions: 'zvkned',
    code: `vsetivli x0, 4, e32, m1, ta, ma\n li a0, 3\n1: vaesem.vv v1, v2\n addi a0, a0, -1\n vsetivli x0, ${vl}, e32, m1, ta, ma\n ${more} bnez a0, 1b`,
    data: '',
    result: (out: Buffer) => out,
  });
  await ours(again(0), 256);
  await ours(again(8), 256);
  await assert.rejects(ours(again(3), 256), /trapped/);
  await assert.rejects(ours(again(4, 'csrwi vstart, 2\n'), 256), /trapped/);
});

test('SM3 (GB/T 32905-2016, A.1, and a message of two blocks)', () =>
  hashes(sm3, 'sm3', ['66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0']));

test('SM4, four blocks at once, there and back (GB/T 32907-2016, A.1)', async () => {
  const key = hex('0123456789abcdeffedcba9876543210');
  const encrypted = hex('681edf34d206965e86b3e94f536e4246');
  const text = Buffer.concat([key, blocks.subarray(16)]);
  const all = openssl('sm4-ecb', key, text);
  assert.deepEqual(all.subarray(0, 16), encrypted);
  await gives(() => sm4(key, text), Buffer.concat([all, text]));
});
