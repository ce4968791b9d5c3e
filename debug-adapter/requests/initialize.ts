import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { RequestHandler } from '../protocol.js';
import { capabilities } from './index.js';

/** `initialize`: what this debugger can do. */
export const initialize: RequestHandler<'initialize'> = {
  handle(args, session): P.Capabilities {
    session.initialized(args);
    return capabilities();
  },
};
