import type { RequestHandler } from '../../protocol.js';

/** `harthop/places`: how often, why and at what cost threads left and came back, by place in the source. Also while the program runs. */
export const places: RequestHandler<'harthop/places'> = {
  async handle(args, session) {
    if (args?.atEnd === true) session.placesAtEnd = true;
    const { timeline, sources } = session.shown;
    return { places: await timeline.places(sources) };
  },
};
