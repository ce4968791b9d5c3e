import { integer } from '../arguments.js';
import type { RequestHandler } from '../protocol.js';

/** `modules`: program, kernel and firmware. */
export const modules: RequestHandler<'modules'> = {
  capabilities: { supportsModulesRequest: true },
  handle(args, session) {
    const { images } = session.program.debuggee;
    const start = integer(args, 'startModule', 0, 1e6, 0);
    const count = integer(args, 'moduleCount', 0, 1e6, 0);
    const all = images.all.map(({ role, name, hasLines, elf }) => ({
      id: role,
      name: role,
      path: name,
      isUserCode: role === 'program',
      symbolStatus: hasLines ? 'lines and symbols' : elf.symbols.length ? 'symbols' : 'none',
      addressRange: elf.segments
        .map(({ va, size }) => `0x${va.toString(16)}..0x${(va + size).toString(16)}`)
        .join(', '),
    }));
    return { modules: all.slice(start, count ? start + count : undefined), totalModules: all.length };
  },
};
