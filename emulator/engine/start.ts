/** Bring the generated module to life. */
import type { EngineHost } from './host.js';
import type { Came } from './turns.js';

/** What the module exports. */
export interface EngineExports {
  /** Run the hart whose block lies at this address until `left` is used up. */
  run(hart: number): void;
  /** Let harts have their turns, for so many instructions at most, until the host has something to do; see turns.ts. */
  turns(budgetInstructions: number, eightTimesHarts: number, quantum: number): Came;
  /** High 64 bits of an unsigned product. */
  mulHighUnsigned(a: bigint, b: bigint): bigint;
  /** Bring a page into a data TLB; see refill.ts. */
  refill(hart: number, va: bigint, alignment: number, isStore: number): number;
  /** Rows outside the loop by their table index (handlers.ts), then translated regions. */
  readonly table: WebAssembly.Table;
}

/** Compile the module and connect it to its host. */
export async function startEngine(
  memory: WebAssembly.Memory,
  host: EngineHost,
  bytes: BufferSource,
): Promise<EngineExports> {
  const module = await WebAssembly.compile(bytes);
  const functions = WebAssembly.Module.imports(module).flatMap(({ name, kind }) =>
    kind === 'function' ? [[name, (host[name as keyof EngineHost] as () => unknown).bind(host)] as const] : [],
  );
  const instance = await WebAssembly.instantiate(module, { env: { memory, ...Object.fromEntries(functions) } });
  return instance.exports as unknown as EngineExports;
}
