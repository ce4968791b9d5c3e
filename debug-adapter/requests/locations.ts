import { RequestError, type RequestHandler } from '../protocol.js';

/** `locations`: the place in the sources of code that a value points at. */
export const locations: RequestHandler<'locations'> = {
  async handle(args, session) {
    const { debuggee, sources } = session.still;
    const code = session.locations.get(args.locationReference);
    const place = code && debuggee.images.of(code.va, code.privilege)?.places.at(code.va);
    if (!place)
      throw new RequestError(
        `locationReference ${JSON.stringify(args.locationReference)} is not known; references hold until the program runs on`,
      );
    return { source: await sources.of(place), line: place.line, ...(place.column && { column: place.column }) };
  },
};
