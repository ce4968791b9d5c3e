/** What is told when the engines of `--engine lockstep` come apart. */
import { disassemble } from '../assembler/disassemble.js';
import { type EnginesDiffer, textOf } from '../emulator/lockstep.js';

/** The instruction in full, then what each engine has. */
export function divergenceText({ divergence }: EnginesDiffer): string {
  const { word, pc } = divergence;
  return textOf(divergence, word === undefined ? undefined : disassemble(word, pc).text);
}
