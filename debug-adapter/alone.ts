import type { Target, TargetHart } from './target.js';

/** Let only one hart have turns while something goes on. The others are frozen and thawed by inputs of the run, so that it can be gone back in. */
export async function alone<T>(target: Target, hart: TargetHart, something: () => Promise<T>): Promise<T> {
  const others = target.harts.filter((other) => other.id !== hart.id && !other.frozen);
  for (const { id } of others) target.freeze(id, true);
  try {
    return await something();
  } finally {
    // Who was thawed meanwhile by hand stays so.
    for (const other of others) if (other.frozen) target.freeze(other.id, false);
  }
}
