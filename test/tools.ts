/** Tests that need a tool of the system: skipped where it is missing, failing where HARTHOP_REQUIRE_TOOLS is set (CI). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

const found = new Map<string, boolean>();

/** Options with which Node runs the sources. */
export const fromSources = ['--import', new URL('../scripts/typescript.mjs', import.meta.url).href] as const;

/** The path of a tool that `npm run tools` unpacks (scripts/trixie.ts). */
export const trixie = (tool: string) => fileURLToPath(new URL(`../.cache/trixie/bin/${tool}`, import.meta.url));
/** GCC 14's compiler proper for riscv64, which comes with them. */
export const trixieCompiler = fileURLToPath(new URL('../.cache/trixie/gcc/cc1', import.meta.url));
/** The path of a riscv64 program that comes with them. */
export const trixieProgram = (name: string) =>
  fileURLToPath(new URL(`../.cache/trixie/riscv64/${name}`, import.meta.url));
/** How they are called in messages. */
const called = (tool: string) => (isAbsolute(tool) ? `${basename(tool)} of Debian trixie (npm run tools)` : tool);

/** Is the program there: on the PATH, if it is only a name? */
export function hasTool(tool: string): boolean {
  if (!found.has(tool)) {
    const there = isAbsolute(tool) ? existsSync(tool) : spawnSync('which', [tool], { stdio: 'ignore' }).status === 0;
    found.set(tool, there);
  }
  return found.get(tool)!;
}

/** For `test(name, needs('clang-19'), fn)`: a skip with its reason, or nothing. With HARTHOP_REQUIRE_TOOLS the test runs and fails by itself. */
export function needs(...tools: string[]): { skip?: string } {
  const missing = tools.filter((tool) => !hasTool(tool));
  return missing.length && !process.env.HARTHOP_REQUIRE_TOOLS
    ? { skip: `needs ${missing.map(called).join(', ')}` }
    : {};
}
