import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { objects, optionalText, text, texts } from '../arguments.js';
import { type Condition, conditionOf } from '../condition.js';
import { filters } from '../filters.js';
import type { RequestHandler } from '../protocol.js';

/** `setExceptionBreakpoints`: which steps of a migration stop, and under which condition. */
export const setExceptionBreakpoints: RequestHandler<'setExceptionBreakpoints'> = {
  capabilities: {
    supportsExceptionFilterOptions: true,
    exceptionBreakpointFilters: filters.map(({ id, label, description }) => ({
      filter: id,
      label,
      description,
      default: false,
      supportsCondition: true,
      conditionDescription: 'e.g. $hart == 2 && $task == 7',
    })),
  },
  handle(args, session) {
    const { runner } = session.program;
    const wanted = [
      ...texts(args, 'filters').map((filterId) => ({ filterId, condition: undefined })),
      ...objects<P.ExceptionFilterOptions>(args, 'filterOptions').map((each) => ({
        filterId: text(each, 'filterId'),
        condition: optionalText(each, 'condition') || undefined,
      })),
    ];
    const on = new Map<string, Condition>();
    const answers = wanted.map(({ filterId, condition }): P.Breakpoint => {
      if (!filters.some(({ id }) => id === filterId)) {
        const known = filters.map(({ id }) => id).join(', ');
        return { verified: false, message: `there is no filter \`${filterId}\`; there are ${known}` };
      }
      try {
        on.set(filterId, conditionOf({ condition }));
      } catch (error) {
        return { verified: false, message: (error as Error).message };
      }
      return { verified: true };
    });
    runner.enabled.clear();
    for (const [id, condition] of on) runner.enabled.set(id, condition);
    return { breakpoints: answers };
  },
};
