import { integer } from '../arguments.js';
import { stepTargets } from '../step-targets.js';
import type { RequestHandler } from '../protocol.js';

/** `stepInTargets`: the calls on the line that a frame stands on, and the traps that are sure to come. */
export const stepInTargets: RequestHandler<'stepInTargets'> = {
  capabilities: { supportsStepInTargetsRequest: true },
  handle(args, session) {
    const { debuggee } = session.still;
    const frame = session.frame(integer(args, 'frameId', 0, 2 ** 31));
    const targets = stepTargets(frame, debuggee).map((target) => {
      const place = frame.image?.places.at(target.va);
      return {
        id: session.targets.add({ hart: frame.hart.id, ...target }),
        label: target.label,
        ...(place && { line: place.line }),
        ...(place?.column && { column: place.column }),
      };
    });
    return { targets };
  },
};
