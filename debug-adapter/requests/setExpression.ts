import { text } from '../arguments.js';
import { evaluate as evaluateText } from '../expressions/evaluate.js';
import { variableOf } from '../values/variable.js';
import type { RequestHandler } from '../protocol.js';

/** `setExpression`: an assignment. */
export const setExpression: RequestHandler<'setExpression'> = {
  capabilities: { supportsSetExpression: true },
  handle(args, session) {
    const frame = session.frame(args.frameId);
    const expression = text(args, 'expression');
    const value = evaluateText(`${expression} = (${text(args, 'value')})`, session.debuggee.context(frame));
    session.changed(value.place?.va, value.type.size);
    const {
      name: _,
      evaluateName: __,
      ...shown
    } = session.show(variableOf(expression, value), args.format?.hex === true);
    return shown;
  },
};
