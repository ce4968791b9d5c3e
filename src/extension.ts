/** HartHop in VS Code: the debugger's registration, its configurations, the commands and the views. Everything else is in the debug adapter. */
import * as vscode from 'vscode';
import { adapterFactory } from './adapter.js';
import { assemblyLanguage } from './assembly-language.js';
import { BuiltPrograms } from './built-programs.js';
import { debugFile, stepBackInto, stepBackOut } from './commands.js';
import { configurationProvider, debugType } from './configuration.js';
import { debugViews } from './debug-views/debug-views.js';
import { startLanguageClient } from './language-client.js';
import { languageProcess } from './language-process.js';
import { measurements } from './measurements.js';
import { MigrationGraphView } from './migration-graph/migration-graph-view.js';
import { OverviewRuler } from './overview-ruler.js';
import { saveRecording } from './recording.js';
import { registerSamples } from './samples.js';
import { TimelineView } from './timeline/timeline-view.js';
import { VectorView } from './vector-view/vector-view.js';

export function activate(context: vscode.ExtensionContext): void {
  const { Dynamic, Initial } = vscode.DebugConfigurationProviderTriggerKind;
  const languageServer = startLanguageClient(languageProcess(context.extensionUri));
  context.subscriptions.push(
    languageServer,
    assemblyLanguage(languageServer),
    new BuiltPrograms(languageServer),
    measurements(languageServer),
    new OverviewRuler(languageServer),
    new MigrationGraphView(context.extensionUri, languageServer),
    new VectorView(context.extensionUri),
    debugViews(),
    registerSamples(context),
    new TimelineView(context.extensionUri),
    vscode.debug.registerDebugConfigurationProvider(debugType, configurationProvider, Initial),
    vscode.debug.registerDebugConfigurationProvider(debugType, configurationProvider, Dynamic),
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, adapterFactory(context.extensionUri)),
    vscode.commands.registerCommand('harthop.stepBackInto', stepBackInto),
    vscode.commands.registerCommand('harthop.stepBackOut', stepBackOut),
    vscode.commands.registerCommand('harthop.saveRecording', (target?: vscode.Uri) => saveRecording(target)),
    vscode.commands.registerCommand('harthop.runFile', (file?: vscode.Uri) => debugFile(file, { noDebug: true })),
    vscode.commands.registerCommand('harthop.debugFile', (file?: vscode.Uri) => debugFile(file, { noDebug: false })),
  );
}
