import { address, integer, text } from '../arguments.js';
import { evaluateNode } from '../expressions/evaluate.js';
import { parse } from '../expressions/parser.js';
import { ExpressionError } from '../expressions/lexer.js';
import type { Value } from '../expressions/value.js';
import { ALL, modeOf, WRITTEN } from '../modes.js';
import { RequestError, type RequestHandler } from '../protocol.js';
import type { Session } from '../session.js';
import { isKernel, memory, MOST_BYTES, register, type Watchable } from '../watchable.js';
import { partNamed } from '../values/variable.js';

/** `dataBreakpointInfo`: can this be watched, and how? */
export const dataBreakpointInfo: RequestHandler<'dataBreakpointInfo'> = {
  capabilities: { supportsDataBreakpoints: true, supportsDataBreakpointBytes: true },
  handle(args, session) {
    session.still;
    const name = text(args, 'name');
    const bytes = args.bytes === undefined ? undefined : integer(args, 'bytes', 1, MOST_BYTES);
    const mode = modeOf(args, 'data');
    const found = args.asAddress
      ? atAddress(address(args, 'name'), bytes ?? 8, session)
      : args.variablesReference
        ? ofVariable(integer(args, 'variablesReference', 1, 2 ** 31), name, session)
        : ofExpression(name, args.frameId, session);
    if (typeof found === 'string') return { dataId: null, description: found };
    const what = registerOf(found, bytes, session) ?? memoryOf(found, bytes, mode);
    if (typeof what === 'string') return { dataId: null, description: what };
    return {
      dataId: session.program.breakpoints.data.offer(what),
      description: what.description,
      accessTypes: what.register ? ['write'] : ['write', 'read', 'readWrite'],
      canPersist: false,
    };
  },
};

/** Something by its name; `bytes`: as many as are meant when the client does not say. */
interface Named {
  readonly name: string;
  readonly value: Value;
  readonly bytes?: number;
}

function atAddress(va: bigint, bytes: number, session: Session): Named {
  return {
    name: `0x${va.toString(16)}`,
    value: { type: { kind: 'void', name: 'void', size: 0 }, place: session.memoryAt(va).place(va) },
    bytes,
  };
}

function ofVariable(reference: number, name: string, session: Session): Named | string {
  const parts = session.variables.get(reference);
  if (!parts)
    throw new RequestError(`variablesReference ${reference} is not known; references hold until the program runs on`);
  const variable = partNamed(parts, name);
  if (!variable) throw new RequestError(`there is no \`${name}\` here`);
  const { evaluateName, of } = variable;
  if (of) return { name: evaluateName ?? name, value: of };
  return evaluateName ? ofExpression(evaluateName, undefined, session) : `\`${name}\` is nothing that can be watched`;
}

function ofExpression(expression: string, frameId: unknown, session: Session): Named | string {
  try {
    return evaluated(expression, frameId, session);
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

function evaluated(expression: string, frameId: unknown, session: Session): Named | string {
  const node = parse(expression);
  if (node.node === 'assign') return `\`${expression}\` would be done, not watched`;
  const context = session.debuggee.context(session.frame(frameId));
  const value = evaluateNode(node, context);
  // A label without a type is an address: what lies there is meant.
  const label = node.node === 'name' && !value.place && typeof value.number === 'bigint' && context.symbol(node.name);
  if (label) return { name: expression, value: { type: value.type, place: context.memory(label.va) }, bytes: 8 };
  return { name: expression, value };
}

/** A register, or a part of one: that of the thread in user mode, on whatever hart it runs, or of the hart. Undefined: it is none. */
function registerOf(
  { name, value, bytes: usual }: Named,
  wanted: number | undefined,
  session: Session,
): Watchable | string | undefined {
  const part = value.bits?.place.register ?? value.place?.register;
  if (!part) return undefined;
  const { debuggee } = session.still;
  const hart = debuggee.target.harts[part.hart]!;
  const { bits } = value;
  const size = wanted ?? usual ?? (bits ? 8 : value.type.size);
  const room = part.file === 'v' ? debuggee.longestVector * (32 - part.number) : 8;
  if (part.offset + size > room) return `\`${name}\` has no ${size} bytes`;
  // Counters and what privileged modes have belong to the hart, whoever changes them.
  const ofHart = part.file === 'csr' && ((part.number >> 8) & 3) !== 0;
  const user = hart.privilege === 0;
  const tid = user && !ofHart ? debuggee.task(hart)?.tid : undefined;
  const owner = ofHart
    ? { hart: hart.id }
    : user
      ? { privilege: 0, satp: hart.csr('satp') }
      : { hart: hart.id, privilege: hart.privilege };
  const mask = bits && ((1n << BigInt(bits.high - bits.low + 1)) - 1n) << BigInt(bits.low);
  return register(
    name,
    { file: part.file, number: part.number, offset: part.offset, bytes: size, ...(mask && { mask }), ...owner },
    { ...(tid !== undefined && { tid }), ...(!bits && size === value.type.size && { type: value.type }) },
  );
}

function memoryOf(
  { name, value, bytes: usual }: Named,
  wanted: number | undefined,
  mode: string | undefined,
): Watchable | string {
  const { place, type } = value;
  if (place?.va === undefined || place.space === undefined)
    return `\`${name}\` lies neither in memory nor in a register of the innermost frame: give something that does, such as \`*(long *)(a0 + 8)\``;
  const bytes = wanted ?? usual ?? type.size;
  if (bytes === 0) return `\`${name}\` has no size: say how many bytes`;
  if (bytes > MOST_BYTES) return `\`${name}\` has ${bytes} bytes; at most ${MOST_BYTES} are watched`;
  if (place.va + BigInt(bytes) > 1n << 64n) return `${bytes} bytes from 0x${place.va.toString(16)} on are not there`;
  const own = usual === undefined && bytes === type.size ? type : undefined;
  return memory(name, place.va, bytes, place.space, {
    everywhere: mode === ALL || isKernel(place.va),
    everyWrite: mode === WRITTEN,
    ...(own && { type: own }),
  });
}
