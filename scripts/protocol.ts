/**
 * What the Debug Adapter Protocol has: its requests with their arguments, and its capabilities, read from the interfaces of
 * @vscode/debugprotocol, which are made from the protocol's JSON schema.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A member of an interface, its type as it is written. */
export interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
}

export interface Protocol {
  /** By command: the name of the interface of its arguments, where it has any. */
  readonly requests: ReadonlyMap<string, string | undefined>;
  /** Requests of the adapter to the client. */
  readonly reverse: ReadonlySet<string>;
  readonly capabilities: readonly string[];
  /** The members of interfaces, those that are inherited included. */
  members(name: string): readonly Member[];
  /** What a name of a type that is no interface stands for. */
  alias(name: string): string | undefined;
  readonly version: string;
}

const packageJson = createRequire(import.meta.url).resolve('@vscode/debugprotocol/package.json');

/** Read the protocol. @throws Error when the file is not as it is read here */
export function readProtocol(): Protocol {
  const text = readFileSync(join(dirname(packageJson), 'lib/debugProtocol.d.ts'), 'utf8');
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, '');
  const interfaces = new Map<string, { base?: string; body: string }>();
  for (const [, name, base, body] of plain.matchAll(/interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\t\}/gm))
    interfaces.set(name, { base, body });
  const aliases = new Map([...plain.matchAll(/^\ttype (\w+) = ([^;]+);/gm)].map(([, name, type]) => [name, type]));

  const members = (name: string): Member[] => {
    const found = interfaces.get(name);
    if (!found) throw new Error(`the protocol has no interface ${name}`);
    const own = [...found.body.matchAll(/^\t\t(\w+)(\?)?: ((?:\{[\s\S]*?\n\t\t\}|[^;\n])+);/gm)].map(
      ([, member, optional, type]): Member => ({ name: member, optional: optional !== undefined, type: type.trim() }),
    );
    return [...(found.base ? members(found.base) : []), ...own];
  };

  const requests = new Map<string, string | undefined>();
  for (const [, command] of plain.matchAll(/\/\/ command: '(\w+)';/g)) {
    const name = `${command[0].toUpperCase()}${command.slice(1)}`;
    const type = members(`${name}Request`).findLast((member) => member.name === 'arguments')?.type;
    requests.set(command, type && interfaces.has(type) ? type : undefined);
  }
  return {
    requests,
    reverse: new Set(['runInTerminal', 'startDebugging']),
    capabilities: members('Capabilities').map(({ name }) => name),
    members,
    alias: (name) => aliases.get(name),
    version: JSON.parse(readFileSync(packageJson, 'utf8')).version,
  };
}
