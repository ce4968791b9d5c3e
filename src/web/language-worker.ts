/** The language server in a web worker. It has no file system: what sources include is read for it, in the folder that is open. */
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/browser.js';
import type { FileContent } from '../../language-server/messages.js';

/** @param extension where it is installed */
export const languageWorker = (extension: vscode.Uri) => (options: LanguageClientOptions) => {
  const script = vscode.Uri.joinPath(extension, 'dist', 'web', 'language-worker.js');
  const client = new LanguageClient('harthop', 'HartHop Language Server', options, new Worker(script.toString(true)));
  client.onRequest('harthop/readFile', ({ path }: { path: string }) => read(path));
  return client;
};

async function read(path: string): Promise<FileContent> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.find(({ uri }) => path.startsWith(`${uri.path}/`)) ?? folders[0];
  if (!folder) return {};
  try {
    const bytes = await vscode.workspace.fs.readFile(folder.uri.with({ path }));
    return { text: new TextDecoder().decode(bytes) };
  } catch {
    return {};
  }
}
