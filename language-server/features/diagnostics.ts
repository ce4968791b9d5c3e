/** Mistakes, as the assembler finds them, and findings of the flow of vtype and threads. */
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Analysed } from '../document.js';
import type { Finding } from '../forecast/findings.js';
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

export function diagnosticsOf(analysed: Analysed, { severity }: Settings): Diagnostic[] {
  const out = new Map<string, Diagnostic>();
  const add = (diagnostic: Diagnostic) => {
    const { line, character } = diagnostic.range.start;
    out.set(`${line}:${character}:${diagnostic.message}`, diagnostic);
  };
  for (const { message, severity: level, ...place } of analysed.examined().diagnostics) {
    const here = place.file === analysed.path;
    add({
      range: here ? rangeOf(place) : includeOf(analysed, place.file),
      severity: levels[level],
      source,
      message: here ? message : `${place.file}:${place.line}: ${message}`,
    });
  }
  for (const { name, place } of analysed.examined().missing)
    if (place.file === analysed.path)
      add({
        range: rangeOf(place),
        severity: DiagnosticSeverity.Information,
        source,
        code: 'elsewhere',
        message: `${name} is not defined here; another source or a library must have it`,
      });
  for (const { code, severity: own, message, instruction } of analysed.findings()) {
    const level = severity[code] ?? own;
    const { place } = instruction;
    if (level === 'off' || place?.file !== analysed.path || suppressed(analysed, place.line - 1, code)) continue;
    add({
      range: rangeOf(place),
      severity: levels[level],
      source,
      code,
      codeDescription: { href: explained(code) },
      message,
      ...(code === 'redundant-vset' && { tags: [DiagnosticTag.Unnecessary] }),
    });
  }
  return [...out.values()];
}

/** The line that includes a file; the first line where none does by name. */
function includeOf({ lines }: Analysed, file: string) {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const found = lines.findIndex((line) => /^\s*(#\s*|\.)include\b/.test(line) && line.includes(name));
  const line = Math.max(found, 0);
  return { start: { line, character: 0 }, end: { line, character: lines[line]?.length ?? 0 } };
}

/** Does a comment `harthop: ignore CODE` stand on the line or the one before? */
function suppressed({ lines }: Analysed, line: number, code: string): boolean {
  return [lines[line], lines[line - 1]].some((each) => {
    const found = /harthop:\s*ignore\b([\w\s,-]*)/.exec(each ?? '');
    return found !== null && (found[1]!.trim() === '' || found[1]!.split(/[\s,]+/).includes(code));
  });
}
