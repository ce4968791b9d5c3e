/** Mistakes, as the assembler finds them, and findings of the flow of vtype and threads. */
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag, type Range } from 'vscode-languageserver-types';
import type { Analysed, Foreseen } from '../document.js';
import { replacedMnemonics } from '../../assembler/aliases.js';
import type { Finding, FindingCode } from '../forecast/findings.js';
import { differences } from '../measured/differences.js';
import type { MeasuredSource } from '../measured/measured.js';
import type { Settings } from '../settings.js';
import { rangeOf } from './feature.js';

const levels: Readonly<Record<Finding['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const source = 'harthop';
/** Where each finding is explained. */
const explained = (code: string) => `https://github.com/harthop/harthop/blob/main/docs/findings.md#${code}`;

/** Each of them once. */
function distinct(list: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ range: { start }, message }: Diagnostic) => `${start.line}:${start.character}:${message}`;
  return [...new Map(list.map((each) => [key(each), each])).values()];
}

/** Of an assembly source. */
export const diagnosticsOf = (analysed: Analysed, settings: Settings, measured?: MeasuredSource): Diagnostic[] =>
  distinct([...mistakesOf(analysed), ...notesOf(analysed, settings), ...findingsOf(analysed, settings, measured)]);

/** What the assembler has to say. */
function mistakesOf(analysed: Analysed): Diagnostic[] {
  const out: Diagnostic[] = [];
  const add = (diagnostic: Diagnostic) => out.push(diagnostic);
  for (const { message, severity: level, ...place } of analysed.examined().diagnostics) {
    const here = place.file === analysed.path;
    // What is wrong with other sources of the program is told there.
    if (!here && !analysed.own.has(place.file)) continue;
    add({
      range: here ? rangeOf(place) : includeOf(analysed, place.file),
      severity: levels[level],
      source,
      message: here ? message : `${place.file}:${place.line}: ${message}`,
    });
  }
  return out;
}

/** What words of the source are worth a note: symbols that others must have, mnemonics that are not used any more. */
function notesOf(analysed: Analysed, { severity }: Settings): Diagnostic[] {
  const out: Diagnostic[] = [];
  const add = (code: FindingCode, own: Finding['severity'], range: Range, message: string, tags?: DiagnosticTag[]) => {
    const level = severity[code] ?? own;
    if (level === 'off' || suppressed(analysed, range.start.line, code)) return;
    const codeDescription = { href: explained(code) };
    out.push({ range, severity: levels[level], source, code, codeDescription, message, ...(tags && { tags }) });
  };
  for (const { name, place } of analysed.examined().missing)
    if (place.file === analysed.path)
      add(
        'elsewhere',
        'information',
        rangeOf(place),
        `${name} is not defined here; another source or a library must have it`,
      );
  let [line, counted] = [0, 0];
  for (const { index, 1: before, 2: name } of analysed.text.matchAll(formerMnemonics)) {
    // Looked for in the text: to take a long one apart would take longer than all the rest.
    const from = analysed.text.lastIndexOf('\n', index - 1) + 1;
    line += analysed.text.slice(counted, from).split('\n').length - 1;
    counted = from;
    const start = { line, character: index - from + before!.length };
    const range = { start, end: { line, character: start.character + name!.length } };
    add('deprecated', 'hint', range, `${name} is called ${replacedMnemonics.get(name!.toLowerCase())} now`, [
      DEPRECATED,
    ]);
  }
  return out;
}
const DEPRECATED = DiagnosticTag.Deprecated;
/** A mnemonic of those at the beginning of a statement, behind labels. */
const formerMnemonics = new RegExp(
  `(?<=^|;)([^\\S\\n]*(?:[\\w.$]+:[^\\S\\n]*)*)(${[...replacedMnemonics.keys()].map((each) => each.replaceAll('.', '\\.')).join('|')})(?![\\w.])`,
  'gim',
);

/** What the flow has to say; a build of a C source, too. */
export function findingsOf(foreseen: Foreseen, { severity }: Settings, measured?: MeasuredSource): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const { code, severity: own, message, instruction } of foreseen.findings()) {
    const level = severity[code] ?? own;
    const place = foreseen.placeOf(instruction);
    if (level === 'off' || !place || suppressed(foreseen, place.line - 1, code)) continue;
    out.push({
      range: rangeOf(place),
      severity: levels[level],
      source,
      code,
      codeDescription: { href: explained(code) },
      message: foreseen.build ? `${message} (${foreseen.build.long})` : message,
      ...((code === 'redundant-vset' || code === 'never-here') && { tags: [DiagnosticTag.Unnecessary] }),
    });
  }
  const code = 'not-forecast';
  const level = severity[code] ?? 'information';
  for (const { line, message } of measured && level !== 'off' ? differences(foreseen, measured) : []) {
    if (level === 'off' || suppressed(foreseen, line - 1, code)) continue;
    const text = foreseen.lines[line - 1] ?? '';
    const character = text.length - text.trimStart().length;
    const range = { start: { line: line - 1, character }, end: { line: line - 1, character: text.trimEnd().length } };
    out.push({ range, severity: levels[level], source, code, codeDescription: { href: explained(code) }, message });
  }
  return distinct(out);
}

/** The line that includes a file; the first line where none does by name. */
function includeOf({ lines }: Analysed, file: string) {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const found = lines.findIndex((line) => /^\s*(#\s*|\.)include\b/.test(line) && line.includes(name));
  const line = Math.max(found, 0);
  return { start: { line, character: 0 }, end: { line, character: lines[line]?.length ?? 0 } };
}

/** Does a comment `harthop: ignore CODE` stand on the line or the one before? */
function suppressed({ lines }: Foreseen, line: number, code: string): boolean {
  return [lines[line], lines[line - 1]].some((each) => {
    const found = /harthop:\s*ignore\b([\w\s,-]*)/.exec(each ?? '');
    return found !== null && (found[1]!.trim() === '' || found[1]!.split(/[\s,]+/).includes(code));
  });
}
