/**
 * Which language assembly files are: their names don't tell RISC-V's from that of other processors, what they hold does. It is looked at when
 * a file is first opened; what the user chooses afterwards stays.
 */
import * as vscode from 'vscode';
import type { Recognised } from '../language-server/messages.js';
import type { LanguageServer } from './language-client.js';

const own = 'riscv-asm';
/** Names that say assembly, of whatever processor. */
const assembly = /\.(?:s|asm)$/i;
/** Languages that other extensions have for other assembly, the first that is installed; else none. */
const others: Readonly<Record<'x86' | 'arm', readonly string[]>> = {
  x86: ['asm-intel-x86-generic', 'nasm', 'gas', 'asm', 'assembly'],
  arm: ['arm', 'arm64', 'gas', 'asm', 'assembly'],
};
/** Enough to tell. */
const CHARACTERS = 20_000;

export function assemblyLanguage(server: LanguageServer): vscode.Disposable {
  const seen = new Set<string>();
  const look = async (document: vscode.TextDocument) => {
    const uri = String(document.uri);
    if (!assembly.test(document.uri.path) || seen.has(uri)) return;
    seen.add(uri);
    const { architecture } = await server.recognise(document.getText().slice(0, CHARACTERS));
    const language = await languageFor(document.languageId, architecture);
    if (language !== document.languageId && !document.isClosed)
      await vscode.languages.setTextDocumentLanguage(document, language);
  };
  // A server that has ended says so itself.
  const lookOrNot = (document: vscode.TextDocument) => void look(document).catch(() => undefined);
  vscode.workspace.textDocuments.forEach(lookOrNot);
  return vscode.workspace.onDidOpenTextDocument(lookOrNot);
}

async function languageFor(now: string, architecture: Recognised['architecture']): Promise<string> {
  if (architecture === 'riscv') return now === 'plaintext' ? own : now;
  if (now !== own || !architecture) return now;
  const installed = await vscode.languages.getLanguages();
  return others[architecture].find((each) => installed.includes(each)) ?? 'plaintext';
}
