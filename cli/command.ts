/** What a command is: its options stated once, read from the command line and printed as help. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export interface Option {
  /** How the value is called in help; none: the option is a switch. */
  readonly value?: string;
  readonly doc: string;
}

export interface Command {
  readonly name: string;
  /** What stands behind the name: `FILE [-- ARGS…]`. */
  readonly operands: string;
  /** One line. */
  readonly doc: string;
  readonly options: Readonly<Record<string, Option>>;
  /** More of help: examples, exit statuses. */
  readonly notes?: string;
  /** @returns the exit status */
  run(line: CommandLine): Promise<number>;
}

/** Bad input: told in one line, exit status 2. */
export class InputError extends Error {}

export class CommandLine {
  constructor(
    /** What is no option, up to `--`. */
    readonly operands: readonly string[],
    /** What stands after `--`. */
    readonly rest: readonly string[],
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
  ) {}

  /** The value of an option, where it was given. */
  text(option: string): string | undefined {
    const value = this.values[option];
    return typeof value === 'string' ? value : undefined;
  }

  has(option: string): boolean {
    return this.values[option] !== undefined;
  }

  /** A whole number. @throws InputError */
  integer(option: string, least: number, most: number): number | undefined {
    const text = this.text(option);
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InputError(`--${option}: ${JSON.stringify(text)} is no whole number from ${least} to ${most}`);
    }
    return value;
  }

  /** The one operand of a command that takes one. @throws InputError */
  one(what: string): string {
    const [first, second] = this.operands;
    if (first === undefined) throw new InputError(`which ${what}? See --help`);
    if (second !== undefined) {
      throw new InputError(
        `one ${what} at a time, not also ${JSON.stringify(second)} (the program's own arguments go after --)`,
      );
    }
    return first;
  }
}

/** Read a command's part of the command line. @throws InputError */
export function parseLine(command: Command, argv: readonly string[]): CommandLine {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { value }] of Object.entries(command.options)) {
    options[name] = { type: value ? 'string' : 'boolean', ...(name === 'output' && { short: 'o' }) };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...own], options, allowPositionals: true });
    const rest = end < 0 ? [] : argv.slice(end + 1);
    return new CommandLine(positionals, rest, values as Record<string, string | boolean | undefined>);
  } catch (error) {
    // Node's message says what is wrong; its advice after the first sentence is about its own rules.
    const message = (error as Error).message.split('. ')[0]!.replace(/\n.*/s, '');
    throw new InputError(`${message} (see harthop ${command.name} --help)`);
  }
}

export function helpOf(command: Command): string {
  const left = (name: string, { value }: Option) =>
    `${name === 'output' ? '-o, ' : ''}--${name}${value ? ` ${value}` : ''}`;
  const options: [string, string][] = [
    ...Object.entries(command.options).map(([name, option]): [string, string] => [left(name, option), option.doc]),
    ['-h, --help', 'Show this.'],
  ];
  const width = Math.max(...options.map(([name]) => name.length)) + 2;
  const rows = options.map(
    ([name, doc]) => `  ${name.padEnd(width)}${doc.replaceAll('\n', `\n  ${' '.repeat(width)}`)}`,
  );
  return [
    `harthop ${[command.name, '[OPTIONS]', command.operands].filter(Boolean).join(' ')}`,
    '',
    command.doc,
    '',
    ...rows,
    ...(command.notes ? ['', command.notes] : []),
    '',
  ].join('\n');
}
