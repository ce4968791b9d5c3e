import type { RequestHandler } from '../protocol.js';

/** `loadedSources`: every file that the debug information of program, kernel and firmware names. */
export const loadedSources: RequestHandler<'loadedSources'> = {
  capabilities: { supportsLoadedSourcesRequest: true },
  async handle(_, session) {
    const { images } = session.program.debuggee;
    const places = images.all.flatMap(({ places }) => [...places.files].map((file) => ({ file, line: 1, column: 0 })));
    return { sources: await Promise.all(places.map((place) => session.sources.of(place))) };
  },
};
