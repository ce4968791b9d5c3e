import { text } from '../arguments.js';
import { evaluate as evaluateText } from '../expressions/evaluate.js';
import { assigns, parse } from '../expressions/parser.js';
import { withRadix } from '../expressions/format.js';
import { isScalar, numberOf } from '../expressions/value.js';
import { variableOf } from '../values/variable.js';
import type { RequestHandler } from '../protocol.js';

/** `evaluate`: watch, hover and console, in the one expression language. */
export const evaluate: RequestHandler<'evaluate'> = {
  capabilities: {
    supportsEvaluateForHovers: true,
    supportsValueFormattingOptions: true,
    supportsClipboardContext: true,
  },
  handle(args, session) {
    const frame = session.frame(args.frameId);
    const { expression, radix } = withRadix(text(args, 'expression'));
    const { debuggee } = session;
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
    if (assigns(parse(expression))) session.changed();
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
