/** Names of registers (psABI, "Register Convention"). */

/** ABI names of x0 to x31. */
export const xNames: readonly string[] = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'],
  ...['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'],
];

/** ABI names of f0 to f31. */
export const fNames: readonly string[] = [
  ...['ft0', 'ft1', 'ft2', 'ft3', 'ft4', 'ft5', 'ft6', 'ft7', 'fs0', 'fs1'],
  ...['fa0', 'fa1', 'fa2', 'fa3', 'fa4', 'fa5', 'fa6', 'fa7'],
  ...['fs2', 'fs3', 'fs4', 'fs5', 'fs6', 'fs7', 'fs8', 'fs9', 'fs10', 'fs11', 'ft8', 'ft9', 'ft10', 'ft11'],
];

/** v0 to v31. */
export const vNames: readonly string[] = Array.from({ length: 32 }, (_, n) => `v${n}`);

export interface Register {
  readonly class: 'x' | 'f' | 'v';
  readonly number: number;
}

const named = new Map<string, Register>();
for (let n = 0; n < 32; n++) {
  for (const name of [`x${n}`, xNames[n]!]) named.set(name, { class: 'x', number: n });
  for (const name of [`f${n}`, fNames[n]!]) named.set(name, { class: 'f', number: n });
  named.set(vNames[n]!, { class: 'v', number: n });
}
named.set('fp', { class: 'x', number: 8 });

/** The register that a name stands for, or undefined. */
export const registerNamed = (name: string): Register | undefined => named.get(name);

/** All names that stand for a register. */
export const registerNames = (): IterableIterator<string> => named.keys();
