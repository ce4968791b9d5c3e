import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { filters } from '../filters.js';
import type { RequestHandler } from '../protocol.js';
import { capabilities } from './index.js';

/** `initialize`: what this debugger can do. */
export const initialize: RequestHandler<'initialize'> = {
  handle(args, session): P.Capabilities {
    session.initialized(args);
    return {
      ...capabilities(),
      exceptionBreakpointFilters: filters.map(({ id, label, description }) => ({
        filter: id,
        label,
        description,
        default: false,
        supportsCondition: true,
        conditionDescription: 'e.g. $hart == 2 && $task == 7',
      })),
    };
  },
};
