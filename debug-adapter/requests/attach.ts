import { RequestError, type RequestHandler } from '../protocol.js';

/** `attach`: take over the machine of `harthop run --debug`, at whose port this session is. */
export const attach: RequestHandler<'attach'> = {
  handle(args, session) {
    const { attachable } = session.host;
    if (!attachable)
      throw new RequestError(
        'attach: nothing runs here. Start the program by `harthop run --debug PORT FILES…` and connect to that port',
        true,
      );
    session.mayLaunch();
    const { stopOnEntry } = args as { stopOnEntry?: unknown };
    if (stopOnEntry !== undefined && typeof stopOnEntry !== 'boolean')
      throw new RequestError('attach: stopOnEntry must be true or false', true);
    const { program, started } = attachable;
    session.attached(attachable, { program, stopOnEntry: stopOnEntry === true });
    session.after(() => {
      session.event('process', { name: program, startMethod: 'attach', isLocalProcess: false });
      if (started) session.output('attached; the program has been running\n');
      session.event('initialized');
    });
  },
};
