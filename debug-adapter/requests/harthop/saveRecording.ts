import { stateFingerprint } from '../../../emulator/history/fingerprint.js';
import { writeRecording } from '../../../emulator/history/recording.js';
import { recordedImage } from '../../ingredients.js';
import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/saveRecording`: the run so far as the text of a recording file. Ends with what is known of the run, also where one has gone back in it. */
export const saveRecording: RequestHandler<'harthop/saveRecording'> = {
  async handle(_, session) {
    const { debuggee, machine, made } = session.still;
    const { history } = debuggee.target;
    if (!history) throw new RequestError('nothing was recorded of this run');
    if (!made)
      throw new RequestError('a run that was attached to can not be saved; `harthop record` saves one from its start');
    const { now, end } = history;
    await history.goTo(end);
    const state = stateFingerprint(machine);
    await history.goTo(now);
    const { soc, program, argv, envp, append, firmware, kernel } = made;
    return {
      content: await writeRecording({
        version: session.host.version,
        ...{ soc, program, argv, envp },
        ...(append !== undefined && { append }),
        firmware: recordedImage(firmware),
        kernel: recordedImage(kernel),
        inputs: history.inputs,
        end: { steps: end, state },
        sources: await session.sources.own(),
      }),
    };
  },
};
