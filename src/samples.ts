/** `HartHop: Open Sample Workspace`: a few examples in a folder of the user's own, ready to be debugged, and the walkthrough beside them. */
import * as vscode from 'vscode';

/** What is copied from examples/; the first one is opened. */
const samples = ['pingpong.S', 'daxpy.S', 'dgemm.S', 'faults.S', 'threads.S'];
/** By this file a folder is known as one of ours (the activation event names it). */
const GUIDE = 'harthop-samples.md';
const FOLDER = 'harthop-samples';
const walkthrough = 'harthop.harthop#start';

/** Configurations, each for something else to see; the file is the one that is open. */
const launch = {
  version: '0.2.0',
  configurations: [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of launch.json
    { type: 'harthop', request: 'launch', name: 'The file that is open', program: '${file}' },
    {
      type: 'harthop',
      request: 'launch',
      name: 'Ping-pong: home for every system call',
      program: '${workspaceFolder}/pingpong.S',
      append: 'migrate.calls=move',
    },
    {
      type: 'harthop',
      request: 'launch',
      name: 'Faults: VLEN 256 beside 1024',
      program: '${workspaceFolder}/faults.S',
      soc: 'mixed-vlen',
    },
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of launch.json
  ],
};

/** Where the folder that is opened next is remembered. */
const WANTED = 'harthop.samples';

export function registerSamples({ extensionUri, globalState }: vscode.ExtensionContext): vscode.Disposable {
  void welcome(globalState);
  return vscode.commands.registerCommand('harthop.openSamples', () => openSamples(extensionUri, globalState));
}

async function openSamples(extension: vscode.Uri, state: vscode.Memento): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: `A folder for ${FOLDER}`,
    openLabel: 'Put the Samples Here',
  });
  if (!chosen?.[0]) return;
  const folder = vscode.Uri.joinPath(chosen[0], FOLDER);
  try {
    if ((await exists(folder)) && !(await mayOpen(folder))) return;
    if (!(await exists(folder))) await copy(extension, folder);
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: the samples can't be put there: ${(error as Error).message}`);
    return;
  }
  await state.update(WANTED, String(folder));
  await vscode.commands.executeCommand('vscode.openFolder', folder, {
    forceNewWindow: vscode.workspace.workspaceFolders !== undefined,
  });
}

/** What is there may have been edited: it is opened as it is, or left alone. */
async function mayOpen(folder: vscode.Uri): Promise<boolean> {
  const open = 'Open It as It Is';
  const options = { modal: true, detail: 'Nothing in it is changed.' };
  return (await vscode.window.showInformationMessage(`${folder.fsPath} is there already.`, options, open)) === open;
}

const exists = (uri: vscode.Uri) =>
  vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );

async function copy(extension: vscode.Uri, folder: vscode.Uri): Promise<void> {
  const { fs } = vscode.workspace;
  const examples = vscode.Uri.joinPath(extension, 'examples');
  for (const [from, to] of [...samples.map((name) => [name, name]), ['README.md', GUIDE]] as [string, string][])
    await fs.writeFile(vscode.Uri.joinPath(folder, to), await fs.readFile(vscode.Uri.joinPath(examples, from)));
  const text = new TextEncoder().encode(`${JSON.stringify(launch, null, 2)}\n`);
  await fs.writeFile(vscode.Uri.joinPath(folder, '.vscode', 'launch.json'), text);
}

/** In the window that was opened for it: the first sample, and the walkthrough beside it. */
async function welcome(state: vscode.Memento): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder || state.get(WANTED) !== String(folder)) return;
  await state.update(WANTED, undefined);
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, samples[0]!), { preview: false });
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, true);
}
