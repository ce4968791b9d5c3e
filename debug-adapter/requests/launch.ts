import { MOST_SEED } from '../../emulator/soc/soc.js';
import { engineChoices, isEngineChoice } from '../../emulator/engine/choice.js';
import { integer, objects, optionalText, text, texts } from '../arguments.js';
import { type LaunchArguments, RequestError, type RequestHandler } from '../protocol.js';
import { start } from '../start.js';

/** `launch`: assemble or read the program and build the machine. It starts with configurationDone. */
export const launch: RequestHandler<'launch'> = {
  async handle(args, session, signal) {
    session.mayLaunch();
    const checked = check(args);
    session.loaded(await start(checked, session, signal), checked);
    session.after(() => {
      session.event('process', {
        name: checked.program ?? session.program.made?.program.path,
        startMethod: 'launch',
        isLocalProcess: false,
      });
      session.event('initialized');
    });
  },
};

/** What a recording brings with it. */
const recorded = ['program', 'args', 'env', 'soc', 'seed', 'firmware', 'kernel', 'append', 'stdin'] as const;

/** @throws RequestError */
function checkRecording(args: LaunchArguments): void {
  text(args, 'recording');
  const other = recorded.find((name) => args[name] !== undefined);
  if (other) throw new RequestError(`a recording brings its own ${other}; leave \`${other}\` or \`recording\` out`);
}

/** @throws RequestError that names what is wrong */
function check(args: LaunchArguments): LaunchArguments {
  try {
    const { recording } = args as LaunchArguments;
    if (recording === undefined) text(args, 'program');
    else checkRecording(args);
    texts(args, 'args');
    for (const name of ['firmware', 'kernel', 'append', 'stdin']) optionalText(args, name);
    integer(args, 'seed', 0, MOST_SEED, 0);
    const { engine, env, soc, ...given } = args as unknown as Record<string, unknown>;
    if (soc !== undefined && typeof soc !== 'string' && (typeof soc !== 'object' || soc === null))
      throw new RequestError('soc must be the name of a preset, a .json file or a description');
    for (const name of ['stopOnEntry', 'stopOnExit'])
      if (given[name] !== undefined && typeof given[name] !== 'boolean')
        throw new RequestError(`${name} must be true or false`);
    checkSymbolFiles(args);
    if (engine !== undefined && !isEngineChoice(engine))
      throw new RequestError(`engine must be one of ${Object.keys(engineChoices).join(', ')}`);
    const strings = (values: object) =>
      Object.values(values).every((each) => typeof each === 'string' || each === null);
    if (env !== undefined && (typeof env !== 'object' || env === null || Array.isArray(env) || !strings(env)))
      throw new RequestError('env must be an object of strings');
  } catch (error) {
    throw new RequestError(`launch: ${(error as Error).message}`, true);
  }
  return args;
}

const spaces = ['program', 'kernel', 'firmware'];

/** @throws RequestError that names what is wrong */
function checkSymbolFiles(args: object): void {
  for (const file of objects<Record<string, unknown>>(args, 'symbolFiles', 100)) {
    if (typeof file.path !== 'string') throw new RequestError('symbolFiles: each needs a path');
    if (typeof file.space !== 'string' || !spaces.includes(file.space))
      throw new RequestError(
        `symbolFiles: space must be one of ${spaces.join(', ')}, not ${JSON.stringify(file.space)}`,
      );
    for (const name of ['base', 'offset']) {
      const value = file[name];
      const text = typeof value === 'number' ? String(value) : (value ?? '0');
      if (typeof text !== 'string' || !/^(0[xX][0-9a-fA-F]{1,16}|-?\d{1,20})$/.test(text))
        throw new RequestError(
          `symbolFiles: ${name} must be an address such as "0x10000", not ${JSON.stringify(value)}`,
        );
    }
    if (file.base !== undefined && file.offset !== undefined)
      throw new RequestError('symbolFiles: base and offset say the same; give one of them');
  }
}
