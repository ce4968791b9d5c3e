import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { integer } from '../arguments.js';
import { Debuggee } from '../debuggee.js';
import type { Frame } from '../frame.js';
import { privilegeNames } from '../images.js';
import { parametersScope } from '../values/locals.js';
import type { RequestHandler } from '../protocol.js';
import type { Session } from '../session.js';
import { signalNames } from '../signals.js';

/** `stackTrace`: user frames below kernel frames below firmware frames. */
export const stackTrace: RequestHandler<'stackTrace'> = {
  capabilities: { supportsDelayedStackTraceLoading: true },
  async handle(args, session) {
    const { debuggee } = session.quiet;
    const hart = session.standing(args.threadId);
    const start = integer(args, 'startFrame', 0, 1e6, 0);
    const levels = integer(args, 'levels', 0, 1e9, 0);
    session.focus = hart.id;
    const frames = debuggee.frames(hart);
    const chosen = frames.slice(start, levels ? start + levels : undefined);
    // At a migration event and at the end the user's own code is what matters, whoever has the hart just then.
    const { lastStop } = session;
    const fade =
      (lastStop?.filter !== undefined || lastStop?.reason === 'exit') && frames.some(({ raw }) => raw.privilege === 0);
    return {
      stackFrames: await Promise.all(
        chosen.map((frame) => show(frame, session, fade && frame.raw.privilege !== 0, args.format)),
      ),
      totalFrames: frames.length,
    };
  },
};

async function show(
  frame: Frame,
  session: Session,
  fade: boolean,
  format: P.StackFrameFormat | undefined,
): Promise<P.StackFrame> {
  const { image, raw, code } = frame;
  const pc = Debuggee.lookupPc(frame);
  const place = code ? code.place : image?.places.at(pc);
  const symbol = handlerCalled(raw) ?? code?.name ?? image?.symbolAt(pc)?.symbol.name ?? `0x${raw.pc.toString(16)}`;
  const listed = place ? undefined : session.sources.disassembly(frame);
  const source = place ? await session.sources.of(place) : listed?.source;
  return {
    id: session.frames.add(frame),
    name: [
      ...(format?.module && image ? [`${image.role}!${symbol}`] : [symbol]),
      ...(code && wantsParameters(format) ? [`(${parametersOf(frame, format!)})`] : []),
      ...(raw.privilege === 0 ? [] : [` [${privilegeNames[raw.privilege]}]`]),
      ...(format?.line && place ? [` line ${place.line}`] : []),
    ].join(''),
    line: place?.line ?? listed?.line ?? 0,
    column: place?.column ?? 0,
    ...(source && { source: fade ? { ...source, presentationHint: 'deemphasize' as const } : source }),
    instructionPointerReference: `0x${raw.pc.toString(16)}`,
    ...(image && { moduleId: image.id }),
    ...(fade && { presentationHint: 'subtle' as const }),
  };
}

/** As GDB has it, for what lies between a signal's handler and what it interrupted. */
const handlerCalled = ({ signal }: Frame['raw']) =>
  signal === undefined ? undefined : `<signal handler called: ${signalNames[signal] ?? signal}>`;

const wantsParameters = (format?: P.StackFrameFormat) =>
  Boolean(format?.parameters || format?.parameterNames || format?.parameterTypes || format?.parameterValues);

/** The arguments of a frame's function, as the client wants them: `int n = 3`. Plain `parameters` shows names and values. */
function parametersOf(frame: Frame, format: P.StackFrameFormat): string {
  const { parameterNames, parameterTypes, parameterValues, hex } = format;
  const plain = !parameterNames && !parameterTypes && !parameterValues;
  return parametersScope(frame)
    .map((variable) => {
      const { name, type } = variable;
      const value = hex ? (variable.hex?.() ?? variable.value) : variable.value;
      const named = parameterNames || plain;
      return [
        ...(parameterTypes && type ? [type] : []),
        ...(named ? [name] : []),
        ...(parameterValues || plain ? [named ? `= ${value}` : value] : []),
      ].join(' ');
    })
    .join(', ');
}
