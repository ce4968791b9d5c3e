import { integer, text } from '../../arguments.js';
import { assign } from '../../expressions/evaluate.js';
import { format, parseNumber } from '../../expressions/format.js';
import { within } from '../../expressions/value.js';
import { RequestError, type RequestHandler } from '../../protocol.js';
import { spokenState } from '../../values/state-word.js';
import { vectorRegisters } from '../../values/saved-vector.js';
import { elementNames, elementsOf } from '../../values/vector-register.js';
import { ownerOf } from '../../vector-owner.js';

/** `harthop/setLane`: write one lane of a thread's vector registers, wherever they are. */
export const setLane: RequestHandler<'harthop/setLane'> = {
  handle(args, session) {
    const { debuggee } = session.still;
    const { thread, name } = ownerOf(args, session);
    const register = integer(args, 'register', 0, 31);
    const element = text(args, 'element');
    if (!elementNames.includes(element))
      throw new RequestError(`element must be one of ${elementNames.join(', ')}, not \`${element}\``);
    const { word, contents } = vectorRegisters(thread, debuggee);
    if (!contents)
      throw new RequestError(`${name} has no vector registers to set: ${spokenState(word, 'a vector unit')}`);
    const { type, place, count } = elementsOf(contents.place(register), (32 - register) * contents.vlenb, element);
    const lane = integer(args, 'lane', 0, count - 1);
    const value = { type, place: within(place, lane * type.size) };
    assign(value, parseNumber(type, text(args, 'value')));
    session.changed();
    return { value: format(value) };
  },
};
