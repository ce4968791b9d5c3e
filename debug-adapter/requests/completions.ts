import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { integer, text } from '../arguments.js';
import { names, partNames, wordBefore } from '../completing.js';
import type { RequestHandler } from '../protocol.js';

/** The most that are offered. */
const MOST = 200;

/** `completions`: what begins as the word before the cursor does: parts of what stands before a `.` or `->`, else locals, registers, CSRs, symbols. */
export const completions: RequestHandler<'completions'> = {
  capabilities: { supportsCompletionsRequest: true, completionTriggerCharacters: ['$', '.', '>'] },
  handle(args, session) {
    const { debuggee } = session.program;
    const lines = text(args, 'text').split('\n');
    const line = lines[integer(args, 'line', 0, 1e6, 1) - 1] ?? lines[0];
    const column = integer(args, 'column', 0, 1e6);
    const { word, of } = wordBefore(line.slice(0, Math.max(0, column - 1)));
    const stands = args.frameId !== undefined && session.frames.get(args.frameId);
    const frame = stands || (session.isRunning || session.isLoaded ? undefined : session.frame(undefined));
    const offered = of ? partNames(of, frame, debuggee) : names(word.startsWith('$'), frame, debuggee);
    const seen = new Set<string>();
    const targets: P.CompletionItem[] = [];
    for (const { name, kind } of offered) {
      if (targets.length >= MOST) break;
      if (!name.startsWith(word) || seen.has(name)) continue;
      seen.add(name);
      targets.push({ label: name, type: kind, start: Math.max(1, column - word.length), length: word.length });
    }
    return { targets };
  },
};
