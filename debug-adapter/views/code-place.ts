import type { Session } from '../session.js';
import type { CodePlace } from './messages.js';

/** A place in the program's code. */
export async function codePlace(pc: bigint, session: Session): Promise<CodePlace> {
  const { images } = session.debuggee;
  const place = images.of(pc, 0)?.places.at(pc);
  const symbol = images.symbolize(pc, 0);
  return {
    pc: `0x${pc.toString(16)}`,
    ...(symbol && { symbol }),
    ...(place && { source: await session.sources.of(place), line: place.line }),
  };
}
