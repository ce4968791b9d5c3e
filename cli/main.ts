/** The `harthop` command. */
import { preparePlatform } from '../debug-adapter/platform.js';
import { type Command, helpOf, InputError, parseLine } from './command.js';
import { version } from './version.js';

/** Each is loaded when it is asked for: reading the language server takes longer than starting a machine. */
const commands = {
  run: async () => (await import('./commands/run.js')).run,
  record: async () => (await import('./commands/record.js')).record,
  replay: async () => (await import('./commands/replay.js')).replay,
  asm: async () => (await import('./commands/asm.js')).asm,
  disasm: async () => (await import('./commands/disasm.js')).disasm,
  dap: async () => (await import('./commands/dap.js')).dap,
  gdb: async () => (await import('./commands/gdb.js')).gdb,
  lsp: async () => (await import('./commands/lsp.js')).lsp,
} satisfies Readonly<Record<string, () => Promise<Command>>>;

/** @throws InputError where there is no such command */
function commandOf(name: string): Promise<Command> {
  if (!Object.hasOwn(commands, name))
    throw new InputError(`no command ${JSON.stringify(name)}; there are ${Object.keys(commands).join(', ')}`);
  return commands[name as keyof typeof commands]();
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...all.map(({ name }) => name.length)) + 2;
  return [
    'harthop COMMAND [OPTIONS] …',
    '',
    'Runs and debugs RISC-V programs on chips whose harts differ.',
    '',
    ...all.map(({ name, doc }) => `  ${name.padEnd(width)}${doc}`),
    '',
    'harthop COMMAND --help tells more.',
    '',
  ].join('\n');
}

preparePlatform();

/** @returns the exit status */
async function harthop(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(rest[0] === undefined ? await overview() : helpOf(await commandOf(rest[0])));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = await commandOf(name);
  const line = parseLine(command, rest);
  if (line.has('help')) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  return command.run(line);
}

// A reader that went away (`harthop … | head`) ends the command as it ends others.
process.stdout.on('error', () => process.exit(128 + 13));

try {
  process.exitCode = await harthop(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`harthop: ${error.message}\n`);
  process.exitCode = 2;
}
