import { RequestError, type RequestHandler } from '../protocol.js';

/** `configurationDone`: breakpoints are set; boot, and go on to the program. */
export const configurationDone: RequestHandler<'configurationDone'> = {
  capabilities: { supportsConfigurationDoneRequest: true },
  handle(_, session) {
    const { debuggee } = session.program;
    if (!session.isLoaded) throw new RequestError('configurationDone: the program has started already');
    const { entry } = debuggee.images.program;
    for (const { id } of debuggee.target.harts) session.event('thread', { reason: 'started', threadId: id + 1 });
    if (session.joins) {
      session.start(async ({ runner }) => {
        if (!session.launched?.stopOnEntry) return runner.forever();
        return runner.stopped({ reason: 'pause', hart: runner.last, description: 'Attached' });
      });
      return;
    }
    session.start(async ({ runner }) => {
      const progress = session.progress('Booting', () => runner.pause(runner.last));
      const stages = () => {
        // Firmware runs before the kernel; how long either takes nobody knows beforehand.
        const kernel = debuggee.target.harts.some(({ privilege }) => privilege === 1);
        if (kernel) progress.at('kernel', 50);
        else progress.at('firmware', 0);
      };
      const outcome = await runner.until([entry], (hart) => hart.privilege === 0, stages).finally(() => progress.end());
      if (outcome) return outcome;
      if (session.launched?.stopOnEntry && !session.launched.noDebug)
        return runner.stopped({ reason: 'entry', hart: runner.last, description: 'Entry' });
      return runner.forever();
    });
  },
};
