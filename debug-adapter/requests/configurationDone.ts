import { RequestError, type RequestHandler } from '../protocol.js';

/** `configurationDone`: breakpoints are set; boot, and go on to the program. */
export const configurationDone: RequestHandler<'configurationDone'> = {
  capabilities: { supportsConfigurationDoneRequest: true },
  handle(_, session) {
    const { debuggee } = session.program;
    if (!session.isLoaded) throw new RequestError('configurationDone: the program has started already');
    const { entry } = debuggee.images.program.elf;
    for (const { id } of debuggee.target.harts) session.event('thread', { reason: 'started', threadId: id + 1 });
    const end = session.progress('Booting firmware and kernel');
    session.start(async ({ runner }) => {
      const outcome = await runner.until([entry], (hart) => hart.privilege === 0);
      end();
      if (outcome) return outcome;
      if (session.launched?.stopOnEntry && !session.launched.noDebug)
        return runner.stopped({ reason: 'entry', hart: runner.last, description: 'Entry' });
      return runner.forever();
    });
  },
};
