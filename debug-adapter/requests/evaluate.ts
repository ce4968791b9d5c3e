import { text } from '../arguments.js';
import { evaluate as evaluateText } from '../expressions/evaluate.js';
import { assigns, parse } from '../expressions/parser.js';
import { withRadix } from '../expressions/format.js';
import { isScalar, numberOf } from '../expressions/value.js';
import { variableOf } from '../values/variable.js';
import { RequestError, type RequestHandler } from '../protocol.js';
import type { Session } from '../session.js';

/** `evaluate`: watch, hover and console, in the one expression language. */
export const evaluate: RequestHandler<'evaluate'> = {
  capabilities: {
    supportsEvaluateForHovers: true,
    supportsValueFormattingOptions: true,
    supportsClipboardContext: true,
  },
  handle(args, session) {
    if (args.context === 'repl' && typed(text(args, 'expression'), session))
      return { result: '', variablesReference: 0 };
    const frame = session.frame(args.frameId);
    const { expression, radix } = withRadix(text(args, 'expression'));
    const { debuggee } = session;
    const changes = assigns(parse(expression));
    if (changes && args.context === 'hover') throw new RequestError(`\`${expression}\` would be done, not looked at`);
    const value = evaluateText(expression, debuggee.context(frame));
    // A number that can't be read is an error here, not a note beside others.
    if (isScalar(value.type)) numberOf(value);
    const variable = variableOf(expression, value, {
      evaluateName: expression,
      hex: args.format?.hex === true,
      // What is copied is all of it.
      all: args.context === 'clipboard',
      ...(radix && { radix }),
      symbolize: (va) => debuggee.symbolize(va, frame.raw.privilege),
      memory: (va) => debuggee.memoryAt(frame, va).place(va),
    });
    if (changes) session.changed();
    const shown = session.show(variable);
    return {
      result: shown.value,
      type: shown.type,
      variablesReference: shown.variablesReference,
      ...(shown.namedVariables && { namedVariables: shown.namedVariables }),
      ...(shown.indexedVariables && { indexedVariables: shown.indexedVariables }),
      ...(shown.memoryReference && { memoryReference: shown.memoryReference }),
      ...(shown.valueLocationReference && { valueLocationReference: shown.valueLocationReference }),
    };
  },
};

/** In the console a line is the program's input while that runs, and with `<` in front of it while it stands still. @returns was it? */
function typed(line: string, session: Session): boolean {
  const { input } = session.program;
  const mark = session.isRunning ? undefined : /^\s*< ?/.exec(line);
  if (!input || (!session.isRunning && !mark)) return false;
  input.type(`${line.slice(mark?.[0].length ?? 0)}\n`);
  return true;
}
