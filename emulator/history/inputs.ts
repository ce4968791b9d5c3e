/** Everything that comes into a machine from outside while it runs. A run is a function of these, each given at its step. */
import type { Machine } from '../machine.js';

export type Input =
  | { readonly kind: 'console'; readonly bytes: readonly number[] }
  | { readonly kind: 'freeze'; readonly hart: number; readonly on: boolean }
  | { readonly kind: 'memory'; readonly pa: number; readonly bytes: readonly number[] };

const givers: { readonly [K in Input['kind']]: (machine: Machine, input: Extract<Input, { kind: K }>) => void } = {
  console: (machine, { bytes }) => machine.console.write(bytes),
  freeze: (machine, { hart, on }) => {
    machine.harts[hart]!.frozen = on;
  },
  memory: (machine, { pa, bytes }) => machine.memory.write(pa, Uint8Array.from(bytes)),
};

export const give = (machine: Machine, input: Input): void => givers[input.kind](machine, input as never);
