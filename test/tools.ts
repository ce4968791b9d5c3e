/** Tests that need a tool of the system: skipped where it is missing, failing where HARTHOP_REQUIRE_TOOLS is set (CI). */
import { spawnSync } from 'node:child_process';

const found = new Map<string, boolean>();

/** Is the program on the PATH? */
export function hasTool(tool: string): boolean {
  if (!found.has(tool)) found.set(tool, spawnSync('which', [tool], { stdio: 'ignore' }).status === 0);
  return found.get(tool)!;
}

/** For `test(name, needs('clang-19'), fn)`: a skip with its reason, or nothing. With HARTHOP_REQUIRE_TOOLS the test runs and fails by itself. */
export function needs(...tools: string[]): { skip?: string } {
  const missing = tools.filter((tool) => !hasTool(tool));
  return missing.length && !process.env.HARTHOP_REQUIRE_TOOLS ? { skip: `needs ${missing.join(', ')}` } : {};
}
