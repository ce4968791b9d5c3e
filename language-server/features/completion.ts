/** What could come next: mnemonics and directives, operands by what the instruction takes there, symbols. */
import { type CompletionItem, CompletionItemKind, MarkupKind } from 'vscode-languageserver-types';
import { directives } from '../../assembler/directives/index.js';
import { formsOf, mnemonics } from '../../assembler/instruction.js';
import { written } from '../../assembler/match.js';
import { pseudoNames } from '../../assembler/pseudo.js';
import { roundingModes } from '../../assembler/words.js';
import { csrPrivilege, csrs } from '../../isa/csrs.js';
import { fNames, vNames, xNames } from '../../isa/registers.js';
import { satisfied } from '../../isa/requires.js';
import type { OperandClass } from '../../isa/types.js';
import type { Analysed } from '../document.js';
import { statementAt } from '../syntax/line.js';
import type { Feature } from './feature.js';
import { snippetItems } from './snippets.js';
import { csrText } from './hover.js';
import { CommentStripper, splitStatements } from '../../assembler/source.js';
import type { Slot } from '../../assembler/form.js';

export const completion: Feature = {
  capabilities: { completionProvider: { triggerCharacters: ['.', ',', ' ', '%'], resolveProvider: true } },
  register(connection, server) {
    connection.onCompletion(({ textDocument, position }) => {
      const analysed = server.analysed(textDocument.uri);
      if (!analysed) return [];
      const items = itemsAt(analysed, position.line, position.character);
      // Where an instruction may begin, several may.
      const begins = items.some(({ kind }) => kind === CompletionItemKind.Keyword);
      return begins ? [...items, ...snippetItems(server.config.format, server.placeholders)] : items;
    });
    connection.onCompletionResolve((item) => {
      if (item.documentation) return item;
      const value = item.kind === CompletionItemKind.Keyword ? mnemonicDoc(item.label) : csrText(item.label);
      return value ? { ...item, documentation: { kind: MarkupKind.Markdown, value } } : item;
    });
  },
};

const mnemonicDoc = (name: string) => {
  const forms = formsOf(name)?.list;
  return forms && [...new Set(forms.map((form) => `\`${written(form)}\``)), forms[0]!.row.doc].join('\n\n');
};

const words = (list: Iterable<string>, kind: CompletionItemKind): CompletionItem[] =>
  [...list].map((label) => ({ label, kind }));

/** Items for a place, the text behind which does not matter. */
export function itemsAt(analysed: Analysed, line: number, column: number): CompletionItem[] {
  const raw = analysed.text.split('\n')[line] ?? '';
  const clean = new CommentStripper(true).strip(raw.slice(0, column));
  // Within a comment nothing is offered.
  if (
    clean.length === column &&
    raw.slice(0, column) !== clean &&
    /\S/.test(raw.slice(0, column).slice(clean.trimEnd().length))
  )
    return [];
  const part = splitStatements('', line, clean).at(-1)!;
  const { head, tokens } = statementAt(line, part.text, part.column - 1);
  const typing = head && tokens.length === 0 && !/\s$/.test(clean);
  if (!head || typing) return beginnings(analysed, head?.text ?? '');
  const forms = formsOf(head.text.toLowerCase())?.list;
  if (!forms) return symbols(analysed);
  const index = tokens.filter(({ text }) => text === ',').length;
  const slots = forms.flatMap(({ slots: list }) => {
    const last = list.at(-1);
    // vtype's words are operands of their own.
    const slot = list[index] ?? (last?.kind === 'operand' && last.operand.class === 'vtype' ? last : undefined);
    return slot ? [{ slot, nth: index - list.length + 1 }] : [];
  });
  const items = slots.flatMap(({ slot, nth }) => operandItems(analysed, slot, nth, tokens.at(-1)?.text === '('));
  return [...new Map(items.map((item) => [item.label, item])).values()];
}

function beginnings(analysed: Analysed, typed: string): CompletionItem[] {
  if (typed.startsWith('.')) return words(directives.keys(), CompletionItemKind.Property);
  const extensions = new Set(analysed.view.chip.harts.flatMap(({ isa }) => [...isa.extensions]));
  const available = [...mnemonics()].filter((name) =>
    formsOf(name)!.list.some(({ row }) => row.length === 4 && satisfied(row.requires, (each) => extensions.has(each))),
  );
  const macros = [...analysed.names().defined()].filter(({ kind }) => kind === 'macro').map(({ name }) => name);
  return [
    ...words(new Set([...available, ...pseudoNames()]), CompletionItemKind.Keyword),
    ...words(macros, CompletionItemKind.Method),
    ...words(directives.keys(), CompletionItemKind.Property),
  ];
}

function symbols(analysed: Analysed): CompletionItem[] {
  return [...analysed.names().defined()].map(({ name, kind }) => ({
    label: name,
    kind: kind === 'label' ? CompletionItemKind.Reference : CompletionItemKind.Constant,
  }));
}

const registerLists: Partial<Record<OperandClass, readonly string[]>> = { x: xNames, f: fNames, v: vNames };

const vtypeChoices = [
  ['e8', 'e16', 'e32', 'e64'],
  ['m1', 'm2', 'm4', 'm8', 'mf2', 'mf4', 'mf8'],
  ['ta', 'tu'],
  ['ma', 'mu'],
];

function operandItems(analysed: Analysed, slot: Slot, nth: number, inside: boolean): CompletionItem[] {
  if (slot.kind === 'word') return words([slot.text], CompletionItemKind.Variable);
  if (slot.kind === 'memory') return inside ? words(xNames, CompletionItemKind.Variable) : symbols(analysed);
  const kind = slot.operand;
  const registers = registerLists[kind.class];
  if (registers)
    return words(
      registers.filter((_, n) => !kind.except?.includes(n)),
      CompletionItemKind.Variable,
    );
  switch (kind.class) {
    case 'vtype':
      return words(vtypeChoices[nth] ?? [], CompletionItemKind.EnumMember);
    case 'csr':
      // Those of user mode first.
      return csrs.map(({ name, doc, number }) => ({
        label: name,
        kind: CompletionItemKind.Variable,
        detail: doc,
        sortText: `${csrPrivilege(number)}${name}`,
      }));
    case 'rounding':
      return words(
        roundingModes.filter((mode) => mode !== undefined),
        CompletionItemKind.EnumMember,
      );
    case 'mask':
      return words(['v0.t'], CompletionItemKind.EnumMember);
    case 'ordering':
      return [];
    default:
      return symbols(analysed);
  }
}
