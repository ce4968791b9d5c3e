import { objects, text, when } from '../arguments.js';
import type { RequestHandler } from '../protocol.js';

/** `setFunctionBreakpoints`: by the names of functions and labels. */
export const setFunctionBreakpoints: RequestHandler<'setFunctionBreakpoints'> = {
  capabilities: { supportsFunctionBreakpoints: true },
  handle(args, session) {
    const { breakpoints } = session.program;
    const wanted = objects<object>(args, 'breakpoints').map((each) => ({ ...when(each), name: text(each, 'name') }));
    return { breakpoints: breakpoints.setFunctions(wanted).map(({ shown }) => shown) };
  },
};
