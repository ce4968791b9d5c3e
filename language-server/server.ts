/** The language server: documents, settings, and the features that serve requests about them. Knows no transport. */
import {
  type CancellationToken,
  type Connection,
  type InitializeParams,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Chip } from './chip.js';
import type { Build } from './built/build.js';
import { type BuildFiles, Builds } from './built/builds.js';
import { SavedTexts } from './built/saved-texts.js';
import { BuiltSource } from './built/source.js';
import { Analysed, type Expected, type Foreseen, Memory, pathOf } from './document.js';
import { features } from './features/index.js';
import { diagnosticsOf, findingsOf } from './features/diagnostics.js';
import type { BuildsRun, ChipRun } from './messages.js';
import { defaults, type Settings, settingsFrom } from './settings.js';
import type { MeasuredSource } from './measured/measured.js';
import { Measurements } from './measured/measurements.js';
import { ProgramFiles } from './program-files.js';
import { isOurs } from './syntax/recognise.js';
import { Progress } from './progress.js';
import { calledBy, documentOf, Turns, wanted } from './turns.js';

/** What the server is given of the world. */
export interface Host {
  /** A file that a source includes, by its path; undefined where there is none. */
  readFile(path: string): string | undefined;
  /** Paths of assembly sources in the folder of a path. */
  beside?(path: string): readonly string[];
  /** A chip by a preset's name or a description's path. @throws Error saying why not */
  chip(name: string): Chip;
  /** Programs built from C and C++, where files can be read. */
  readonly builds?: BuildFiles;
  /** A file has changed: what is kept of it is not true any more. */
  forget?(path: string): void;
  /** Do something a little later. @returns what takes that back */
  later(milliseconds: number, then: () => void): () => void;
}

/** Languages of sources that compilers make programs of. */
const builtLanguages = ['c', 'cpp'];
const isBuilt = (languageId: string) => builtLanguages.includes(languageId);
/** What a client is to ask and tell of them. */
const builtRequests = ['didOpen', 'didChange', 'didSave', 'didClose', 'inlayHint', 'codeLens'].map(
  (each) => `textDocument/${each}`,
);

/** Milliseconds of quiet after a change before diagnostics are made. */
const QUIET = 80;

export class Server {
  private readonly documents = new Map<string, TextDocument>();
  private readonly analyses = new Map<string, Analysed>();
  /** What the open documents' earlier texts came to. */
  private readonly memories = new Map<string, Memory>();
  private readonly builds: Builds;
  private readonly measurements: Measurements;
  private readonly saved: SavedTexts;
  private readonly progress: Progress;
  private readonly turns: Turns;
  /** What the open documents' programs are made of. */
  readonly program: ProgramFiles;
  private readonly waiting = new Map<string, () => void>();
  private chip: Chip;
  private settings: Settings = defaults;
  private complaint: string | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly host: Host,
  ) {
    this.chip = host.chip(defaults.soc);
    this.builds = new Builds(host.builds, { ...this.expected }, () => this.rebuilt());
    const files = {
      readFile: (path: string) => host.readFile(path),
      modified: (path: string) => this.builds.modified(path),
    };
    this.saved = new SavedTexts(files);
    this.measurements = new Measurements(files, this.saved);
    this.progress = new Progress(connection);
    this.program = new ProgramFiles({
      all: () => this.all,
      read: (path) => this.read(path),
      beside: (path) => host.beside?.(path) ?? [],
    });
    this.turns = new Turns((then) => host.later(0, then));
    connection.onInitialize((params) => this.initialize(params));
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) =>
      this.change(TextDocument.create(uri, languageId, version, text)),
    );
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      const document = this.documents.get(uri);
      if (document) this.change(TextDocument.update(document, contentChanges, version));
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => this.close(uri));
    connection.onInitialized(() => this.registerBuilt());
    connection.onDidSaveTextDocument(() => void this.builds.refresh());
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) {
        host.forget?.(pathOf(uri));
        this.changed(pathOf(uri));
      }
      void this.builds.refresh();
    });
    connection.onNotification('harthop/builds', ({ programs }: BuildsRun) => {
      this.builds.name(Array.isArray(programs) ? programs.filter((each) => typeof each === 'string') : []);
      void this.builds.refresh();
    });
    connection.onNotification('harthop/chip', ({ soc }: ChipRun) => {
      const run = typeof soc === 'string' && soc ? soc : undefined;
      if (run === this.run) return;
      this.run = run;
      this.reconfigure();
      this.refresh();
    });
    connection.onNotification('harthop/measured', (run: unknown) => {
      this.measurements.tell(run);
      this.again();
    });
    connection.onDidChangeConfiguration(({ settings }) => this.configure(settings?.harthop));
    for (const feature of features) {
      const patient = calledBy(connection, (handler) => async (params, token, ...rest) => {
        await this.turn(params, token, feature.followsFlow ?? false);
        return handler(params, token, ...rest);
      });
      feature.register(patient, this);
    }
  }

  /**
   * Wait until it is a request's turn.
   * @param flow work out the flow of its document first
   * @throws ResponseError when the request has become void
   */
  private async turn(params: unknown, token: CancellationToken, flow: boolean): Promise<void> {
    const uri = documentOf(params);
    const version = uri === undefined ? undefined : this.documents.get(uri)?.version;
    const next = async () => {
      await this.turns.next();
      wanted(token);
      if (uri !== undefined && this.documents.get(uri)?.version !== version)
        throw new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed or is closed');
    };
    await next();
    if (!flow || uri === undefined) return;
    for (const step of this.analysed(uri)?.steps() ?? []) {
      step();
      await next();
    }
    for (const build of this.buildsOf(uri)) while (this.follow(build)) await next();
  }

  /** Follow a program a bit further. @returns whether there is more */
  private follow(build: Build): boolean {
    if (build.work.done || build.givenUp) return false;
    build.work.slice();
    this.progress.of(build, build.work.done);
    return true;
  }

  /** Programs that were built from an open document, as far as they are wanted. */
  private buildsOf(uri: string): readonly Build[] {
    const document = this.documents.get(uri);
    if (!document || !isBuilt(document.languageId)) return [];
    return this.builds.of(pathOf(uri)).filter(({ givenUp }) => !givenUp);
  }

  /** Requests by which the client is told to ask again for what it shows of documents that were not edited. */
  private refreshes: readonly string[] = [];
  /** Does the client know placeholders in what completion inserts? */
  placeholders = false;

  private initialize({ initializationOptions, rootUri, workspaceFolders, capabilities: client }: InitializeParams): {
    capabilities: ServerCapabilities;
    serverInfo: { name: string };
  } {
    const folder = workspaceFolders?.[0]?.uri ?? rootUri;
    this.builds.in(folder ? pathOf(folder) : undefined);
    this.configure(initializationOptions);
    const { inlayHint: hints, codeLens: lenses, synchronization } = client.textDocument ?? {};
    this.registers = [hints, lenses, synchronization].every((each) => each?.dynamicRegistration);
    this.placeholders = client.textDocument?.completion?.completionItem?.snippetSupport ?? false;
    const { inlayHint, codeLens, semanticTokens } = client.workspace ?? {};
    this.refreshes = [
      ...(inlayHint?.refreshSupport ? ['workspace/inlayHint/refresh'] : []),
      ...(codeLens?.refreshSupport ? ['workspace/codeLens/refresh'] : []),
      ...(semanticTokens?.refreshSupport ? ['workspace/semanticTokens/refresh'] : []),
    ];
    const capabilities: ServerCapabilities = { textDocumentSync: { openClose: true, change: 2, save: true } };
    for (const feature of features) Object.assign(capabilities, feature.capabilities);
    return { capabilities, serverInfo: { name: 'harthop' } };
  }

  /** C and C++ sources are of interest for what was built from them alone: a client is asked for that, where it can be. */
  private registerBuilt(): void {
    if (!this.host.builds || !this.registers) return;
    const documentSelector = builtLanguages.map((language) => ({ language }));
    const registrations = builtRequests.map((method) => ({
      id: `harthop ${method}`,
      method,
      registerOptions: { documentSelector, ...(method.endsWith('didChange') && { syncKind: 2 }) },
    }));
    void this.connection.sendRequest('client/registerCapability', { registrations }).catch(() => undefined);
  }
  private registers = false;

  /** Take settings over; wrong ones are told and left out. */
  private configure(given: unknown): void {
    this.settings = settingsFrom(given);
    this.reconfigure();
  }
  /** The chip that the client runs programs on, where settings name none. */
  private run: string | undefined;

  private reconfigure(): void {
    try {
      this.chip = this.host.chip(this.run ?? this.settings.soc);
      this.complaint = undefined;
    } catch (error) {
      const message = `${this.run === undefined ? 'harthop.soc' : 'launch.json: soc'}: ${(error as Error).message}`;
      if (message !== this.complaint) void this.connection.sendNotification('window/showMessage', { type: 1, message });
      this.complaint = message;
    }
    const { folder } = this.builds;
    this.measurements.configure(
      this.settings.measured.map((path) => (path.startsWith('/') || !folder ? path : `${folder}/${path}`)),
    );
    this.builds.configure(this.settings.builds, this.expected);
    void this.builds.refresh();
    this.analyses.clear();
    this.memories.clear();
    for (const uri of this.documents.keys()) this.validateSoon(uri);
  }

  /** What forecasts are for. */
  private get expected(): Expected {
    const { calls, faults, probe } = this.settings;
    return { chip: this.chip, calls, faults, probe };
  }

  private forgetProgress(): void {
    this.progress.only(new Set([...this.documents.keys()].flatMap((uri) => this.buildsOf(uri))));
  }

  /** Built programs have changed, and with them what holds for their sources. */
  private rebuilt(): void {
    this.forgetProgress();
    for (const { uri, languageId } of this.documents.values()) if (isBuilt(languageId)) this.validateSoon(uri);
    this.refresh();
  }

  private refresh(): void {
    for (const request of this.refreshes) void this.connection.sendRequest(request).catch(() => undefined);
  }

  private change(document: TextDocument): void {
    this.documents.set(document.uri, document);
    this.analyses.delete(document.uri);
    this.validateSoon(document.uri);
    this.changed(pathOf(document.uri));
  }

  /** A file has another text than before: so has what includes it. */
  changed(path: string): void {
    for (const [other, { includes }] of this.analyses) {
      if (!includes.has(path)) continue;
      this.analyses.delete(other);
      this.validateSoon(other);
      this.refresh();
    }
  }

  private close(uri: string): void {
    this.waiting.get(uri)?.();
    this.waiting.delete(uri);
    this.documents.delete(uri);
    this.analyses.delete(uri);
    this.memories.delete(uri);
    this.saved.forget(pathOf(uri));
    this.forgetProgress();
    this.changed(pathOf(uri));
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  private validateSoon(uri: string): void {
    this.waiting.get(uri)?.();
    this.waiting.set(
      uri,
      this.host.later(QUIET, () => {
        this.waiting.delete(uri);
        // A mistake of ours costs this answer, not the server.
        void this.validate(uri).catch((error: Error) =>
          this.connection.sendNotification('window/logMessage', { type: 1, message: String(error.stack) }),
        );
      }),
    );
  }

  private async validate(uri: string): Promise<void> {
    const document = this.documents.get(uri);
    if (!document) return;
    const { version } = document;
    for (const build of this.buildsOf(uri))
      while (this.follow(build)) {
        await this.turns.next();
        // Edited or closed meanwhile: then it is looked at once more, or never.
        if (this.documents.get(uri)?.version !== version) return;
      }
    const analysed = this.analysed(uri);
    const diagnostics = analysed
      ? diagnosticsOf(analysed, this.settings, this.measured(uri))
      : this.foreseen(uri).flatMap((each) => findingsOf(each, this.settings, this.measured(uri)));
    void this.connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  }

  /** What is forecast for an open document's lines: of an assembly source by itself, of a C source by each program that was built from it. */
  foreseen(uri: string): readonly Foreseen[] {
    const document = this.documents.get(uri);
    if (!document || !isBuilt(document.languageId)) {
      const analysed = this.analysed(uri);
      return analysed ? [analysed] : [];
    }
    const { folder, now } = this.builds;
    return this.buildsOf(uri)
      .filter(({ work }) => work.done)
      .map((build) => new BuiltSource(document, build, this.age(document, build), folder, now));
  }

  isOpen(uri: string): boolean {
    return this.documents.has(uri);
  }

  /** What was measured at an open document's lines, if anything was. */
  measured(uri: string): MeasuredSource | undefined {
    const document = this.documents.get(uri);
    return document && this.measurements.of(pathOf(uri), document.getText());
  }

  /** Say anew what is known of all documents. */
  private again(): void {
    for (const uri of this.documents.keys()) this.validateSoon(uri);
    this.refresh();
  }

  /** What a document said when a program was built from it, and why it may say something else now. */
  private age(document: TextDocument, { modified, path }: Build): { text: string | undefined; stale?: string } {
    const source = pathOf(document.uri);
    const text = this.saved.at(source, modified);
    const saved = this.host.readFile(source);
    if (saved !== undefined && saved !== document.getText()) return { text, stale: `Edited since ${path} was built.` };
    const written = this.builds.modified(source);
    return { text, ...(written !== undefined && written > modified && { stale: `Newer than ${path}.` }) };
  }

  /** What is known of an open assembly source; undefined: it is not open, or not ours. */
  analysed(uri: string): Analysed | undefined {
    const document = this.documents.get(uri);
    if (!document || isBuilt(document.languageId)) return undefined;
    let known = this.analyses.get(uri);
    if (!known) {
      if (!isOurs(document.languageId, document.getText())) return undefined;
      const memory = this.memories.get(uri) ?? new Memory();
      this.memories.set(uri, memory);
      const read = (path: string) => this.read(path);
      const beside = this.host.beside && ((path: string) => this.host.beside!(path));
      known = new Analysed(document, { ...this.expected, read, ...(beside && { beside }) }, memory);
      this.analyses.set(uri, known);
    }
    return known;
  }

  /** All open documents. */
  get all(): readonly Analysed[] {
    return [...this.documents.keys()].flatMap((uri) => this.analysed(uri) ?? []);
  }

  private read(path: string): string | undefined {
    // An open document is what its editor has, saved or not.
    for (const document of this.documents.values()) if (pathOf(document.uri) === path) return document.getText();
    return this.host.readFile(path);
  }

  get config(): Settings {
    return this.settings;
  }
}
