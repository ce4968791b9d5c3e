/** Put firmware, kernel and what they are told into RAM, and start every hart in firmware. */
import { extensionsNamed } from '../isa/isa-string.js';
import type { ElfFile } from './elf.js';
import type { Memory } from './memory.js';
import { extensionsUsed } from './attributes.js';
import type { Device } from './devices/bus.js';
import type { Soc } from './soc/soc.js';
import { deviceTree } from './soc/tree.js';

export interface BootImages {
  /** Entered in machine mode by every hart. */
  readonly firmware: ElfFile;
  /** Entered in supervisor mode by firmware. */
  readonly kernel: ElfFile;
  readonly initrd?: Uint8Array;
  /** The kernel's command line; firmware reads its `migrate` words too. */
  readonly bootargs?: string;
}

/** What is booted: a machine, as far as booting it goes. */
export interface Bootable {
  readonly soc: Soc;
  readonly memory: Memory;
  readonly devices: readonly Device[];
  /** Every hart starts at pc in machine mode with a0 = its number and these in a1 and a2. */
  reset(at: { pc: bigint; a1: bigint; a2: bigint }): void;
}

/** Images that do not fit the machine. */
export class BootError extends Error {}

/** Room behind the device tree for what firmware adds. */
const TREE_SLACK = 0x4000;
const PAGE = 0x1000;

/** OpenSBI's `fw_dynamic_info`, version 2 (OpenSBI documentation, "OpenSBI Firmware with Dynamic Information"). */
function dynamicInfo(next: bigint): Uint8Array<ArrayBuffer> {
  const SUPERVISOR = 1n;
  const BOOT_HART = 0n;
  const words = new BigUint64Array([0x4942534fn, 2n, next, SUPERVISOR, 0n, BOOT_HART]);
  return new Uint8Array(words.buffer);
}

/** Copy an image's segments to their physical addresses. @throws BootError when one does not fit */
export function loadImage(memory: Memory, elf: ElfFile, name: string): { start: number; end: number } {
  let [start, end] = [Number.POSITIVE_INFINITY, 0];
  for (const segment of elf.segments) {
    const [pa, size] = [Number(segment.pa), Number(segment.size)];
    if (!memory.inRam(pa, size)) {
      const { ramBase, ramBytes } = memory.map;
      const range = (from: number, bytes: number) => `0x${from.toString(16)}..0x${(from + bytes).toString(16)}`;
      throw new BootError(`${name} wants memory at ${range(pa, size)}; RAM lies at ${range(ramBase, ramBytes)}`);
    }
    memory.write(pa, segment.data);
    memory.write(pa + segment.data.length, new Uint8Array(size - segment.data.length));
    start = Math.min(start, pa);
    end = Math.max(end, pa + size);
  }
  if (end === 0) throw new BootError(`${name} has nothing to load`);
  return { start, end };
}

/**
 * Boot: firmware and kernel at their addresses; at the end of RAM the initial RAM disk, the device tree and firmware's note of where the
 * kernel is.
 * @throws BootError when something does not fit in RAM
 */
export function boot(machine: Bootable, images: BootImages): void {
  const { memory, soc } = machine;
  for (const name of ['firmware', 'kernel'] as const) checkHarts(soc, images[name], name);
  const firmware = loadImage(memory, images.firmware, 'firmware');
  const kernel = loadImage(memory, images.kernel, 'kernel');
  if (kernel.start < firmware.end && firmware.start < kernel.end) {
    throw new BootError(
      `firmware (up to 0x${firmware.end.toString(16)}) and kernel (from 0x${kernel.start.toString(16)}) overlap`,
    );
  }
  const { ramBase, ramBytes } = memory.map;
  const down = (n: number) => Math.floor(n / PAGE) * PAGE;
  const info = ramBase + ramBytes - PAGE;
  const treeOf = (start: number) => {
    const initrd = images.initrd && { start, end: start + images.initrd.length };
    return deviceTree(soc, machine.devices, {
      ramBase,
      ...(initrd && { initrd }),
      bootargs: bootargs(machine, images),
    });
  };
  const treeAt = down(info - treeOf(0).length - TREE_SLACK);
  const initrdAt = down(treeAt - (images.initrd?.length ?? 0));
  if (initrdAt < Math.max(firmware.end, kernel.end)) {
    throw new BootError(
      `the initial RAM disk (${images.initrd?.length ?? 0} bytes) does not fit in ${ramBytes / 2 ** 20} MiB of RAM`,
    );
  }
  memory.write(info, dynamicInfo(images.kernel.entry));
  memory.write(treeAt, treeOf(initrdAt));
  if (images.initrd) memory.write(initrdAt, images.initrd);
  machine.reset({ pc: images.firmware.entry, a1: BigInt(treeAt), a2: BigInt(info) });
}

/** What compilers put everywhere, wholes before their parts. (Whatever else a file names, it may use only where a hart has it.) */
const EVERYWHERE = ['M', 'A', 'C', 'Zifencei', 'Zmmul', 'Zaamo', 'Zalrsc', 'Zca'];

/**
 * Every hart runs firmware, and most run the kernel.
 * @throws BootError naming the hart and what it lacks
 */
function checkHarts(soc: Soc, image: ElfFile, name: string): void {
  const used = extensionsUsed(image);
  soc.harts.forEach(({ isa, isaString }, n) => {
    const lacking = EVERYWHERE.filter((extension) => used.has(extension) && !isa.extensions.has(extension));
    if (lacking.length) {
      const whole = lacking.filter((one, i) => !lacking.slice(0, i).some((other) => bringsAlong(other, one)));
      throw new BootError(`${soc.name}: hart ${n} (${isaString}) can't run the ${name}: it lacks ${whole.join(', ')}`);
    }
  });
}

const bringsAlong = (whole: string, part: string) => extensionsNamed(`rv64i_${whole}`).has(part);

/** The command line, with the SoC's migration policy unless it names one. */
function bootargs({ soc }: Bootable, { bootargs: given = '' }: BootImages): string {
  return /\bmigrate\.policy=/.test(given) ? given : `${given} migrate.policy=${soc.migration.policy}`.trim();
}
