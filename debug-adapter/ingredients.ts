/** What a run is made of, from a launch configuration or from a recording. */
import { fingerprint } from '../emulator/history/fingerprint.js';
import { type RecordedImage, type Recording, RecordingError, readRecording } from '../emulator/history/recording.js';
import { defaultSoc, socNamed } from '../emulator/soc/presets.js';
import { readSoc, type Soc, seeded } from '../emulator/soc/soc.js';
import { baseName, type Host } from './host.js';
import { loadProgram } from './program.js';
import { type LaunchArguments, RequestError } from './protocol.js';
import type { Session } from './session.js';

export interface ImageFile {
  readonly path: string;
  readonly data: Uint8Array;
  /** It comes with HartHop. */
  readonly own: boolean;
}

export interface Ingredients {
  readonly soc: Soc;
  readonly program: { readonly path: string; readonly data: Uint8Array };
  readonly firmware: ImageFile;
  readonly kernel: ImageFile;
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  readonly append?: string;
  /** What the program reads from its console. */
  readonly stdin?: Uint8Array;
  /** The run is known already. */
  readonly recording?: Recording;
}

/** @throws RequestError, or an Error with a message for the user */
export function ingredients(args: LaunchArguments, session: Session, signal: AbortSignal): Promise<Ingredients> {
  return args.recording === undefined ? configured(args, session, signal) : ofRecording(args.recording, session.host);
}

async function configured(args: LaunchArguments, session: Session, signal: AbortSignal): Promise<Ingredients> {
  const { host } = session;
  const chip = await findSoc(args.soc, host);
  const program = await loadProgram(args.program, session, signal);
  const image = async (role: 'firmware' | 'kernel'): Promise<ImageFile> => {
    const path = args[role];
    if (path === undefined) return { ...(await host.image(role)), own: true };
    return { path, data: await host.readFile(path), own: false };
  };
  return {
    soc: args.seed === undefined ? chip : seeded(chip, args.seed),
    program,
    firmware: await image('firmware'),
    kernel: await image('kernel'),
    argv: [baseName(args.program), ...(args.args ?? [])],
    envp: Object.entries(args.env ?? {}).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
    ...(args.append && { append: args.append }),
    ...(args.stdin !== undefined && { stdin: await host.readFile(args.stdin) }),
  };
}

async function ofRecording(name: string, host: Host): Promise<Ingredients> {
  const path = host.absolute(name);
  const recording = await readRecording(new TextDecoder().decode(await host.readFile(path)), name);
  const { soc, program, argv, envp, append } = recording;
  const image = async (role: 'firmware' | 'kernel'): Promise<ImageFile> => {
    const { data } = recording[role];
    if (data) return { path: `${role} of ${name}`, data, own: false };
    const own = await host.image(role);
    checkOwnImage(role, recording, own.data, name, host.version);
    return { ...own, own: true };
  };
  return {
    ...{ soc, program, argv, envp, recording },
    ...(append !== undefined && { append }),
    firmware: await image('firmware'),
    kernel: await image('kernel'),
  };
}

/** Is the image that comes with HartHop the one that the recording was made with? @throws RecordingError */
export function checkOwnImage(
  role: 'firmware' | 'kernel',
  recording: Recording,
  data: Uint8Array,
  file: string,
  version: string,
): void {
  if (fingerprint(data) === recording[role].fingerprint) return;
  throw new RecordingError(
    `${file} was recorded with another ${role} than this HartHop has: HartHop ${recording.version} recorded it, this is ${version}`,
  );
}

/** An image as a recording has it. */
export const recordedImage = ({ data, own }: Pick<ImageFile, 'data' | 'own'>): RecordedImage => ({
  fingerprint: fingerprint(data),
  ...(!own && { data }),
});

async function findSoc(soc: LaunchArguments['soc'], host: Host): Promise<Soc> {
  if (soc === undefined) return defaultSoc;
  if (typeof soc === 'object') return readSoc(soc, 'soc');
  if (!soc.endsWith('.json')) return socNamed(soc);
  const text = new TextDecoder().decode(await host.readFile(soc));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RequestError(`launch: ${soc} is not JSON: ${(error as Error).message}`, true);
  }
  return readSoc(json, soc);
}
