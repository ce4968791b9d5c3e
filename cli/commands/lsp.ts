/** `harthop lsp`: the language server, for any editor. */
import { type Command, InputError } from '../command.js';
import { socOf } from '../files.js';

export const lsp: Command = {
  name: 'lsp',
  operands: '',
  doc: 'Serve the Language Server Protocol for RISC-V assembly, and C that was built, on stdin and stdout.',
  options: { stdio: { doc: 'What it does anyway; clients that pass it are understood.' } },
  async run(line) {
    if (line.operands.length) throw new InputError(`lsp takes no operand such as ${JSON.stringify(line.operands[0])}`);
    const [{ serve }, { readBuilt }] = await Promise.all([
      import('../../language-server/main.js'),
      import('../built.js'),
    ]);
    await serve({ chip: socOf, readBuilt }, process.stdin, process.stdout);
    return 0;
  },
};
