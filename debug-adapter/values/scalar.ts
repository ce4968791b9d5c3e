import { csrs } from '../../isa/csrs.js';
import { fNames, xNames } from '../../isa/registers.js';
import type { Frame } from '../frame.js';
import { numberOf, type Value } from '../expressions/value.js';
import { csrValue, fValue, pcValue, xValue } from './registers.js';
import { line, type Variable, variableOf } from './variable.js';

const hex = (bits: bigint) => `0x${BigInt.asUintN(64, bits).toString(16)}`;

/** The scope `Integer`. `symbolize` names what a register points at. */
export function integerScope(frame: Frame, symbolize: (va: bigint) => string | undefined): Variable[] {
  const show = (name: string, value: Value, evaluateName: string): Variable => {
    const variable = variableOf(name, value, { evaluateName });
    let bits: bigint;
    try {
      bits = BigInt(numberOf(value));
    } catch {
      return { ...variable, value: '<not saved>', set: undefined };
    }
    const signed = BigInt.asIntN(64, bits);
    const symbol = symbolize(BigInt.asUintN(64, bits));
    const small = signed > -1_000_000_000n && signed < 1_000_000_000n;
    const note = symbol ? ` <${symbol}>` : small && !(signed >= 0n && signed < 10n) ? ` (${signed})` : '';
    return { ...variable, value: hex(bits) + note, memoryReference: hex(bits) };
  };
  return [
    show('pc', pcValue(frame), '$pc'),
    ...xNames.slice(1).map((name, n) => show(name, xValue(frame, n + 1), `$${name}`)),
  ];
}

/** The scope `Float`. */
export function floatScope(frame: Frame): Variable[] {
  const { hart } = frame;
  if (!hart.isa.extensions.has('F'))
    return [line('(none)', `hart ${hart.id} (${hart.isa.text}) has no floating-point unit`)];
  const fcsr = csrValue(hart, 'fcsr');
  return [
    ...fNames.map((name, n) => {
      const value = fValue(hart, n);
      const views = () =>
        Object.entries(value.views!).map(([view, make]) =>
          variableOf(view, make(), { evaluateName: `$${name}.${view}`, hex: view === 'bits' }),
        );
      return { ...variableOf(name, value, { evaluateName: `$${name}` }), children: views };
    }),
    ...(fcsr ? [variableOf('fcsr', fcsr, { evaluateName: '$fcsr', hex: true })] : []),
  ];
}

/** Registers that come by the dozen stand in a group of their own. */
const groups: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['PMP', /^pmp/],
  ['counters', /hpm|^m?(cycle|instret)|^time$|countinhibit|scountovf/],
  ['state enables', /stateen/],
];

/** The scope `CSRs`, with their fields. */
export function csrScope(frame: Frame): Variable[] {
  const { hart } = frame;
  const lines = csrs.flatMap(({ name, doc }) => {
    const value = csrValue(hart, name);
    return value
      ? [{ name, variable: { ...variableOf(name, value, { evaluateName: `$${name}`, hex: true }), type: doc } }]
      : [];
  });
  const loose = lines.filter(({ name }) => !groups.some(([, pattern]) => pattern.test(name)));
  return [
    ...loose.map(({ variable }) => variable),
    ...groups.flatMap(([title, pattern]) => {
      const members = lines.filter(({ name }) => pattern.test(name)).map(({ variable }) => variable);
      return members.length ? [line(title, `${members.length} registers`, { children: () => members })] : [];
    }),
  ];
}
