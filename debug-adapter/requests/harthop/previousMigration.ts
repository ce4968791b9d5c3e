import { integer } from '../../arguments.js';
import { migrationOf } from '../../filters.js';
import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/previousMigration`: go back to where a task last arrived on an accelerator hart or left one. */
export const previousMigration: RequestHandler<'harthop/previousMigration'> = {
  handle(args, session) {
    const { debuggee } = session.still;
    const tid = integer(args, 'tid', 1, 2 ** 31 - 1);
    if (!debuggee.target.history) throw new RequestError('nothing was recorded of this run, so there is no way back');
    session.start(({ reverser }) => reverser.toLastEvent(migrationOf(tid)), 'Going back');
  },
};
