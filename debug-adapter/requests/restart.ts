import { type LaunchArguments, RequestError, type RequestHandler } from '../protocol.js';
import { launch } from './launch.js';

/** `restart`: a new machine with the program as it is now; the client sets its breakpoints anew. */
export const restart: RequestHandler<'restart'> = {
  capabilities: { supportsRestartRequest: true },
  async handle(args, session, signal) {
    const launched = (args as { arguments?: LaunchArguments } | undefined)?.arguments ?? session.launched;
    if (session.isAttached)
      throw new RequestError('restart: an attached program is not started from here; start `harthop run --debug` anew');
    if (!launched) throw new RequestError('restart: no program was launched');
    session.renew();
    await launch.handle(launched, session, signal);
  },
};
