import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { csrs } from '../../isa/csrs.js';
import { registerNames } from '../../isa/registers.js';
import { unitRegisterNames } from '../../isa/units.js';
import { integer, text } from '../arguments.js';
import { elementNames, groupSizes } from '../values/vector-register.js';
import type { RequestHandler } from '../protocol.js';

/** The most that are offered. */
const MOST = 200;

/** `completions`: registers, CSRs and symbols that begin as the word before the cursor does. */
export const completions: RequestHandler<'completions'> = {
  capabilities: { supportsCompletionsRequest: true, completionTriggerCharacters: ['$', '.'] },
  handle(args, session) {
    const { debuggee } = session.program;
    const line = text(args, 'text');
    const column = integer(args, 'column', 0, 1e6);
    const [word] = /\$?[\w.]*$/.exec(line.slice(0, Math.max(0, column - 1))) ?? [''];
    const dollar = word.startsWith('$') ? '$' : '';
    const plain = word.slice(dollar.length);
    const context = ['pc', 'hart', 'task', 'priv'].map((name) => ({ name: `$${name}`, type: 'keyword' as const }));
    const units = unitRegisterNames.map(({ name }) => name);
    const registers = [...registerNames(), ...units, ...csrs.map(({ name }) => name)].map((name) => ({
      name: dollar + name,
      type: 'variable' as const,
    }));
    const symbols = dollar
      ? []
      : debuggee.images.all.flatMap(({ elf }) =>
          elf.symbols.map(({ name, kind }) => ({
            name,
            type: kind === 'function' ? ('function' as const) : ('value' as const),
          })),
        );
    // After `$v8.` stand the ways to look at it.
    const vector = /^\$?v\d+(?:\.m\d)?\./.exec(word)?.[0];
    const ways = vector ? [...elementNames, ...groupSizes.map((size) => `m${size}`)] : [];
    const views = ways.map((way) => ({ name: vector + way, type: 'property' as const }));
    const seen = new Set<string>();
    const targets: P.CompletionItem[] = [];
    for (const { name, type } of [...context, ...registers, ...views, ...symbols]) {
      if (targets.length >= MOST) break;
      if (!name.startsWith(dollar + plain) || seen.has(name)) continue;
      seen.add(name);
      targets.push({ label: name, type, start: Math.max(0, column - 1 - word.length), length: word.length });
    }
    return { targets };
  },
};
