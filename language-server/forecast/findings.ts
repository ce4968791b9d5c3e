/** What is wrong with vector code, or costs more than it seems: one line each, with the instruction that it is about. */
import { vtypeText } from '../../assembler/words.js';
import { operandNames } from '../../isa/operands.js';
import { ignoresVtype, readsVd, whyIllegal } from '../../isa/vector/legality.js';
import { xNames } from '../../isa/registers.js';
import { lacking, spoken } from '../../isa/requires.js';
import { vlmaxOf, vtypeOf } from '../../isa/vector/vtype.js';
import type { Instruction } from '../../isa/types.js';
import { type Chip, hartsWith } from '../chip.js';
import type { CodeInstruction } from '../code/code.js';
import type { Flow } from '../flow/flow.js';
import { CALLED, ILL, type State } from '../flow/state.js';
import { decided, takesVlen, usesStale } from '../flow/step.js';
import { once } from '../once.js';
import { tailsRead } from '../flow/tails.js';
import type { Forecast } from './forecast.js';
import { neverHere } from './never-here.js';
import { pingPong } from './ping-pong.js';

export const findingCodes = [
  'illegal-instruction',
  'vtype-unset',
  'vtype-unknown',
  'no-such-hart',
  'state-lost',
  'vlen-kept',
  'vl-kept',
  'tail-read',
  'ping-pong',
  'redundant-vset',
  'not-forecast',
  'never-here',
  'elsewhere',
  'deprecated',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  readonly instruction: CodeInstruction;
}

/** May a branch be decided by VLEN? Then what is redundant on this chip may not be on another one. */
function followsVlen({ around }: Flow, { facts }: Forecast): boolean {
  let [takes, decides] = [false, false];
  if (around.vlenb !== undefined)
    facts.each((instruction, state) => {
      takes ||= takesVlen(instruction);
      decides ||= decided(instruction, state) !== undefined;
    });
  return takes && decides;
}

export function findings(flow: Flow, known: Forecast, chip: Chip): Finding[] {
  const out: Finding[] = [];
  const missing = new Map<CodeInstruction['values'], string | undefined>();
  const ofChip = once(() => followsVlen(flow, known));
  known.facts.each((instruction, state) => {
    const { values } = instruction;
    // What a word says it says everywhere.
    if (!missing.has(values)) missing.set(values, missingClass(instruction, chip));
    const why = missing.get(values);
    const vector = instruction.row?.semantics.kind === 'vector';
    if (!why && !vector && !flow.around.mixedVlen) return;
    const add = (code: FindingCode, severity: Finding['severity'], message: string) =>
      out.push({ code, severity, message, instruction });
    if (why) add('no-such-hart', 'error', why);
    else if (vector)
      for (const note of vectorNotes(instruction, state, chip))
        if (note[0] !== 'redundant-vset' || !ofChip()) add(...note);
    if (flow.around.mixedVlen) staleFindings(instruction, state, add);
  });
  out.push(...pingPong(flow, known), ...neverHere(flow, known, chip));
  return out.sort((a, b) => a.instruction.address - b.instruction.address);
}

type Note = readonly [code: FindingCode, severity: Finding['severity'], message: string];

/** What is found of a vector instruction hangs on its word and the state alone; unchanged code has the states that it had before the last edit. */
const notes = new WeakMap<Chip, WeakMap<State, Map<CodeInstruction['values'], readonly Note[]>>>();

function vectorNotes(instruction: CodeInstruction, state: State, chip: Chip): readonly Note[] {
  const byState = notes.get(chip) ?? new WeakMap<State, Map<CodeInstruction['values'], readonly Note[]>>();
  notes.set(chip, byState);
  const byWord = byState.get(state) ?? new Map<CodeInstruction['values'], readonly Note[]>();
  byState.set(state, byWord);
  let known = byWord.get(instruction.values);
  if (!known) {
    const list: Note[] = [];
    vectorFindings(instruction, state, chip, (...note) => list.push(note));
    known = list;
    byWord.set(instruction.values, known);
  }
  return known;
}

type Add = (code: FindingCode, severity: Finding['severity'], message: string) => void;

function missingClass({ class: name, row }: CodeInstruction, { name: chip, harts }: Chip): string | undefined {
  const lists = harts.map(({ isa }) => {
    const unit = name === undefined || isa.extensions.has(name) ? [] : [name];
    return unit.length ? unit : lacking(row?.requires ?? [], (each) => isa.extensions.has(each)).map(spoken);
  });
  // What the hart that comes nearest lacks.
  const least = lists.sort((a, b) => a.length - b.length)[0];
  return least?.length
    ? `no hart of ${chip} has ${least.join(' and ')}: the program is ended by SIGILL here`
    : undefined;
}

function vectorFindings(instruction: CodeInstruction, state: State, chip: Chip, add: Add): void {
  const { row } = instruction;
  const { vtypes } = state;
  if (isConfiguration(instruction)) {
    if (isRedundant(instruction, state)) add('redundant-vset', 'hint', 'vtype and vl are this already');
    if (keepsLength(instruction) && state.length & CALLED) add('vl-kept', 'warning', VL_KEPT);
    return;
  }
  const lost = lostSources(instruction, state);
  if (lost.length)
    add(
      'state-lost',
      'warning',
      `${lost.join(' and ')} may be lost: a system call between may have discarded vector registers (Linux's ABI lets it)`,
    );
  if (ignoresVtype(row!)) {
    const wrong = illegal(instruction, chip, state);
    if (wrong) add('illegal-instruction', 'error', `illegal: ${wrong}`);
    return;
  }
  const short = tailsRead(
    instruction,
    state,
    hartsWith(chip, 'V').map(({ isa }) => isa.vlen / 8),
  );
  if (short.length)
    add(
      'tail-read',
      'warning',
      `${short.map((n) => `v${n}`).join(' and ')} was last written tail-agnostic (ta) under a smaller vl: elements behind that may hold anything, and are read here`,
    );
  const kept = (state.length & CALLED) !== 0;
  if (kept) add('vl-kept', 'warning', VL_KEPT);
  if (!vtypes) {
    if (!kept)
      add(
        'vtype-unknown',
        'information',
        'vtype is not known here: it comes from a caller, or from behind an unknown call',
      );
    return;
  }
  const set = vtypes.filter((each) => each >= 0);
  if (!set.length) {
    add('vtype-unset', 'error', 'vtype is not set here: no vset instruction comes before it on any way');
    return;
  }
  const wrong = set.map((vtype) => ({ vtype, why: illegal(instruction, chip, state, vtype) })).filter(({ why }) => why);
  if (wrong.length === set.length && set.length === vtypes.length) {
    add('illegal-instruction', 'error', `illegal under ${textOf(wrong[0]!.vtype)}: ${wrong[0]!.why}`);
    return;
  }
  for (const { vtype, why } of wrong)
    add('illegal-instruction', 'warning', `illegal on ways that come here with ${textOf(vtype)}: ${why}`);
  if (vtypes.includes(ILL))
    add(
      'vtype-unset',
      'warning',
      'vtype may not be set here: a system call before it discards it, or a way to here sets none',
    );
}

const VL_KEPT = 'vl and vtype were set before a call, which does not keep them: set them again behind it';

/** `vsetvli zero, zero, …`: vl stays as it is. */
const keepsLength = ({ values }: CodeInstruction) =>
  values.get('rs1') === 0 && values.get('rd') === 0 && values.get('uimm5') === undefined;

const isConfiguration = ({ row }: CodeInstruction) =>
  row?.semantics.kind === 'vector' && row.semantics.vector.shape === 'configure';

/** Does a vset instruction ask for what there is? */
function isRedundant(instruction: CodeInstruction, { vtypes, avl }: State): boolean {
  const { values } = instruction;
  const asked = values.get('vtype11') ?? values.get('vtype10');
  const elements = values.get('uimm5');
  return (
    asked !== undefined &&
    vtypes?.length === 1 &&
    vtypes[0] === asked &&
    values.get('rd') === 0 &&
    (keepsLength(instruction) || (elements !== undefined && elements === avl))
  );
}

/** Why no hart with vectors executes it under this vtype; where vl, vstart and frm are not known, they are taken as ones that suit. */
function illegal({ row, word }: CodeInstruction, chip: Chip, state: State, vtype = 0): string | undefined {
  const known = reasons.get(chip) ?? new Map<string, string | undefined>();
  reasons.set(chip, known);
  const { modes, avl, vtypes } = state;
  const key = `${word},${vtype},${modes.frm},${modes.vstart},${avl},${vtypes?.length}`;
  if (!known.has(key)) {
    if (known.size >= MOST_REASONS) known.clear();
    known.set(key, whyNoHart(row!, word, chip, state, vtype));
  }
  return known.get(key);
}
const reasons = new WeakMap<Chip, Map<string, string | undefined>>();
const MOST_REASONS = 20_000;

function whyNoHart(row: Instruction, word: number, chip: Chip, state: State, vtype: number): string | undefined {
  const { frm, vstart } = state.modes;
  const all = hartsWith(chip, 'V').map(({ isa }) =>
    whyIllegal(row, word, {
      vtype: BigInt(vtype),
      vstart: typeof vstart === 'number' ? vstart : 0,
      vs: 3,
      fs: 3,
      frm: typeof frm === 'number' ? frm : 0,
      vl: lengthOf(state, vtype, isa.vlen / 8),
      vlenb: isa.vlen / 8,
      has: (name) => isa.extensions.has(name),
    }),
  );
  return all.every((why) => why) ? all[0] : undefined;
}

/** vl, where it is known; else 0, which suits all. */
function lengthOf({ avl, vtypes }: State, vtype: number, vlenb: number): number {
  const type = vtypes?.length === 1 ? vtypeOf(BigInt(vtype)) : undefined;
  if (!type || avl === undefined || avl === 'entry') return 0;
  const most = vlmaxOf(type, vlenb);
  return avl === 'max' ? most : Math.min(avl, most);
}

export const textOf = (vtype: number): string =>
  vtypeText(vtype)?.replaceAll(',', ', ') ?? `vtype 0x${vtype.toString(16)}`;

/** Registers that the instruction reads and that a system call may have discarded. */
function lostSources({ row, values }: CodeInstruction, { vectors }: State): string[] {
  if (!vectors.lost) return [];
  const names = operandNames(row!).filter((name) => /^vs\d$/.test(name) || (name === 'vd' && readsVd(row!)));
  const registers = names.map((name) => values.get(name)!);
  if (values.get('vm') === 0 || /\bv0\b/.test(row!.syntax)) registers.push(0);
  return [...new Set(registers)].filter((n) => vectors.lost & (1 << n)).map((n) => `v${n}`);
}

/** A number of VLEN's that is used where VLEN may be another. */
function staleFindings(instruction: CodeInstruction, state: State, add: Add): void {
  const register = usesStale(instruction, state);
  if (register === undefined) return;
  const why = 'behind it the thread may be on a hart with another VLEN';
  const message =
    register === SP
      ? `sp was lowered by a number that comes from the VLEN of the hart before a system call, and goes back by one of now: ${why}`
      : `${xNames[register]} comes from the VLEN of the hart before a system call: ${why}`;
  add('vlen-kept', 'warning', message);
}
const SP = 2;
