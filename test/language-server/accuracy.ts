/** A forecast beside what happened. */
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { builtOf } from '../../cli/built.js';
import { examine } from '../../assembler/examine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { codeOf as codeOfBuilt } from '../../language-server/built/built.js';
import { surroundingsOf } from '../../language-server/chip.js';
import type { Code } from '../../language-server/code/code.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { findings } from '../../language-server/forecast/findings.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import type { CorpusProgram } from './corpus.js';
import { type Truth, truthOf } from './truth.js';

/** Places forecast, those where it happened, and both. */
export interface Score {
  readonly forecast: number;
  readonly happened: number;
  readonly both: number;
  /** `file:line` of what happened and was not forecast, and the other way round. */
  readonly missed: readonly string[];
  readonly idle: readonly string[];
}

export interface Accuracy {
  readonly name: string;
  readonly status: number | undefined;
  readonly leaves: Score;
  readonly returns: Score;
  /** Instructions before which vtype was another than the forecast allows. */
  readonly wrong: readonly string[];
  /** Vector instructions that were executed, and those of which one value of vtype was forecast. */
  readonly executed: number;
  readonly known: number;
  /** What is found wrong with the program, as `file:line: code`. */
  readonly findings: readonly string[];
}

export async function accuracyOf({ name, sources }: CorpusProgram): Promise<Accuracy & { readonly built: Accuracy }> {
  const list = sources();
  const code = codeOf(examine(list));
  const { elf, diagnostics } = assemble(list);
  if (!elf) throw new Error(`${name}: ${diagnostics.map(formatDiagnostic).join('\n')}`);
  const watched = code.instructions.filter(({ row }) => row?.semantics.kind === 'vector').map(({ address }) => address);
  const truth = await truthOf(elf, watched);
  const built = codeOfBuilt(await builtOf(elf, name));
  return { ...compare(name, code, truth), built: compare(name, built, truth) };
}

function compare(name: string, code: Code, truth: Truth): Accuracy {
  const flow = Flow.through(code, surroundingsOf(socNamed('app2-vec1'), { calls: 'move', faults: 'move' }));
  const foreseen = forecast(flow);
  const { leaves, returns, ends, facts } = foreseen;
  const at = (address: number) => {
    const place = code.at(address)?.place;
    return place ? `${place.file}:${place.line}` : `0x${address.toString(16)}`;
  };
  const score = (said: readonly number[], happened: ReadonlySet<number>): Score => {
    const set = new Set(said);
    const both = [...set].filter((address) => happened.has(address)).length;
    return {
      forecast: set.size,
      happened: happened.size,
      both,
      missed: [...happened].filter((address) => !set.has(address)).map(at),
      idle: [...set].filter((address) => !happened.has(address)).map(at),
    };
  };
  const wrong: string[] = [];
  let known = 0;
  for (const [address, seen] of truth.vtypes) {
    const said = facts.get(address)?.vtypes;
    if (said?.length === 1) known++;
    const other = said && [...seen].filter((vtype) => !said.includes(vtype));
    if (other?.length || !facts.has(address))
      wrong.push(`${at(address)}: vtype was 0x${[...seen].map((v) => v.toString(16)).join(', 0x')}, forecast ${said}`);
  }
  const addresses = (points: readonly { instruction: { address: number } }[]) =>
    points.map(({ instruction: { address } }) => address);
  return {
    name,
    status: truth.status,
    leaves: score(addresses(leaves), truth.leaves),
    returns: score(
      // Who ends comes home for that, too.
      addresses([...returns.filter(({ reason }) => reason === 'syscall'), ...ends.filter(({ away }) => away)]),
      truth.returns.get('syscall') ?? new Set(),
    ),
    wrong,
    executed: truth.vtypes.size,
    known,
    findings: findings(flow, foreseen, socNamed('app2-vec1')).map(
      ({ code: what, instruction }) => `${at(instruction.address)}: ${what}`,
    ),
  };
}
