/** Where a thread may come to a hart of another VLEN: what is forecast, and what the machine does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { examine } from '../../assembler/examine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { surroundingsOf } from '../../language-server/chip.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { findings } from '../../language-server/forecast/findings.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import { harthop } from '../cli/harthop.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-vlen-'));
after(() => rmSync(folder, { recursive: true }));

/** Two threads ask for VLEN before and behind something that brings them home, again and again; the exit status says how often it was another. */
const program = (home: string) =>
  `.option norelax
.globl _start
_start: li s2, 0; li s3, 200; la s4, pages
li a7, 220; li a0, 0x50f00; la a1, stack; li a2, 0; li a3, 0; li a4, 0; ecall
1: csrr s0, vlenb
${home}
csrr s1, vlenb
sub t0, s0, s1; snez t0, t0; add s2, s2, t0
addi s3, s3, -1; bnez s3, 1b
mv a0, s2; li a7, 94; ecall
.bss
.balign 4096
.zero 4096
stack: .zero 8
.balign 4096
pages: .zero 4096 * 401
`.replaceAll('; ', '\n');

const ways = {
  'a system call': ['li a7, 124; ecall', true],
  'a page fault': ['sd zero, (s4); li t0, 4096; add s4, s4, t0', false],
} as const;

for (const [name, [home, other]] of Object.entries(ways))
  test(`${name} ${other ? 'may bring' : 'does not bring'} a thread to another VLEN`, () => {
    const sources = [{ name: join(folder, 'vlen.S'), text: program(home) }];
    writeFileSync(sources[0]!.name, sources[0]!.text);
    const append = 'migrate.calls=move migrate.faults=move';
    const options = ['--soc', 'mixed-vlen', '--seed', '1', '--append', append];
    const { status } = harthop(['run', ...options, sources[0]!.name]);
    assert.equal(status! > 0, other, `${status} times`);
    const chip = socNamed('mixed-vlen');
    const flow = Flow.through(codeOf(examine(sources)), surroundingsOf(chip, { calls: 'move', faults: 'move' }));
    const found = findings(flow, forecast(flow), chip).filter(({ code }) => code === 'vlen-kept');
    assert.equal(found.length, other ? 1 : 0);
  });
