import { RequestError, type RequestHandler } from '../protocol.js';

/** `source`: the text of a source that is no file of the user's. */
export const source: RequestHandler<'source'> = {
  handle(args, session) {
    session.program;
    const reference = args.source?.sourceReference ?? args.sourceReference;
    const content = session.sources.text(reference);
    if (content === undefined) throw new RequestError(`source ${JSON.stringify(reference)} is not known`);
    return { content, mimeType: 'text/x-riscv-asm' };
  },
};
