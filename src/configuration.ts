/** Launch configurations: what F5 does without launch.json, what the drop-down offers, and what a configuration leaves out. */
import * as vscode from 'vscode';

export const debugType = 'harthop';

/** The languages whose files F5 runs as they are: the assembler of the debug adapter takes them. */
const sourceLanguages = ['riscv-asm'];

/** A configuration for a program, with the user's settings filled in. */
export function configurationFor(program: string): vscode.DebugConfiguration {
  const name = program.slice(program.lastIndexOf('/') + 1);
  return { type: debugType, request: 'launch', name: `HartHop: ${name}`, program };
}

/** Is it a file that F5 runs as it is? */
export const isSource = ({ languageId }: vscode.TextDocument) => sourceLanguages.includes(languageId);

/** Languages of sources for which something is forecast where a program was built from them. */
const builtLanguages = ['c', 'cpp'];

/** May something be forecast for it? */
export const isForecast = (document: vscode.TextDocument) =>
  isSource(document) || builtLanguages.includes(document.languageId);

/** The source that the user looks at: that of the active editor; where no text is active (a walkthrough is, a view), one that can be seen. */
export function currentSource(): vscode.TextDocument | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor) return isSource(activeTextEditor.document) ? activeTextEditor.document : undefined;
  return visibleTextEditors.find(({ document }) => isSource(document))?.document;
}

/** The source that the user looks at for which something may be forecast. */
export function currentForecast(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && isForecast(document) ? document : currentSource();
}

/** Its file. */
const currentProgram = () => currentSource()?.uri.fsPath;

export const configurationProvider: vscode.DebugConfigurationProvider = {
  provideDebugConfigurations() {
    const program = currentProgram();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of launch.json
    return program ? [{ ...configurationFor('${file}'), name: 'HartHop: current file' }] : [];
  },

  async resolveDebugConfiguration(_folder, configuration) {
    // F5 without launch.json: VS Code hands over an empty configuration.
    if (!configuration.type && !configuration.request && !configuration.name) {
      const program = currentProgram();
      if (!program) {
        void vscode.window.showErrorMessage('HartHop: open a RISC-V assembly file (.S or .s) to debug it.');
        return undefined;
      }
      Object.assign(configuration, configurationFor(program));
    }
    if (configuration.request === 'attach') return attachable(configuration);
    // A recording brings its own of everything that settings would fill in.
    if (configuration.recording !== undefined) return configuration;
    if (typeof configuration.program !== 'string' || configuration.program === '') {
      void vscode.window.showErrorMessage(
        `HartHop: the launch configuration "${configuration.name}" has no "program": name a .S, .s or riscv64 ELF file (or a "recording").`,
      );
      return undefined;
    }
    const settings = vscode.workspace.getConfiguration('harthop');
    configuration.soc ??= settings.get<string>('soc');
    configuration.stopOnEntry ??= settings.get<boolean>('stopOnEntry');
    configuration.stopOnExit ??= settings.get<boolean>('stopOnExit');
    return configuration;
  },
};

/** To attach, the port must be known. */
function attachable(configuration: vscode.DebugConfiguration): vscode.DebugConfiguration | undefined {
  const { port } = configuration;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    void vscode.window.showErrorMessage(
      `HartHop: the configuration "${configuration.name}" needs the "port" of \`harthop run --debug PORT\`, a number.`,
    );
    return undefined;
  }
  configuration.host ??= '127.0.0.1';
  return configuration;
}
