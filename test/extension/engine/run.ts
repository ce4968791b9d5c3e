/** A whole run of a program on a chip, on each engine: the same wherever JavaScript runs. Nothing here is Node's. */
import { boot } from '../../../emulator/boot.js';
import { readElf } from '../../../emulator/elf.js';
import { type EngineChoice, engineChoices } from '../../../emulator/engine/choice.js';
import { hasFused } from '../../../emulator/engine/fused.js';
import { stateFingerprint } from '../../../emulator/history/fingerprint.js';
import { initrd } from '../../../emulator/initrd.js';
import { Machine } from '../../../emulator/machine.js';
import { socNamed } from '../../../emulator/soc/presets.js';

export interface Files {
  readonly firmware: Uint8Array;
  readonly kernel: Uint8Array;
  readonly program: Uint8Array;
}

export interface Result {
  readonly console: string;
  readonly status: number | undefined;
  readonly steps: number;
  /** Of all that a guest could tell at the end. */
  readonly state: string;
}

async function run({ firmware, kernel, program }: Files, engine: EngineChoice): Promise<Result> {
  const machine = await Machine.create({ ...socNamed('app2-vec2'), memoryBytes: 2 ** 25 }, { engine });
  let console = '';
  machine.events.on(
    (event) => {
      if (event.kind === 'console') console += String.fromCharCode(event.byte);
    },
    ['console'],
  );
  const images = { firmware: readElf(firmware, 'firmware'), kernel: readElf(kernel, 'kernel') };
  boot(machine, { ...images, initrd: initrd(program, ['program'], []) });
  const { status } = machine.run(1e8);
  return { console, status, steps: machine.steps, state: stateFingerprint(machine) };
}

/** By engine; and does the platform have a fused multiply-add? */
export async function onEveryEngine(files: Files): Promise<{ fused: boolean; results: Record<string, Result> }> {
  const results: Record<string, Result> = {};
  for (const engine of Object.keys(engineChoices) as EngineChoice[]) results[engine] = await run(files, engine);
  return { fused: hasFused(), results };
}
