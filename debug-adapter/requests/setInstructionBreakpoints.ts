import { address, moved, objects, when } from '../arguments.js';
import { modeOf } from '../modes.js';
import type { RequestHandler } from '../protocol.js';

/** `setInstructionBreakpoints`: by address. */
export const setInstructionBreakpoints: RequestHandler<'setInstructionBreakpoints'> = {
  capabilities: { supportsInstructionBreakpoints: true },
  handle(args, session) {
    const { breakpoints } = session.program;
    const wanted = objects<object>(args, 'breakpoints').map((each) => ({
      ...when(each),
      mode: modeOf(each, 'instruction'),
      va: moved(address(each, 'instructionReference'), each),
    }));
    return { breakpoints: breakpoints.setInstructions(wanted).map(({ shown }) => shown) };
  },
};
