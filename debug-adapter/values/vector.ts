import { vNames } from '../../isa/registers.js';
import { format } from '../expressions/format.js';
import { arrayOf, type Place, type Value, within } from '../expressions/value.js';
import type { Frame } from '../frame.js';
import { codeAt } from '../instructions.js';
import { csrValue, vectorPlace, vValue } from './registers.js';
import { line, type Variable, variableOf } from './variable.js';
import { type LaneMark, type LaneState, laneMarks } from './vector-lanes.js';
import { elementNames, elementTypes, groupSizes, lanesOf, vectorTypeOf } from './vector-register.js';
import type { VectorContents } from './saved-vector.js';
import { groupName } from './vector-table.js';

/** The scope `Vector`: lanes as the vtype in force has them, register groups, tail and masked lanes marked. */
export function vectorScope(frame: Frame): Variable[] {
  const { hart } = frame;
  if (!hart.vlenb)
    return [line('(none)', `hart ${hart.id} (${hart.isa.text}) has no vector unit; see Saved vector state`)];
  const type = vectorTypeOf(hart.vtype);
  const { mask, floating } = lookAhead(frame);
  const state: Shown = {
    type,
    vl: hart.vl,
    vstart: hart.vstart,
    vlenb: hart.vlenb,
    ...(mask && { mask: vectorPlace(hart, 0) }),
    ...(floating !== undefined && { floating }),
  };
  const [vstart, vcsr] = ['vstart', 'vcsr'].map((name) => csrValue(hart, name));
  return [
    line('vtype', type?.text ?? 'vill (no vtype is set)', {
      evaluateName: '$vtype',
      type: `0x${BigInt.asUintN(64, hart.vtype).toString(16)}`,
    }),
    line('vl', String(hart.vl), { evaluateName: '$vl' }),
    vstart ? variableOf('vstart', vstart, { evaluateName: '$vstart' }) : line('vstart', String(hart.vstart)),
    line('vlenb', `${hart.vlenb}`, { evaluateName: '$vlenb', type: `VLEN ${hart.vlenb * 8}` }),
    ...(vcsr ? [variableOf('vcsr', vcsr, { evaluateName: '$vcsr' })] : []),
    ...registers((n) => vectorPlace(hart, n), state, true),
  ];
}

/** What the lines of vector registers depend on. */
export interface Shown extends LaneState {
  /** Show lanes as floating point; default: as they look. */
  readonly floating?: boolean;
  /** Another copy to compare with. */
  readonly other?: { readonly name: string; readonly contents: VectorContents };
}

/** The register groups of an LMUL, then (when groups have several) each register by itself. */
export function registers(place: (n: number) => Place, state: Shown, named: boolean): Variable[] {
  const size = Math.max(1, state.type?.lmul ?? 1);
  const groups = Array.from({ length: 32 / size }, (_, n) => group(n * size, size, place(n * size), state, named));
  if (size === 1) return groups;
  const singles = () =>
    vNames.map((_, n) =>
      group(n, 1, place(n), { ...state, vl: Number.POSITIVE_INFINITY, vstart: 0, mask: undefined }, named),
    );
  return [...groups, line('registers', 'v0 to v31, each by itself', { children: singles })];
}

const spoken: Readonly<Partial<Record<LaneMark, string>>> = { masked: 'masked', tail: 'tail', prestart: 'prestart' };

function group(n: number, size: number, place: Place, state: Shown, named: boolean): Variable {
  const { type, vlenb, other } = state;
  const bytes = vlenb * size;
  const { view, lanes } = lanesOf(place, bytes, type, state.floating);
  const element = elementTypes[view];
  const width = element.size;
  const read = place.read(0, bytes);
  const markOf = laneMarks(state, 8 * width);
  const copy = other?.contents.place(n);
  const evaluateName = named ? `$v${n}` : undefined;
  const differs = copy?.read(0, bytes).some((byte, at) => byte !== read[at]);
  const lane = (index: number): Variable => {
    const value: Value = { type: element, place: within(place, index * width) };
    const then = copy && format({ type: element, place: within(copy, index * width) });
    const shown = variableOf(`[${index}]`, value, {
      evaluateName: evaluateName && `${evaluateName}.${view}[${index}]`,
    });
    return marked(shown, [
      spoken[markOf(index)],
      state.vstart > 0 && index === state.vstart ? 'vstart' : undefined,
      then !== undefined && then !== shown.value ? `${other!.name}: ${then}` : undefined,
    ]);
  };
  const value: Value = { type: arrayOf(element, lanes), place };
  const zero = read.every((byte) => byte === 0);
  return marked(
    {
      name: groupName(n, size),
      value: zero ? '0' : format(value),
      hex: () => (zero ? '0' : format(value, { hex: true })),
      type: `${view} × ${lanes}`,
      ...(evaluateName && { evaluateName }),
      elements: { count: lanes, at: lane },
      children: () => [
        line('as', 'other elements and groups', { children: () => waysOf(n, state, place, evaluateName) }),
      ],
    },
    [differs ? `differs from ${other!.name}` : undefined],
  );
}

/** A line with notes behind its value. */
function marked(variable: Variable, notes: readonly (string | undefined)[]): Variable {
  const all = notes.filter((note) => note !== undefined).join(', ');
  if (!all) return variable;
  return { ...variable, value: `${variable.value} (${all})`, hex: () => `${variable.hex!()} (${all})` };
}

/** A register, or a group that starts there, in every other way. */
function waysOf(n: number, state: Shown, place: Place, evaluateName: string | undefined): Variable[] {
  const { views } = vValue(n, state.vlenb, state.type, () => place);
  return [...elementNames, ...groupSizes.filter((size) => n % size === 0).map((size) => `m${size}`)].map((name) =>
    variableOf(name, views![name](), { evaluateName: evaluateName && `${evaluateName}.${name}` }),
  );
}

/** What the vector instruction at pc tells: whether lanes are masked, whether they are floating point. */
export function lookAhead(frame: Frame): { mask: boolean; floating?: boolean } {
  const code = codeAt(frame.memory, frame.raw.pc);
  if (code?.row?.semantics.kind !== 'vector') return { mask: false };
  return { mask: code.text.endsWith('v0.t'), ...(code.row.name.startsWith('vf') && { floating: true }) };
}
