/** Options of the commands that go on for as long as wanted. */

/** The number behind an option of the command line. @param command how it is called, for the message that ends it where that is no number */
export function numberOption(command: string, name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (Number.isFinite(value) && value >= 0) return value;
  process.stderr.write(`usage: ${command} -- [--minutes N] [--seed S]; ${name} needs a number\n`);
  process.exit(2);
}
