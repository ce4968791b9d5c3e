/** Quick fixes: what a mistake or a finding can be mended by. */
import {
  type CodeAction,
  CodeActionKind,
  type Diagnostic,
  type Range,
  type TextEdit,
} from 'vscode-languageserver-types';
import { examine } from '../../assembler/examine.js';
import { replacedMnemonics } from '../../assembler/aliases.js';
import { formsOf } from '../../assembler/instruction.js';
import { CommentStripper } from '../../assembler/source.js';
import { registerNamed } from '../../isa/registers.js';
import type { Analysed } from '../document.js';
import type { Written } from '../syntax/line.js';
import type { Feature } from './feature.js';

export const codeActions: Feature = {
  capabilities: { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] } },
  followsFlow: true,
  register(connection, server) {
    connection.onCodeAction(({ textDocument, context }) => {
      const analysed = server.analysed(textDocument.uri);
      return analysed ? context.diagnostics.flatMap((each) => actionsFor(analysed, each)) : [];
    });
  },
};

const IGNORE = 'Ignore';

type Fix = readonly [title: string, edits: readonly TextEdit[]];

/** The fixes of one diagnostic; the first is the one to prefer. */
export function actionsFor(analysed: Analysed, diagnostic: Diagnostic): CodeAction[] {
  if (diagnostic.source !== 'harthop') return [];
  const { line, character } = diagnostic.range.start;
  const statement = analysed.names().statementAt(line, character);
  const fixes = [
    ...meant(diagnostic),
    ...(statement ? operandFixes(analysed, statement, diagnostic) : []),
    ...(statement?.head ? findingFixes(analysed, statement, diagnostic) : []),
  ];
  return fixes.map(([title, edits], n) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(n === 0 && !title.startsWith(IGNORE) && { isPreferred: true }),
    edit: { changes: { [analysed.document.uri]: [...edits] } },
  }));
}

/** "Did you mean …?" */
function meant({ message, range }: Diagnostic): Fix[] {
  const found = /; did you mean ([^?\s]+)\?/.exec(message);
  return found ? [[`Change to ${found[1]}`, [{ range, newText: found[1]! }]]] : [];
}

const on = (line: number, start: number, end: number): Range => ({
  start: { line, character: start },
  end: { line, character: end },
});

/** Operands in another order, or a register in parentheses, where that makes an instruction of the statement. */
function operandFixes(analysed: Analysed, statement: Written, { severity, code }: Diagnostic): Fix[] {
  const { head, tokens, line } = statement;
  if (severity !== 1 || code !== undefined || !head || !formsOf(head.text.toLowerCase()) || !tokens.length) return [];
  const content = analysed.text.split('\n')[line]!;
  const [from, to] = [tokens[0]!.start, tokens.at(-1)!.end];
  const list = content
    .slice(from, to)
    .split(',')
    .map((each) => each.trim());
  const variants = [
    ...list.map((each, n) => list.map((other, m) => (m === n ? `(${each})` : other))),
    ...(list.length <= 4 ? permutations(list) : []),
  ];
  const fits = (operands: readonly string[]) => assembles(`${head.text} ${operands.join(', ')}`);
  const found = variants.find((each) => each.join() !== list.join() && fits(each));
  return found
    ? [[`Change to ${head.text} ${found.join(', ')}`, [{ range: on(line, from, to), newText: found.join(', ') }]]]
    : [];
}

function permutations(list: readonly string[]): string[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, n) =>
    permutations([...list.slice(0, n), ...list.slice(n + 1)]).map((rest) => [first, ...rest]),
  );
}

/** Is the statement an instruction, with the document's constants unknown? */
const assembles = (text: string) =>
  examine([{ name: 'statement.s', text }]).diagnostics.every(({ severity }) => severity !== 'error');

function findingFixes(analysed: Analysed, statement: Written, { code, message }: Diagnostic): Fix[] {
  const { head, line } = statement;
  const content = analysed.text.split('\n')[line]!;
  const indent = ' '.repeat(head!.start);
  const before = on(line, 0, 0);
  const ignore: Fix[] = code === undefined ? [] : [ignoring(content, line, String(code))];
  switch (code) {
    case 'vtype-unset':
    case 'vtype-unknown': {
      const width = /(\d+)(ff)?\.v$/.exec(head!.text)?.[1] ?? '32';
      const sew = ['8', '16', '32', '64'].includes(width) ? width : '32';
      // A label of the line stays before what is put in.
      const labels = content.slice(0, head!.start).trimEnd();
      const made = `vsetvli ${freeTemporary(analysed)}, zero, e${sew}, m1, ta, ma`;
      const edit = labels
        ? { range: on(line, 0, head!.start), newText: `${labels.padEnd(head!.start)}${made}\n${indent}` }
        : { range: before, newText: `${indent}${made}\n` };
      return [[`Insert ${made}`, [edit]], ...ignore];
    }
    case 'deprecated': {
      const now = replacedMnemonics.get(head!.text.toLowerCase());
      const edit = { range: on(line, head!.start, head!.end), newText: now ?? head!.text };
      return [...(now ? ([[`Change to ${now}`, [edit]]] satisfies Fix[]) : []), ...ignore];
    }
    case 'illegal-instruction':
      return [...aligned(content, line, message), ...split(analysed.text, line, message), ...ignore];
    case 'redundant-vset':
      return [['Remove it', [{ range: removed(analysed, statement, content), newText: '' }]], ...ignore];
    default:
      return ignore;
  }
}

/** A temporary register that the file does not mention; t0 where it mentions all. */
function freeTemporary(analysed: Analysed): string {
  const words = analysed.names().list.flatMap(({ tokens }) => tokens.map(({ text }) => registerNamed(text)));
  const used = new Set(words.flatMap((each) => (each?.class === 'x' ? [each.number] : [])));
  return temporaries.find((name) => !used.has(registerNamed(name)!.number)) ?? 't0';
}
const temporaries = ['t0', 't1', 't2', 't3', 't4', 't5', 't6'];

/** What a statement takes: its line, if nothing else is there, else itself with what parts it from the one before or behind. */
function removed(analysed: Analysed, { head, labels, line, text, from }: Written, content: string): Range {
  const others = analysed.names().list.filter((each) => each.line === line && each.from !== from);
  if (!labels.length && !others.length) return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  const end = from + text.trimEnd().length;
  const before = content.slice(0, head!.start);
  if (labels.length) return on(line, before.trimEnd().length, end);
  if (from > 0) return on(line, before.lastIndexOf(';'), end);
  return on(line, head!.start, others[0]!.head?.start ?? end);
}

/** Registers near the one that can't start a group, and can: the one below first. */
function aligned(content: string, line: number, message: string): Fix[] {
  const found = /\bv(\d+) can't start a group of (\d+) registers/.exec(message);
  if (!found) return [];
  const [register, size] = [Number(found[1]), Number(found[2])];
  const below = register - (register % size);
  return [below, below + size]
    .filter((each) => each + size <= 32)
    .map((each) => {
      const edits = [...content.matchAll(new RegExp(`\\bv${register}\\b`, 'g'))].map(({ index }) => ({
        range: on(line, index, index + `v${register}`.length),
        newText: `v${each}`,
      }));
      return [`Change v${register} to v${each}`, edits] as const;
    });
}

/** Groups that are too large, or can't start where they do, in parts that are legal: LMUL of the vset instruction above is made smaller, and its loop goes round more often. */
function split(text: string, line: number, message: string): Fix[] {
  const tooLarge = /would be (\d+) registers/.exec(message);
  const misplaced = /\bv(\d+) can't start a group of (\d+) registers/.exec(message);
  if (!tooLarge && !misplaced) return [];
  const lines = text.split('\n');
  const above = lines.slice(0, line).findLastIndex((each) => VSET.test(each));
  const found = above < 0 ? undefined : VSET.exec(lines[above]!);
  if (!found) return [];
  const lmul = Number(found[2]);
  // So often must it be halved, that eight registers are enough or the register is a multiple of the group.
  let by = 1;
  if (tooLarge) while (Number(tooLarge[1]) / by > 8) by *= 2;
  else while (Number(misplaced![1]) % (Number(misplaced![2]) / by)) by *= 2;
  if (lmul % by) return [];
  const at = found[1]!.length;
  const edit = { range: on(above, at, at + `m${lmul}`.length), newText: `m${lmul / by}` };
  return [[`Split the group: m${lmul / by} on line ${above + 1}`, [edit]]];
}

/** A vset instruction up to its LMUL, a whole number. */
const VSET = /^([^#]*\bvseti?vli\b[^#]*\be\d+\s*,\s*)m(\d+)\b/;

/** A comment that hides a finding here. */
function ignoring(content: string, line: number, code: string): Fix {
  const end = content.trimEnd().length;
  const behind = new CommentStripper(true).strip(content).trimEnd().length;
  const comment = /#|\/\//.test(content.slice(behind)) ? `, harthop: ignore ${code}` : ` # harthop: ignore ${code}`;
  return [`${IGNORE} ${code} here`, [{ range: on(line, end, content.length), newText: comment }]];
}
