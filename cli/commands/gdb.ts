/** `harthop gdb`: a program on a chip, under GDB. */
import { Debuggee } from '../../debug-adapter/debuggee.js';
import { GdbServer } from '../../gdb-server/server.js';
import { type Command, type CommandLine, InputError } from '../command.js';
import { type DebugOptions, runDebugged } from '../debugged.js';
import { machineFor, run, statusOf, toldInOneLine } from './run.js';

const { soc, engine, seed, append, firmware, kernel } = run.options;

/** GDB's protocol on a connection. */
const speakGdb =
  (byKind: boolean): DebugOptions['speak'] =>
  (debugged, socket, host) => {
    let claimed: ReturnType<typeof debugged.claim>;
    try {
      claimed = debugged.claim();
    } catch {
      socket.destroy();
      return;
    }
    const server = new GdbServer(
      new Debuggee(claimed.target, debugged.images),
      (bytes) => {
        if (socket.writable) socket.write(bytes);
      },
      (how) => {
        socket.end();
        claimed.release(how === 'kill');
      },
      host.breathe,
      debugged.last,
      byKind,
    );
    socket.on('data', (bytes) => server.receive(bytes));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => void server.vanish());
  };

export const gdb: Command = {
  name: 'gdb',
  operands: 'FILES… [-- ARGS…]',
  doc: 'Run a program, as `run` does, under GDB: a server of its remote protocol, with a thread for each hart.',
  options: {
    port: { value: 'N', doc: 'Listen on 127.0.0.1, port N; 0 takes a free one. Which one is told on stderr.' },
    reset: { doc: "Stand at the machine's first instruction, in firmware, rather than at the program's." },
    'by-kind': { doc: 'Each kind of hart is a process of its own for GDB, with the registers that it has.' },
    ...{ soc, engine, seed, append, firmware, kernel },
  } as Command['options'],
  notes: [
    'Then, in another terminal:',
    '',
    '  gdb-multiarch PROGRAM -ex "target remote :N"',
    '',
    "The exit status is the program's; 143 when GDB kills it. `monitor help` in GDB tells more.",
  ].join('\n'),
  run: (line) => toldInOneLine(() => serve(line)),
};

async function serve(line: CommandLine): Promise<number> {
  const port = line.integer('port', 0, 65535);
  if (port === undefined) throw new InputError('--port N is needed; 0 takes a free one');
  const { machine, files, program } = await machineFor(line);
  const ending = await runDebugged(machine, {
    ...{ port, program, files, command: 'gdb', speak: speakGdb(line.has('by-kind')), goOn: false },
    toEntry: !line.has('reset'),
  });
  return statusOf(ending, line);
}
