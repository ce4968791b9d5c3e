/** The language server: documents, settings, and the features that serve requests about them. Knows no transport. */
import type { Connection, InitializeParams, ServerCapabilities } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Chip } from './chip.js';
import { Analysed, pathOf } from './document.js';
import { features } from './features/index.js';
import { diagnosticsOf } from './features/diagnostics.js';
import { defaults, type Settings, settingsFrom } from './settings.js';

/** What the server is given of the world. */
export interface Host {
  /** A file that a source includes, by its path; undefined where there is none. */
  readFile(path: string): string | undefined;
  /** A chip by a preset's name or a description's path. @throws Error saying why not */
  chip(name: string): Chip;
  /** Do something a little later. @returns what takes that back */
  later(milliseconds: number, then: () => void): () => void;
}

/** Milliseconds of quiet after a change before diagnostics are made. */
const QUIET = 80;

export class Server {
  private readonly documents = new Map<string, TextDocument>();
  private readonly analyses = new Map<string, Analysed>();
  private readonly waiting = new Map<string, () => void>();
  private chip: Chip;
  private settings: Settings = defaults;
  private complaint: string | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly host: Host,
  ) {
    this.chip = host.chip(defaults.soc);
    connection.onInitialize((params) => this.initialize(params));
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) =>
      this.change(TextDocument.create(uri, languageId, version, text)),
    );
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      const document = this.documents.get(uri);
      if (document) this.change(TextDocument.update(document, contentChanges, version));
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => this.close(uri));
    connection.onDidChangeConfiguration(({ settings }) => this.configure(settings?.harthop));
    for (const feature of features) feature.register(connection, this);
  }

  private initialize({ initializationOptions }: InitializeParams): {
    capabilities: ServerCapabilities;
    serverInfo: { name: string };
  } {
    this.configure(initializationOptions);
    const capabilities: ServerCapabilities = { textDocumentSync: 2 };
    for (const feature of features) Object.assign(capabilities, feature.capabilities);
    return { capabilities, serverInfo: { name: 'harthop' } };
  }

  /** Take settings over; wrong ones are told and left out. */
  private configure(given: unknown): void {
    this.settings = settingsFrom(given);
    try {
      this.chip = this.host.chip(this.settings.soc);
      this.complaint = undefined;
    } catch (error) {
      const message = `harthop.soc: ${(error as Error).message}`;
      if (message !== this.complaint) void this.connection.sendNotification('window/showMessage', { type: 1, message });
      this.complaint = message;
    }
    this.analyses.clear();
    for (const uri of this.documents.keys()) this.validateSoon(uri);
  }

  private change(document: TextDocument): void {
    this.documents.set(document.uri, document);
    // What includes this one has changed as well.
    this.analyses.clear();
    for (const uri of this.documents.keys()) this.validateSoon(uri);
  }

  private close(uri: string): void {
    this.waiting.get(uri)?.();
    this.waiting.delete(uri);
    this.documents.delete(uri);
    this.analyses.delete(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  private validateSoon(uri: string): void {
    this.waiting.get(uri)?.();
    this.waiting.set(
      uri,
      this.host.later(QUIET, () => {
        this.waiting.delete(uri);
        const analysed = this.analysed(uri);
        if (analysed)
          void this.connection.sendDiagnostics({
            uri,
            version: analysed.document.version,
            diagnostics: diagnosticsOf(analysed, this.settings),
          });
      }),
    );
  }

  /** What is known of an open document; undefined: it is not open. */
  analysed(uri: string): Analysed | undefined {
    const document = this.documents.get(uri);
    if (!document) return undefined;
    let known = this.analyses.get(uri);
    if (!known) {
      known = new Analysed(document, {
        chip: this.chip,
        calls: this.settings.calls,
        faults: this.settings.faults,
        include: (path, from) => this.include(path, from),
      });
      this.analyses.set(uri, known);
    }
    return known;
  }

  /** All open documents. */
  get all(): readonly Analysed[] {
    return [...this.documents.keys()].map((uri) => this.analysed(uri)!);
  }

  private include(path: string, from: string): string | undefined {
    const full = path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/') + 1)}${path}`;
    const normal = new URL(`file://${full.split('/').map(encodeURIComponent).join('/')}`).pathname;
    const file = decodeURIComponent(normal);
    // An open document is what its editor has, saved or not.
    for (const document of this.documents.values()) if (pathOf(document.uri) === file) return document.getText();
    return this.host.readFile(file);
  }

  get config(): Settings {
    return this.settings;
  }
}
