import { integer } from '../arguments.js';
import type { RequestHandler } from '../protocol.js';

/** `modules`: program, kernel and firmware, and files with symbols of them. */
export const modules: RequestHandler<'modules'> = {
  capabilities: { supportsModulesRequest: true },
  handle(args, session) {
    const { images } = session.program.debuggee;
    const start = integer(args, 'startModule', 0, 1e6, 0);
    const count = integer(args, 'moduleCount', 0, 1e6, 0);
    const all = images.all.map(({ id, role, name, worth, loaded, pieces }) => ({
      id,
      name: loaded ? `symbols of ${role}` : role,
      path: name,
      isUserCode: role === 'program',
      symbolStatus: ['none', 'symbols', 'lines and symbols'][worth],
      addressRange: pieces.map(({ low, high }) => `0x${low.toString(16)}..0x${high.toString(16)}`).join(', '),
    }));
    return { modules: all.slice(start, count ? start + count : undefined), totalModules: all.length };
  },
};
