/**
 * What the server calls illegal, held against the machine, over random vector programs: an instruction with an error traps as illegal whenever it
 * is executed, and one that traps has a finding.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine } from '../../assembler/examine.js';
import { Machine, RAM_BASE } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { causes } from '../../isa/csrs.js';
import { encode } from '../../isa/encode.js';
import { instructionNamed } from '../../isa/table.js';
import { surroundingsOf } from '../../language-server/chip.js';
import type { CodeInstruction } from '../../language-server/code/code.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { type Finding, findings } from '../../language-server/forecast/findings.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import { everything, isaOf } from '../hart.js';
import { VectorPrograms } from './random/vector-program.js';

const PROGRAMS = process.env.HARTHOP_REQUIRE_TOOLS ? 600 : 250;
const STATEMENTS = 60;
const MOST_STEPS = 20_000;
/** Harts of all kinds: V alone, with half precision, with all there is. */
const isas = {
  'V alone': 'rv64gcv',
  'half precision': 'rv64gcv_zvfh_zvbb_zvl256b',
  cryptography: 'rv64gcv_zvkng_zvl512b',
  'everything, VLEN 128': isaOf(128),
  'everything, VLEN 1024': isaOf(1024),
};
/** Findings that say: this is illegal, always or perhaps. */
const about: readonly string[] = ['illegal-instruction', 'vtype-unset', 'vtype-unknown', 'vl-kept', 'no-such-hart'];

/** The trap handler of the machine, and where programs lie behind it. */
const HANDLER = RAM_BASE;
const CODE = RAM_BASE + 0x1000;

const isGrouped = ({ row }: CodeInstruction) =>
  row?.semantics.kind === 'vector' && row.semantics.vector.shape === 'element-group';

interface Executed {
  /** Of each instruction by address: how often it was executed, and how often that was illegal. */
  readonly counts: ReadonlyMap<number, { all: number; illegal: number }>;
}

const examined = (text: string) => examine([{ name: 'random.S', text }], { arch: everything });

async function machineOf(isa: string): Promise<Machine> {
  return Machine.create(readSoc({ harts: [{ isa }], memoryMiB: 16 }, isa));
}

/** Execute a program, in machine mode. What traps is left out. */
function execute(machine: Machine, { instructions, labels }: ReturnType<typeof examined>): Executed {
  const hart = machine.harts[0]!;
  const { addresses, words } = instructions;
  const base = addresses[0]!;
  const put = (at: number, word: number, length = 4) =>
    machine.memory.write(
      at,
      Uint8Array.from({ length }, (_, n) => (word >>> (8 * n)) & 0xff),
    );
  words.forEach((word, n) => put(CODE + addresses[n]! - base, word, (word & 3) === 3 ? 4 : 2));
  put(HANDLER, encode(instructionNamed('mret')!, []));
  machine.reset({ pc: BigInt(CODE) });
  hart.setCsr('mtvec', BigInt(HANDLER));
  hart.setCsr('mstatus', hart.csr('mstatus') | (3n << 13n) | (3n << 9n));
  const counts = new Map<number, { all: number; illegal: number }>();
  const at = (pc: bigint) => Number(pc) - CODE + base;
  const off = machine.events.on((event) => {
    if (event.kind !== 'trap') return;
    const count = counts.get(at(event.pc));
    if (event.cause === causes.illegal && count) count.illegal++;
    hart.setCsr('mepc', event.pc + 4n);
    hart.setCsr('vstart', 0n);
  });
  const end = labels.get('end')!;
  let steps = 0;
  for (; at(hart.pc) !== end && steps < MOST_STEPS; steps++) {
    const pc = at(hart.pc);
    const count = counts.get(pc) ?? { all: 0, illegal: 0 };
    count.all++;
    counts.set(pc, count);
    machine.run(1);
    // The handler's one instruction.
    if (Number(hart.pc) === HANDLER) machine.run(1);
  }
  off();
  assert.ok(steps < MOST_STEPS, 'the program ends');
  return { counts };
}

test('what the server calls illegal traps, and what traps it has called illegal', async (t) => {
  const machines: (readonly [string, Machine])[] = [];
  for (const [name, isa] of Object.entries(isas)) machines.push([name, await machineOf(isa)]);
  const total = { executed: 0, traps: 0, errors: 0, warned: 0, unknown: 0, open: 0 };
  const wrong: string[] = [];
  for (let seed = 0; seed < PROGRAMS; seed++) {
    const [name, machine] = machines[seed % machines.length]!;
    const source = new VectorPrograms(seed).program(STATEMENTS);
    const program = examined(source);
    assert.deepEqual(
      program.diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    );
    const chip = { name, harts: machine.soc.harts };
    const flow = Flow.through(codeOf(program), surroundingsOf(chip, { calls: 'auto', faults: 'ask' }));
    const known = forecast(flow);
    const found = new Map<number, Finding[]>();
    for (const each of findings(flow, known, chip)) {
      if (!about.includes(each.code)) continue;
      const { address } = each.instruction;
      found.set(address, [...(found.get(address) ?? []), each]);
    }
    for (const [address, { all, illegal }] of execute(machine, program).counts) {
      const here = found.get(address) ?? [];
      const error = here.some(({ severity }) => severity === 'error');
      total.executed += all;
      total.traps += illegal;
      if (error) total.errors += all;
      else if (here.some(({ code }) => code === 'vtype-unknown' || code === 'vl-kept')) total.unknown += illegal;
      else if (here.length) total.warned += illegal;
      const line = flow.code.at(address)?.place?.line ?? 0;
      const tell = (what: string) =>
        wrong.push(
          `seed ${seed}, ${name}, line ${line}: ${source.split('\n')[line - 1]?.trim()}: ${what}; ${here[0]?.message}`,
        );
      if (error && illegal < all) tell(`an error, executed ${all} times, trapped ${illegal} times`);
      // Groups of elements want vl to be a multiple of their size. What vl is, a run may decide; then nothing is said.
      const open = isGrouped(flow.code.at(address)!) && typeof known.facts.get(address)!.avl !== 'number';
      if (illegal && !here.length && open) total.open += illegal;
      else if (illegal && !here.length) tell(`trapped ${illegal} of ${all} times, no finding`);
    }
  }
  t.diagnostic(
    `${PROGRAMS} programs, ${total.executed} instructions executed: ${total.traps} illegal, of them ` +
      `${total.errors} called errors, ${total.warned} illegal on some ways, ${total.unknown} with vtype not known; ` +
      `${total.open} not told of, since vl was not known`,
  );
  assert.deepEqual(wrong, []);
  assert.ok(total.traps > 5000 && total.errors > 5000, 'much is illegal, most of it for sure');
  assert.ok(total.open < total.traps / 500, 'little is left open');
});
