/** The `harthop` command. */
import { preparePlatform } from '../debug-adapter/platform.js';
import { type Command, helpOf, InputError, parseLine } from './command.js';
import { asm } from './commands/asm.js';
import { dap } from './commands/dap.js';
import { disasm } from './commands/disasm.js';
import { lsp } from './commands/lsp.js';
import { gdb } from './commands/gdb.js';
import { record } from './commands/record.js';
import { replay } from './commands/replay.js';
import { run } from './commands/run.js';
import { version } from './version.js';

const commands: readonly Command[] = [run, record, replay, asm, disasm, dap, gdb, lsp];

const names = commands.map(({ name }) => name).join(', ');

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    'harthop COMMAND [OPTIONS] …',
    '',
    'Runs and debugs RISC-V programs on chips whose harts differ.',
    '',
    ...commands.map(({ name, doc }) => `  ${name.padEnd(width)}${doc}`),
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
    const topic = commands.find((each) => each.name === rest[0]);
    if (rest[0] !== undefined && !topic)
      throw new InputError(`no command ${JSON.stringify(rest[0])}; there are ${names}`);
    process.stdout.write(topic ? helpOf(topic) : overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (!command) throw new InputError(`no command ${JSON.stringify(name)}; there are ${names}`);
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
