import { integer, optionalText } from '../../arguments.js';
import { RequestError, type RequestHandler } from '../../protocol.js';
import { spokenState } from '../../values/state-word.js';
import { vectorRegisters, type VectorState } from '../../values/saved-vector.js';
import { lookAhead } from '../../values/vector.js';
import { elementNames, groupSizes } from '../../values/vector-register.js';
import { vectorTable } from '../../values/vector-table.js';
import type { VectorFormat } from '../../vector-messages.js';
import { ownerOf } from '../../vector-owner.js';

const radixes = ['d', 'x', 'b'];
const ALL = 1e6;

/** `harthop/vector`: the vector registers of a thread as rows of lanes, or a part of them, with what becomes of each lane and what changed. */
export const vector: RequestHandler<'harthop/vector'> = {
  handle(args, session) {
    const { debuggee, vectors } = session.quiet;
    const { thread, name, frame } = ownerOf(args, session);
    const format = formatOf(args);
    const part = {
      firstRow: integer(args, 'firstRow', 0, 31, 0),
      rows: integer(args, 'rows', 1, ALL, ALL),
      firstLane: integer(args, 'firstLane', 0, ALL, 0),
      lanes: integer(args, 'lanes', 1, ALL, ALL),
      nonzero: args.nonzero === true,
    };
    const state = vectorRegisters(thread, debuggee);
    const before = vectors.look(thread);
    const { mask, floating } = frame ? lookAhead(frame) : { mask: false };
    return {
      owner: name,
      ...(thread.task && { task: thread.task.tid }),
      state: state.word,
      where: spokenPlace(state),
      ...(state.contents && {
        contents: vectorTable(state.contents, format, part, {
          masked: mask,
          ...(floating !== undefined && { floating }),
          ...(before && { before }),
          ...(state.other && { other: state.other }),
        }),
      }),
    };
  },
};

function spokenPlace({ word, hart, contents }: VectorState): string {
  return hart && contents ? `live: in the registers of hart ${hart.id}` : spokenState(word, 'a vector unit');
}

/** @throws RequestError */
function formatOf(args: VectorFormat): VectorFormat {
  const element = optionalText(args, 'element');
  const radix = optionalText(args, 'radix');
  if (element !== undefined && !elementNames.includes(element))
    throw new RequestError(`element must be one of ${elementNames.join(', ')}, not \`${element}\``);
  if (radix !== undefined && !radixes.includes(radix))
    throw new RequestError(`radix must be one of ${radixes.join(', ')}, not \`${radix}\``);
  if (args.group !== undefined && !groupSizes.includes(args.group))
    throw new RequestError(`group must be one of ${groupSizes.join(', ')}, not ${JSON.stringify(args.group)}`);
  return {
    ...(element !== undefined && { element }),
    ...(args.group !== undefined && { group: args.group }),
    ...(radix !== undefined && { radix: radix as VectorFormat['radix'] }),
  };
}
