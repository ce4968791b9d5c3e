/** The settings that a client gives, `harthop.…`; what is wrong or missing is as by default. */
import type { Asked } from './probe/answers.js';
import type { FindingCode } from './forecast/findings.js';

export const severities = ['error', 'warning', 'information', 'hint', 'off'] as const;
export type Severity = (typeof severities)[number];

/** Columns, counted from 0, at which parts of a line begin. */
export interface FormatSettings {
  readonly mnemonicColumn: number;
  readonly operandColumn: number;
  readonly commentColumn: number;
}

export interface Settings {
  /** A preset's name, or the path of a description. */
  readonly soc: string;
  /** What system calls from an accelerator hart do. */
  readonly calls: 'move' | 'ask' | 'auto';
  /** What page faults there do. */
  readonly faults: 'move' | 'ask';
  /** For whom the kernel answers what harts can do: for threads that migrate, or for harts by themselves. */
  readonly probe: Asked;
  /** Patterns that name programs built from C and C++. */
  readonly builds: readonly string[];
  /** Files that `harthop run --measure` wrote. */
  readonly measured: readonly string[];
  readonly hints: { readonly vtype: boolean; readonly migrations: boolean };
  /** Other severities than the findings have of themselves, by code. */
  readonly severity: Readonly<Partial<Record<FindingCode, Severity>>>;
  readonly format: FormatSettings;
}

export const defaults: Settings = {
  soc: 'app2-vec1',
  calls: 'auto',
  faults: 'ask',
  probe: 'threads',
  builds: [],
  measured: [],
  hints: { vtype: true, migrations: true },
  severity: {},
  format: { mnemonicColumn: 8, operandColumn: 16, commentColumn: 40 },
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export function settingsFrom(given: unknown): Settings {
  const { soc, forecast, hints, severity, format } = record(given);
  const column = (name: keyof FormatSettings) => {
    const value = record(format)[name];
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 120
      ? (value as number)
      : defaults.format[name];
  };
  const { calls, faults, probe, builds, measured } = record(forecast);
  const strings = (value: unknown) =>
    Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : [];
  const on = (value: unknown, usual: boolean) => (typeof value === 'boolean' ? value : usual);
  const known = Object.entries(record(severity)).filter(([, each]) => severities.includes(each as Severity));
  return {
    soc: typeof soc === 'string' && soc ? soc : defaults.soc,
    calls: calls === 'move' || calls === 'ask' || calls === 'auto' ? calls : defaults.calls,
    probe: probe === 'threads' || probe === 'harts' ? probe : defaults.probe,
    faults: faults === 'move' || faults === 'ask' ? faults : defaults.faults,
    builds: strings(builds),
    measured: strings(measured),
    hints: {
      vtype: on(record(hints).vtype, defaults.hints.vtype),
      migrations: on(record(hints).migrations, defaults.hints.migrations),
    },
    severity: Object.fromEntries(known) as Settings['severity'],
    format: {
      mnemonicColumn: column('mnemonicColumn'),
      operandColumn: column('operandColumn'),
      commentColumn: column('commentColumn'),
    },
  };
}
