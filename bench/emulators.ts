/** What runs the programs: HartHop, and the QEMUs that are here. */
import { spawnSync } from 'node:child_process';
import { hasTool, trixie } from '../test/tools.js';
import type { Home } from './build.js';
import type { Command } from './timing.js';

/** A program as an emulator is given it. */
export interface Guest {
  /** One of the two, or both from the same sources. HartHop takes the bare one. */
  readonly elf: Readonly<Partial<Record<Home, string>>>;
  /** Of bare harts. */
  readonly isa: string;
  readonly vlen?: number;
  readonly harts?: number;
  /** The chip that HartHop runs the user's one on. */
  readonly soc?: string;
  /** Nothing else is to run it. */
  readonly alone?: true;
}

export interface Emulator {
  readonly name: string;
  /** @returns undefined where it can't run that */
  command(guest: Guest): Command | undefined;
}

/** HartHop's command, from the bundle that is installed. @param more options of `harthop run` */
export const harthop = (more: readonly string[] = []) => ({
  name: 'HartHop',
  command({ elf, isa, harts = 1, soc }: Guest): Command {
    const run = [process.execPath, 'dist/harthop.js', 'run', ...more] as const;
    if (elf.bare) return [...run, '--bare', '--isa', isa, '--harts', String(harts), elf.bare];
    return [...run, '--soc', soc!, elf.user!];
  },
});

const cpu = ({ vlen }: Guest) => (vlen ? `rv64,v=true,vlen=${vlen},vext_spec=v1.0` : 'rv64');
const board = ['-M', 'virt', '-bios', 'none', '-display', 'none', '-serial', 'stdio', '-monitor', 'none'];

const system = (tool: string): Emulator['command'] => {
  return (guest) => {
    const { elf, harts = 1, alone } = guest;
    if (!elf.bare || alone) return undefined;
    return [tool, ...board, '-cpu', cpu(guest), '-smp', String(harts), '-kernel', elf.bare];
  };
};
const user = (tool: string): Emulator['command'] => {
  return (guest) => {
    const { elf, alone } = guest;
    return elf.user && !alone ? [tool, '-cpu', cpu(guest), elf.user] : undefined;
  };
};

function versionOf(tool: string): string {
  return /version (\d+\.\d+)/.exec(spawnSync(tool, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';
}

/** Those of the system and of Debian trixie (scripts/trixie.ts) that are installed. */
export function qemus(): Emulator[] {
  const kinds = [
    ['qemu-system', 'qemu-system-riscv64', system],
    ['qemu-user', 'qemu-riscv64', user],
  ] as const;
  return kinds.flatMap(([name, tool, command]) =>
    [tool, trixie(tool)]
      .filter(hasTool)
      .map((path) => ({ name: `${name} ${versionOf(path)}`, command: command(path) })),
  );
}
