/** What really happens when a program runs: where its threads leave and come back, and vtype at each vector instruction. */
import { readFileSync } from 'node:fs';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import type { Soc } from '../../emulator/soc/soc.js';

export interface Truth {
  /** Addresses of instructions for which a thread left. */
  readonly leaves: ReadonlySet<number>;
  /** Addresses of instructions at which a thread came back, by reason. */
  readonly returns: ReadonlyMap<string, ReadonlySet<number>>;
  /** vtype before each watched instruction, whenever it was executed; -1 where vill was set. */
  readonly vtypes: ReadonlyMap<number, ReadonlySet<number>>;
  readonly console: string;
  readonly status: number | undefined;
}

const MOST_INSTRUCTIONS = 300_000_000;
const VILL = 1n << 63n;
const image = (name: string) => readElf(readFileSync(`images/${name}.elf`), name);

/** @param watch addresses at which vtype is read */
export async function truthOf(
  elf: Uint8Array,
  watch: Iterable<number>,
  { soc = 'app2-vec1' as string | Soc, append = 'migrate.calls=move migrate.faults=move' } = {},
): Promise<Truth> {
  const machine = await Machine.create(typeof soc === 'string' ? socNamed(soc) : soc);
  let console = '';
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
  });
  boot(machine, {
    firmware: image('firmware'),
    kernel: image('kernel'),
    initrd: initrd(elf, ['program'], []),
    bootargs: append,
  });
  const watched = new Set(watch);
  for (const va of watched) machine.breakpoints.add({ va: BigInt(va) });
  const vtypes = new Map<number, Set<number>>();
  let left = MOST_INSTRUCTIONS;
  let stop = machine.run(left);
  for (; stop.reason === 'breakpoint' && left > 0; left--) {
    const hart = machine.harts[stop.hart]!;
    const pc = Number(hart.pc);
    // Where a hart lacks the instruction it has no vtype either: the thread is about to leave.
    if (hart.privilege === 0 && hart.has('V')) {
      const seen = vtypes.get(pc) ?? new Set<number>();
      vtypes.set(pc, seen.add(hart.vtype & VILL ? -1 : Number(hart.vtype)));
    }
    stop = machine.run(left);
  }
  const leaves = new Set<number>();
  const returns = new Map<string, Set<number>>();
  for (const { way, pc, reason } of machine.migrations.list) {
    if (way === 'out') leaves.add(Number(pc));
    else returns.set(reason, (returns.get(reason) ?? new Set()).add(Number(pc)));
  }
  return { leaves, returns, vtypes, console, status: stop.reason === 'power' ? stop.status : undefined };
}
