/** What stands at a place: an instruction with what it means here, a register, a CSR, a number, a symbol. */
import { MarkupKind } from 'vscode-languageserver-types';
import { disassemble } from '../../assembler/disassemble.js';
import { formsOf } from '../../assembler/instruction.js';
import { written } from '../../assembler/match.js';
import { classOf } from '../../isa/classes.js';
import { csrNamed } from '../../isa/csrs.js';
import { registerNamed, xNames } from '../../isa/registers.js';
import { spoken } from '../../isa/requires.js';
import { vlmaxOf, vtypeOf } from '../../isa/vector/vtype.js';
import { describe, hartsWith, lends } from '../chip.js';
import type { CodeInstruction } from '../code/code.js';
import type { Analysed } from '../document.js';
import { textOf } from '../forecast/findings.js';
import { inLastRun, whatReturns, whyEnds, whyReturns } from './inlay-hints.js';
import { type State, AWAY, HOME, AS_ENTERED } from '../flow/state.js';
import type { MeasuredSource } from '../measured/measured.js';
import type { Word } from '../syntax/line.js';
import { operationOf } from '../syntax/operation.js';
import { type Feature, rangeOfWord } from './feature.js';

export const hover: Feature = {
  capabilities: { hoverProvider: true },
  followsFlow: true,
  register(connection, server) {
    connection.onHover(({ textDocument, position }) => {
      const analysed = server.analysed(textDocument.uri);
      const word = analysed?.names().wordAt(position.line, position.character);
      const value = word && textAt(analysed!, position.line, word, server.measured(textDocument.uri));
      if (!value) return null;
      return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOfWord({ ...word, line: position.line }) };
    });
  },
};

/** The text for a word of a line, in Markdown. */
export function textAt(analysed: Analysed, line: number, word: Word, measured?: MeasuredSource): string | undefined {
  const statement = analysed.names().statementAt(line, word.start);
  if (statement?.head && word.start === statement.head.start && !statement.assigns)
    return mnemonic(word.text) ? instructionText(analysed, line, word.text, measured) : symbolText(analysed, word.text);
  return registerText(word.text) ?? csrText(word.text) ?? numberText(word.text) ?? symbolText(analysed, word.text);
}

const mnemonic = (name: string) => formsOf(name.toLowerCase());

/** The instructions that a line became. */
export const instructionsOf = (analysed: Analysed, line: number): CodeInstruction[] =>
  analysed.flow().code.instructions.filter(({ place }) => place?.file === analysed.path && place.line === line + 1);

function instructionText(analysed: Analysed, line: number, name: string, measured: MeasuredSource | undefined): string {
  const forms = mnemonic(name)!.list;
  const { row } = forms[0]!;
  const operation = operationOf(row);
  const parts = [
    ['```riscv-asm', ...new Set(forms.map(written)), '```'].join('\n'),
    row.name === name ? row.doc : `${row.doc} (\`${row.name}\`)`,
    ...(operation ? [`*Operation:* \`${operation}\``] : []),
    `*Extension:* ${row.requires.map(spoken).join(', ')}`,
  ];
  for (const instruction of instructionsOf(analysed, line)) parts.push(...hereText(analysed, instruction));
  for (const ways of [['out'], ['back', 'ask']] as const)
    if (measured?.at(line + 1, ...ways)) parts.push(inLastRun(measured, line + 1, ...ways));
  return parts.join('\n\n');
}

function hereText(analysed: Analysed, instruction: CodeInstruction): string[] {
  const { view } = analysed;
  const { word, address, row, length } = instruction;
  const out: string[] = [];
  const digits = length * 2;
  const raw = analysed.examined().instructions.wordAt(address) ?? word;
  const { text } = disassemble(raw, BigInt(address));
  out.push(`*Encoding:* \`0x${raw.toString(16).padStart(digits, '0')}\` (\`${text}\`)`);
  const name = length === 4 ? classOf(word) : undefined;
  if (name) {
    const harts = hartsWith(view.chip, name);
    if (!harts.length) out.push(`No hart of ${view.chip.name} (${describe(view.chip)}) has ${name}.`);
    else if (lends(view.chip, name))
      out.push(
        `Class **${name}**: on ${view.chip.name} a thread must be on ${harts.length === 1 ? 'the one hart' : `one of the ${harts.length} harts`} that has it.`,
      );
  }
  const state = analysed.forecast().facts.get(address);
  if (!state) {
    if (row) out.push('No way leads here.');
    return out;
  }
  if (row?.semantics.kind === 'vector' && row.semantics.vector.shape !== 'configure')
    out.push(`${vtypeLine(state, analysed)}${legality(analysed, address, state)}`);
  if (name && lends(view.chip, name)) out.push(whereLine(state));
  out.push(...backLines(analysed, address));
  return out;
}

/** Where the thread comes back here, or ends. */
function backLines(analysed: Analysed, address: number): string[] {
  const { returns, ends } = analysed.forecast();
  const here = ({ instruction }: { readonly instruction: CodeInstruction }) => instruction.address === address;
  return [
    ...returns.filter(here).map((each) => `**${capital(whatReturns(each, analysed))}**: ${whyReturns[each.reason]}`),
    ...ends.filter(here).map(({ what }) => whyEnds(what)),
  ];
}
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);

/** vtype in force, and how many elements a register group has on the chip's harts. */
function vtypeLine({ vtypes, avl }: State, { view }: Analysed): string {
  if (!vtypes) return '*vtype here:* not known';
  const vlens = [...new Set(hartsWith(view.chip, 'V').map(({ isa }) => isa.vlen))];
  const one = (vtype: number) => {
    const type = vtype < 0 ? undefined : vtypeOf(BigInt(vtype));
    if (!type) return 'not set (vill)';
    const most = vlens.map((vlen) => `${vlmaxOf(type, vlen / 8)} at VLEN ${vlen}`).join(', ');
    return `\`${textOf(vtype)}\` (VLMAX ${most})`;
  };
  const elements = avl === 'max' ? '; vl is VLMAX' : typeof avl === 'number' ? `; at most ${avl} elements` : '';
  return `*vtype here:* ${vtypes.map(one).join(' or ')}${elements}`;
}

/** Is an instruction legal under the vtype in force? */
function legality(analysed: Analysed, address: number, { vtypes }: State): string {
  const wrong = analysed
    .findings()
    .filter(
      ({ code, instruction }) => instruction.address === address && /^(illegal-instruction|vtype-unset)$/.test(code),
    );
  if (wrong.length) return wrong.map(({ message }) => `\n\n**${capital(message)}**`).join('');
  return vtypes ? '; legal' : '';
}

function whereLine({ where }: State): string {
  const home = (where & (HOME | AS_ENTERED)) !== 0;
  const away = (where & AWAY) !== 0;
  if (home && away) return '**May leave here**: on some ways the thread is on an application hart.';
  return home
    ? '**Leaves here**: the thread is on an application hart, which lacks this.'
    : 'The thread is on an accelerator hart already.';
}

function registerText(word: string): string | undefined {
  const register = registerNamed(word);
  if (!register) return undefined;
  if (register.class !== 'x')
    return `${register.class === 'f' ? 'Floating-point' : 'Vector'} register ${register.class}${register.number}`;
  const abi = xNames[register.number]!;
  const kept = /^(s\d+|sp)$/.test(abi)
    ? 'kept across calls'
    : abi === 'zero'
      ? 'always zero'
      : /^(gp|tp)$/.test(abi)
        ? 'not to be changed'
        : 'lost across calls';
  return `Integer register x${register.number}, \`${abi}\`: ${kept}`;
}

export function csrText(word: string): string | undefined {
  const csr = csrNamed(word);
  if (!csr) return undefined;
  const fields = Object.entries(csr.fields ?? {}).map(
    ([name, [high, low]]) => `| ${high === low ? low : `${high}:${low}`} | ${name} |`,
  );
  return [
    `CSR \`${csr.name}\` (0x${csr.number.toString(16).padStart(3, '0')}): ${csr.doc}`,
    ...(fields.length ? [['| bits | field |', '| --- | --- |', ...fields].join('\n')] : []),
  ].join('\n\n');
}

function numberText(word: string): string | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(word)) return undefined;
  const value = BigInt(/^0\d/.test(word) ? `0o${word.replace(/^0+(?=\d)/, '')}` : word);
  const signed = value >= 2n ** 63n ? ` (${BigInt.asIntN(64, value)} signed)` : '';
  return `\`${value}\`${signed} = \`0x${value.toString(16)}\` = \`0b${value.toString(2)}\``;
}

function symbolText(analysed: Analysed, name: string): string | undefined {
  const entry = analysed.names().named(name);
  if (!entry?.definitions.length) return undefined;
  const line = entry.definitions[0]!.line;
  const lines = analysed.text.split('\n');
  // Comments right above say what it is.
  const comments: string[] = [];
  for (let at = line - 1; at >= 0 && /^\s*(#|\/\/)(?!\s*(define|if|include|endif|else))/.test(lines[at]!); at--)
    comments.unshift(lines[at]!.replace(/^\s*(#|\/\/)\s?/, ''));
  const address = analysed.examined().labels.get(name);
  const value = constantText(analysed, name);
  const what = { label: 'Label', constant: 'Constant', macro: 'Macro', define: 'Preprocessor macro' }[entry.kind];
  return [
    `${what} \`${name}\`${value ?? ''}, line ${line + 1}`,
    comments.join('\n'),
    ...(address !== undefined && entry.kind === 'label'
      ? [`*Offset:* 0x${address.toString(16)}, were this the whole program`]
      : []),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function constantText(analysed: Analysed, name: string): string | undefined {
  for (const unit of analysed.examined().units) {
    const meaning = unit.symbols.get(name)?.meaning;
    if (meaning?.kind === 'value' && typeof meaning.value === 'bigint')
      return ` = \`${meaning.value}\` (\`0x${BigInt.asUintN(64, meaning.value).toString(16)}\`)`;
  }
  return undefined;
}
