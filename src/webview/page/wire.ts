/** A page's wire to the extension, and what it keeps when it is hidden or the window is loaded anew. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

export class Wire<ToPage, FromPage, State> {
  // VS Code gives it once to a page.
  private readonly editor = acquireVsCodeApi();

  /** @param receive what to do with what the extension tells */
  constructor(receive: (message: ToPage) => void) {
    window.addEventListener('message', ({ data }) => receive(data as ToPage));
  }

  post(message: FromPage): void {
    this.editor.postMessage(message);
  }

  /** What was kept last; undefined in a fresh page. */
  get kept(): State | undefined {
    return this.editor.getState() as State | undefined;
  }

  keep(state: State): void {
    this.editor.setState(state);
  }
}
