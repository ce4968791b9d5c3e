/** HartHop in VS Code for the Web: what the language server knows. There are no processes there, and so far no debugger. */
import * as vscode from 'vscode';
import { assemblyLanguage } from '../assembly-language.js';
import { debugType } from '../configuration.js';
import { startLanguageClient } from '../language-client.js';
import { MigrationGraphView } from '../migration-graph/migration-graph-view.js';
import { OverviewRuler } from '../overview-ruler.js';
import { registerSamples } from '../samples.js';
import { languageWorker } from './language-worker.js';

const NO_DEBUGGER =
  'HartHop debugs in VS Code on the desktop, and in code-server; in VS Code for the Web it does not yet.';

export function activate(context: vscode.ExtensionContext): void {
  const languageServer = startLanguageClient(languageWorker(context.extensionUri));
  const refuse = () => void vscode.window.showInformationMessage(NO_DEBUGGER);
  context.subscriptions.push(
    languageServer,
    assemblyLanguage(languageServer),
    new OverviewRuler(languageServer),
    new MigrationGraphView(context.extensionUri, languageServer),
    registerSamples(context),
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor() {
        throw new Error(NO_DEBUGGER);
      },
    }),
    vscode.commands.registerCommand('harthop.runFile', refuse),
    vscode.commands.registerCommand('harthop.debugFile', refuse),
  );
}
