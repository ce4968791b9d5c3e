/** Random CSR programs in M, S and U: what they read and how they trap is the same on QEMU's virt machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadImage } from '../../emulator/boot.js';
import { Machine } from '../../emulator/machine.js';
import { assembleTo, soc, TOOLS } from './bare-metal.js';
import { Random } from '../fuzz/random.js';
import { csrNamed } from '../../isa/csrs.js';
import { needs, trixie } from '../tools.js';

/** Registers and the bits of them that are written: those that both machines have, and that do not pull the rug from under the program. */
const ALL = ~0n;
const registers: Record<string, bigint> = {
  mstatus: 0x7c61a2n,
  mepc: ~1n,
  mcause: 0xffn,
  mtval: ALL,
  mscratch: ALL,
  mideleg: 0x222n,
  mie: 0xaaan,
  mip: 0x222n,
  mcounteren: 7n,
  scounteren: 7n,
  stvec: ALL & ~3n,
  sepc: ~1n,
  scause: 0xffn,
  stval: ALL,
  sscratch: ALL,
  sie: 0x222n,
  sip: 0x222n,
  sstatus: 0xc6122n,
  satp: 0xfffn << 44n,
  fflags: 0xffn,
  frm: 0xffn,
  fcsr: 0xfffn,
  pmpcfg2: 0x1d1d1d1d1d1dn << 8n,
  pmpaddr9: (1n << 54n) - 1n,
  pmpaddr15: (1n << 54n) - 1n,
};
/** The registers of newer extensions, for QEMU 10. What is known to differ is left out (see the tests of each extension). */
const newer: Record<string, bigint> = {
  ...registers,
  menvcfg: 0x6000_0000_0000_00c1n,
  senvcfg: 0xc1n,
  mstateen0: 3n << 62n,
  mstateen1: 1n << 63n,
  mstateen3: 1n << 63n,
  sstateen0: 0n,
  sstateen2: 0n,
  mseccfg: 0n,
  mcounteren: 0xffff_ffffn,
  scounteren: 0xffff_ffffn,
  mcountinhibit: 0xffff_fff8n,
  mhpmevent3: 0xfn << 60n,
  mhpmevent17: 7n << 60n,
  mhpmcounter3: ALL,
  mhpmcounter17: ALL,
  hpmcounter3: 0n,
  hpmcounter17: 0n,
};

interface Side {
  readonly name: string;
  readonly qemu: string;
  readonly cpu: string;
  readonly isa: string;
  readonly registers: Readonly<Record<string, bigint>>;
}
const sides: readonly Side[] = [
  { name: 'QEMU', qemu: 'qemu-system-riscv64', cpu: 'rv64,h=false', isa: 'rv64gc_zicntr', registers },
  {
    name: 'QEMU 10, with newer extensions,',
    qemu: trixie('qemu-system-riscv64'),
    cpu: 'rv64,h=false,v=false,sscofpmf=on,sstc=on,smstateen=on,smepmp=on,svpbmt=on,svadu=on,svade=on,zicbom=on,zicboz=on,pmu-mask=0xfffffff8',
    isa: 'rv64gc_zicntr_zihpm_sscofpmf_sstc_smstateen_smepmp_svpbmt_svadu_svade_zicbom_zicboz',
    registers: newer,
  },
];

const unknown = ['0x7b0', '0x123', '0x5c0'];
const OPS = ['csrrw', 'csrrs', 'csrrc'] as const;

/** One program: steps in one mode, the trap handler in M keeps what it sees; at the end all that was kept goes to the UART. */
function program(random: Random, mode: 0 | 1 | 3, steps: number, registers: Side['registers']): string {
  const names = Object.keys(registers);
  const body: string[] = [];
  for (let n = 0; n < steps; n++) {
    const name = random.oneIn(12) ? unknown[random.below(unknown.length)]! : names[random.below(names.length)]!;
    const value = BigInt.asUintN(64, random.long() & (registers[name] ?? 0n));
    const op = OPS[random.below(3)]!;
    // What csrrw leaves out must stay legal in both: set the rest by reading first.
    const source = random.oneIn(4) ? 'x0' : 't0';
    if (source === 'x0' && op === 'csrrw') continue;
    body.push(
      `li t0, ${value}`,
      'li t1, 0x5a5a',
      `${op} t1, ${csrNamed(name)?.number ?? name}, ${source}`,
      'sd t1, 0(s11)',
      'addi s11, s11, 8',
    );
    if (random.oneIn(6)) body.push(['ecall', '.word 0xffffffff', 'sfence.vma', 'fadd.d f1, f2, f3'][random.below(4)]!);
    if (random.oneIn(10) && mode === 1) body.push('csrr t1, time; sltu t1, x0, t1; sd t1, 0(s11); addi s11, s11, 8');
  }
  return `
    la s11, kept
    li t0, 0x2004000
    li t1, -1
    sd t1, 0(t0)
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    csrw menvcfg, x0
    li t0, 0x7800
    csrc mstatus, t0
    li t0, ${(mode << 11) | 0x2000}
    csrs mstatus, t0
    la t0, body
    csrw mepc, t0
    mret
    .align 2
  handler:
    csrw mscratch, t2
    csrr t2, mcause
    sd t2, 0(s11)
    li s10, 7
    beq t2, s10, end
    bltz t2, end
    csrr t2, mtval
    sd t2, 8(s11)
    csrr t2, mstatus
    sd t2, 16(s11)
    addi s11, s11, 24
    beqz s9, 2f
  end:
    li t0, 0x80000
    csrc mstatus, t0
    li t0, 0x20000
    csrc mstatus, t0
    la s10, kept
    li s8, 0x10000000
  1:lbu t0, 0(s10)
    sb t0, 0(s8)
    addi s10, s10, 1
    blt s10, s11, 1b
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
  2:csrr t2, mepc
    lhu s10, 0(t2)
    andi s10, s10, 3
    addi t2, t2, 2
    addi s10, s10, -3
    bnez s10, 3f
    addi t2, t2, 2
  3:csrw mepc, t2
    csrr t2, mscratch
    mret
    .align 2
  body:
    .option norvc
    ${body.join('\n    ')}
    li s9, 1
    ecall
    .align 3
  kept: .zero 65536
  `;
}

const words = (bytes: Uint8Array) =>
  Array.from({ length: Math.floor(bytes.length / 8) }, (_, n) =>
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8 * n, true).toString(16),
  );

for (const { name, qemu, cpu, isa, registers } of sides)
  for (const mode of [3, 1, 0] as const)
    test(`CSR programs in ${'US M'[mode]} do what ${name} does`, needs(...TOOLS, qemu), async () => {
      const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
      try {
        for (let seed = 1; seed <= 5; seed++) {
          const path = join(folder, 'program');
          const elf = assembleTo(program(new Random(seed * 10 + mode), mode, 200, registers), path);
          const out = join(folder, 'out');
          const flags = ['-M', 'virt', '-cpu', cpu, '-m', '16', '-display', 'none', '-monitor', 'none'];
          const files = ['-serial', `file:${out}`, '-bios', path];
          execFileSync(qemu, [...flags, ...files], { timeout: 20_000, stdio: 'pipe' });
          const machine = await Machine.create(soc({ harts: [{ isa }] }));
          const bytes: number[] = [];
          machine.events.on((event) => void (event.kind === 'console' && bytes.push(event.byte)));
          loadImage(machine.memory, elf, 'program');
          machine.reset({ pc: elf.entry });
          assert.equal(machine.run(2_000_000).reason, 'power');
          assert.ok(bytes.length > 1000);
          assert.deepEqual(words(Uint8Array.from(bytes)), words(new Uint8Array(readFileSync(out))), `seed ${seed}`);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
