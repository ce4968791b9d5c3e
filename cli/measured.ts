/** What `--measure` writes: how often threads left and came back at each line of the program, and at what cost. */
import { resolve } from 'node:path';
import { Image } from '../debug-adapter/symbols/image.js';
import { placesOf } from '../debug-adapter/timeline/places.js';
import type { ElfFile } from '../emulator/elf.js';
import type { Timeline } from '../emulator/timeline/timeline.js';
import type { Measured, MeasuredInside, MeasuredPlace } from '../language-server/measured/measured.js';

export async function measuredOf(timeline: Timeline, elf: ElfFile | undefined, program: string): Promise<Measured> {
  const image = elf && new Image('program', program, elf);
  const places: MeasuredPlace[] = [];
  const inside: MeasuredInside[] = [];
  for (const { pc, way, count, reasons, cycles } of placesOf(timeline)) {
    const place = image?.places.at(pc);
    const counted = { way, count, reasons, cycles: cycles.mean };
    if (place) places.push({ file: resolve(place.file), line: place.line, ...counted });
    else if (image?.covers(pc)) inside.push({ address: Number(pc), ...counted });
  }
  return { when: Date.now(), program: resolve(program), places, inside };
}
