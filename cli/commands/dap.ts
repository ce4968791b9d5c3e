/** `harthop dap`: the debug adapter, for editors other than VS Code and for tests. */
import { type Command, InputError } from '../command.js';

export const dap: Command = {
  name: 'dap',
  operands: '',
  doc: 'Serve the Debug Adapter Protocol on stdin and stdout, or over TCP.',
  options: { port: { value: 'N', doc: 'Listen on 127.0.0.1, port N; 0 takes a free one and tells it on stderr.' } },
  async run(line) {
    if (line.operands.length) throw new InputError(`dap takes no operand such as ${JSON.stringify(line.operands[0])}`);
    const port = line.integer('port', 0, 65535);
    const { serve } = await import('../../debug-adapter/server.js');
    try {
      await serve(port);
    } catch (error) {
      // Such as a port that another program listens on.
      throw new InputError((error as Error).message);
    }
    return 0;
  },
};
