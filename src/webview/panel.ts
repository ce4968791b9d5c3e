/**
 * Webviews. A view has a folder of src/ to itself:
 *
 *   src/NAME/             what runs beside VS Code, and `messages.ts`: what page and extension tell each other, as types
 *   src/NAME/page/        what runs in the page: `main.ts` and its style, bundled as dist/pages/NAME.js and .css (scripts/build.ts)
 *   src/webview/          what views share: the panel and its HTML here; in page/ the wire, the theme and the types of the browser
 *
 * What runs in a page imports nothing of `vscode`, and no style, script or picture from elsewhere: the policy in `htmlOf` forbids it.
 */
import * as vscode from 'vscode';
import { htmlOf } from './html.js';

export interface PanelOptions<FromPage> {
  /** The view's folder in src/; `harthop.NAME` is its type for VS Code, to be named in package.json as `onWebviewPanel:harthop.NAME`. */
  readonly name: string;
  readonly title: string;
  /** Open it below the editors, for what is wide; default: beside them. */
  readonly below?: boolean;
  /** Leave the keyboard's focus in the editor: for what is looked at beside it. */
  readonly keepFocus?: boolean;
  /** Keep the page alive while it can't be seen: costs memory; for pages whose state is dear. */
  readonly retain?: boolean;
  receive(message: FromPage): void;
  /** The panel was closed or opened. */
  changed?(open: boolean): void;
}

/** An editor tab that holds a page: at most one of its kind, shown again when it is there, put back when the window is loaded anew. */
export class Panel<ToPage, FromPage> implements vscode.Disposable {
  private panel?: vscode.WebviewPanel;
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly options: PanelOptions<FromPage>,
  ) {
    this.registration = vscode.window.registerWebviewPanelSerializer(this.type, {
      deserializeWebviewPanel: async (panel) => this.adopt(panel),
    });
  }

  /** Open it, or bring it to the front. @param column where, when it is opened beside the editors; without one beside the active one */
  async show(column: vscode.ViewColumn = vscode.ViewColumn.Beside): Promise<void> {
    const { title, below, retain, keepFocus = false } = this.options;
    if (this.panel) {
      this.panel.reveal(undefined, keepFocus);
      return;
    }
    if (below) await vscode.commands.executeCommand('workbench.action.newGroupBelow');
    const place = { viewColumn: below ? vscode.ViewColumn.Active : column, preserveFocus: keepFocus };
    const options = { retainContextWhenHidden: retain === true };
    this.adopt(vscode.window.createWebviewPanel(this.type, title, place, options));
    // A source that the debugger opens would else lie upon it.
    if (below) await vscode.commands.executeCommand('workbench.action.lockEditorGroup');
  }

  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** Tell the page something; what is told while none is open is lost, so a page asks for what it needs when it starts. */
  post(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  dispose(): void {
    this.registration.dispose();
    this.panel?.dispose();
  }

  private get type(): string {
    return `harthop.${this.options.name}`;
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const { name, title, receive, changed } = this.options;
    this.panel?.dispose();
    this.panel = panel;
    const pages = vscode.Uri.joinPath(this.extension, 'dist', 'pages');
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    panel.webview.onDidReceiveMessage(receive);
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      changed?.(false);
    });
    panel.webview.html = htmlOf(title, {
      source: panel.webview.cspSource,
      script: String(panel.webview.asWebviewUri(vscode.Uri.joinPath(pages, `${name}.js`))),
      style: String(panel.webview.asWebviewUri(vscode.Uri.joinPath(pages, `${name}.css`))),
    });
    changed?.(true);
  }
}
