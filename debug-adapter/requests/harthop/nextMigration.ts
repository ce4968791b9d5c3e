import { integer } from '../../arguments.js';
import { migrationOf } from '../../filters.js';
import type { RequestHandler } from '../../protocol.js';

/** `harthop/nextMigration`: run until a task arrives on an accelerator hart or leaves one. */
export const nextMigration: RequestHandler<'harthop/nextMigration'> = {
  handle(args, session) {
    session.still;
    const tid = integer(args, 'tid', 1, 2 ** 31 - 1);
    session.start(({ runner }) => runner.toEvent(migrationOf(tid)));
  },
};
