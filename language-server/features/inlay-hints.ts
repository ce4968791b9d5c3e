/** vtype where it is not to be seen nearby, and where a thread leaves and comes back, beside the code. */
import { type InlayHint, InlayHintKind } from 'vscode-languageserver-types';
import type { Foreseen } from '../document.js';
import { callsBack } from '../forecast/calls-back.js';
import type { CodeInstruction } from '../code/code.js';
import { textOf } from '../forecast/findings.js';
import type { End, Return } from '../forecast/forecast.js';
import type { MeasuredPlace, MeasuredSource } from '../measured/measured.js';
import type { Settings } from '../settings.js';
import type { Feature } from './feature.js';

export const inlayHints: Feature = {
  capabilities: { inlayHintProvider: true },
  followsFlow: true,
  register(connection, server) {
    connection.languages.inlayHint.on(({ textDocument, range }) => {
      return server
        .foreseen(textDocument.uri)
        .flatMap((each) => hintsOf(each, server.config, server.measured(textDocument.uri)))
        .filter(({ position: { line } }) => line >= range.start.line && line <= range.end.line);
    });
  },
};

/** Something beside a line: in full, and what is left of it where there is less and less room. */
interface Label {
  readonly full: string;
  readonly most?: string;
  readonly less?: string;
  readonly least?: string;
  /** It is left out first. */
  readonly minor?: boolean;
}

/** All hints of a document, by line. */
export function hintsOf(foreseen: Foreseen, { hints }: Settings, measured?: MeasuredSource): InlayHint[] {
  const { lines, build } = foreseen;
  const texts = new Map<number, { labels: Map<string, Label>; tooltips: Set<string> }>();
  const add: Add = (line, label, tooltip) => {
    const entry = texts.get(line) ?? { labels: new Map<string, Label>(), tooltips: new Set<string>() };
    texts.set(line, entry);
    const one = typeof label === 'string' ? { full: label } : label;
    entry.labels.set(one.full, one);
    entry.tooltips.add(tooltip);
  };
  if (hints.migrations) {
    migrations(foreseen, measured ? besideMeasured(measured, foreseen, add) : add);
    inLibraries(foreseen, measured, add);
  }
  if (hints.vtype) vtypes(foreseen, add);
  return [...texts]
    .sort(([a], [b]) => a - b)
    .map(([line, { labels, tooltips }]) => ({
      // At the end: within the line it would move comments out of their column.
      position: { line, character: (lines[line] ?? '').trimEnd().length },
      label: build ? fitting([...labels.values()], `(${build.short})`) : joined([...labels.values()]),
      tooltip: [...tooltips, ...(build ? [build.tooltip] : [])].join('\n\n'),
      kind: InlayHintKind.Type,
      paddingLeft: true,
    }));
}

/** Characters of a line's hints that VS Code shows before it cuts them short (editor.inlayHints.maximumLength). In assembly files it need not. */
const ROOM = 43;

const joined = (labels: readonly Label[], mark?: string) =>
  [...labels.map(({ full }) => full), ...(mark ? [mark] : [])].join('  ');

/** So much of the labels that the build can still be read. */
function fitting(labels: readonly Label[], mark: string): string {
  const major = labels.filter(({ minor }) => !minor);
  const some = major.length ? major : labels;
  const shorter = (name: 'most' | 'less' | 'least') =>
    some.map((label) => ({ full: label[name] ?? label.less ?? label.full }));
  const ways = [labels, some, shorter('most'), shorter('less'), shorter('least')].map((list) => joined(list, mark));
  return ways.find(({ length }) => length <= ROOM) ?? ways.at(-1)!;
}

/** With what was measured of the same. */
const besideMeasured =
  (measured: MeasuredSource, { build }: Foreseen, add: Add): Add =>
  (line, label, tooltip) => {
    const text = typeof label === 'string' ? label : label.full;
    const ways = text.startsWith('→') ? (['out'] as const) : (['back', 'ask'] as const);
    // Who ends never arrives anywhere, so that mostly nothing is measured there.
    if (text.startsWith(END) && !measured.at(line + 1, ...ways)) {
      add(line, label, tooltip);
      return;
    }
    // That the source is another one is told of the build already.
    const short = measured.short(measured.at(line + 1, ...ways), !build?.stale);
    const far = measured.farFromForecast(line + 1, ...ways);
    add(
      line,
      {
        full: `${text} · ${short}${far ? `, ${far}` : ''}`,
        most: `${text} · ${short}`,
        less: `${text.replace(/ for [\w, ]+$/, '')} · ${short}`,
        least: `${text[0]} ${short}`,
      },
      [tooltip, inLastRun(measured, line + 1, ...ways), measured.stale].filter((each) => each).join('\n\n'),
    );
  };

/** What was measured at a line, in a sentence. */
export function inLastRun(measured: MeasuredSource, line: number, ...ways: MeasuredPlace['way'][]): string {
  const far = measured.farFromForecast(line, ...ways);
  return `In the last run: ${measured.text(line, ...ways)}${far ? `, ${far}` : ''}.`;
}

/** What begins a hint where a thread ends. */
const END = '■';

type Add = (line: number, label: string | Label, tooltip: string) => void;

function migrations(foreseen: Foreseen, add: Add): void {
  const { leaves, returns, ends } = foreseen.forecast();
  const again = new Set<number>();
  for (const { instruction, class: name, always, ...leave } of leaves) {
    const line = lineOf(foreseen, instruction);
    if (line === undefined) continue;
    if (leave.again) {
      again.add(instruction.address);
      continue;
    }
    const where = `The thread is on an application hart here, and leaves for one that has ${name}.`;
    add(
      line,
      `→ ${always ? 'leaves' : 'may leave'} for ${name}`,
      always ? where : `On some ways: ${where[0]!.toLowerCase()}${where.slice(1)}`,
    );
  }
  for (const each of returns) {
    const line = lineOf(foreseen, each.instruction);
    if (line === undefined) continue;
    const what = whatReturns(each, foreseen);
    if (again.has(each.instruction.address))
      add(line, `⇄ ${what}, leaves again`, `${whyReturns[each.reason]} ${AGAIN}`);
    else add(line, `← ${what}`, whyReturns[each.reason]);
  }
  for (const { instruction, what, away } of ends) {
    const line = lineOf(foreseen, instruction);
    if (line !== undefined && away) add(line, `${END} the ${what} ends`, whyEnds(what));
  }
}

/** At calls of functions that are not the source's own. What was measured in those is told at each call that leads there. */
function inLibraries(foreseen: Foreseen, measured: MeasuredSource | undefined, add: Add): void {
  const isOwn = (each: CodeInstruction) => foreseen.placeOf(each) !== undefined;
  const calls = callsBack(foreseen.flow(), foreseen.forecast(), isOwn).flatMap((call) => {
    const line = lineOf(foreseen, call.instruction);
    return line === undefined ? [] : [{ ...call, line }];
  });
  const { builtFrom, build } = foreseen;
  for (const { name, line, returns } of calls) {
    const what = `← may come back in ${name}`;
    const tooltip = `A system call in ${name}, or in what it calls.`;
    if (!measured || !builtFrom || !measured.isOf(builtFrom)) {
      add(line, what, tooltip);
      continue;
    }
    const found = measured.inside(returns);
    const others = calls.filter((each) => each.line !== line && [...each.returns].some((at) => returns.has(at)));
    const lines = [...new Set(others.map((each) => each.line + 1))].sort((a, b) => a - b);
    const all = found && lines.length ? ' in all' : '';
    const short = `${measured.short(found, !build?.stale)}${all}`;
    const shared = lines.length ? `, with the calls on ${lines.length > 1 ? 'lines' : 'line'} ${lines.join(', ')}` : '';
    add(
      line,
      { full: `${what} · ${short}`, less: `← in ${name} · ${short}`, least: `← ${short}` },
      [tooltip, `In the last run: ${measured.long(found)}${shared}.`, measured.stale]
        .filter((each) => each)
        .join('\n\n'),
    );
  }
}

const AGAIN = 'The instruction is then executed anew, so the thread leaves again.';

/** Why a thread comes back. */
export const whyReturns: Readonly<Record<Return['reason'], string>> = {
  syscall: 'A system call of a thread that is on an accelerator hart.',
  'page-fault': 'Perhaps the first access to this page: the kernel has to find one.',
  illegal: 'Accelerator harts lack this instruction: it is executed on an application hart.',
  breakpoint: 'A breakpoint exception of a thread that is on an accelerator hart.',
};

/** What a thread does that ends. */
export const whyEnds = (what: End['what']): string =>
  `The ${what} ends here: a thread that is on an accelerator hart comes home for that, and never goes on.`;

/** `comes back`, `may ask the kernel`, … */
export function whatReturns({ reason, always }: Return, { view: { calls } }: Foreseen): string {
  const [may, s] = always ? ['', 's'] : ['may ', ''];
  const why = reason === 'page-fault' ? ' for a page' : reason === 'illegal' ? ' for what is missing there' : '';
  const back = `come${s} back${why}`;
  if (reason !== 'syscall' || calls === 'move') return may + back;
  return may + (calls === 'ask' ? `ask${s} the kernel` : `come${s} back or ask${s}`);
}

function lineOf(foreseen: Foreseen, instruction: CodeInstruction): number | undefined {
  const place = foreseen.placeOf(instruction);
  return place && place.line - 1;
}

/** Without the policies. */
const briefly = (vtype: number) => textOf(vtype).replace(/, t[au], m[au]$/, '');

/** At the first vector instruction behind anything but a vset instruction. */
function vtypes(foreseen: Foreseen, add: Add): void {
  const { facts } = foreseen.forecast();
  let shown: string | undefined;
  let next = -1;
  for (const instruction of foreseen.flow().code.instructions) {
    const state = facts.get(instruction.address);
    const follows = instruction.address === next;
    next = instruction.address + instruction.length;
    const { semantics } = instruction.row ?? {};
    if (!state || !follows || semantics?.kind === 'jump' || semantics?.kind === 'branch') shown = undefined;
    if (!state || semantics?.kind !== 'vector') continue;
    const { vector } = semantics;
    if (vector.shape === 'configure') {
      const asked = instruction.values.get('vtype11') ?? instruction.values.get('vtype10');
      shown = asked === undefined ? undefined : String(asked);
      const line = foreseen.build === undefined ? undefined : lineOf(foreseen, instruction);
      // A C source does not say itself what compilers set.
      if (asked !== undefined && line !== undefined)
        add(line, { full: briefly(asked), minor: true }, `vtype here: ${textOf(asked)}`);
      continue;
    }
    const key = state.vtypes?.join() ?? '';
    const line = lineOf(foreseen, instruction);
    if (key === shown || !key || line === undefined) continue;
    shown = key;
    const text = state.vtypes!.map((vtype) => (vtype < 0 ? 'unset' : briefly(vtype))).join(' or ');
    add(
      line,
      { full: text, minor: true },
      `vtype here: ${state.vtypes!.map((vtype) => (vtype < 0 ? 'not set (vill)' : textOf(vtype))).join(' or ')}`,
    );
  }
}
