/** A document and what is known of it. Everything is worked out when it is first asked for, once for a version. */
import { type Examined, examine } from '../assembler/examine.js';
import { AssemblerMemory } from '../assembler/memory.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Chip, surroundingsOf } from './chip.js';
import { codeOf } from './code/from-source.js';
import { Flow } from './flow/flow.js';
import { StretchMemory } from './flow/stretch.js';
import type { Surroundings } from './flow/surroundings.js';
import { type Finding, findings } from './forecast/findings.js';
import { type Forecast, forecast } from './forecast/forecast.js';
import { Names } from './syntax/symbols.js';

/** What a document is looked at for. */
export interface View {
  readonly chip: Chip;
  readonly calls: Surroundings['calls'];
  readonly faults: Surroundings['faults'];
  /** A file that is included, by its path; undefined where there is none. */
  read(path: string): string | undefined;
}

/** Something that is worked out once, when it is first asked for. */
interface Once<T> {
  (): T;
  done(): boolean;
}

function once<T>(make: () => T): Once<T> {
  let kept: { readonly value: T } | undefined;
  const get = () => {
    kept ??= { value: make() };
    return kept.value;
  };
  return Object.assign(get, { done: () => kept !== undefined });
}

/** What was worked out of earlier texts of a document, for the next one. The result is the same without it. */
export class Memory {
  readonly assembler = new AssemblerMemory();
  readonly stretches = new StretchMemory();
}

export class Analysed {
  readonly text: string;
  readonly lines: readonly string[];
  /** The path by which places name the document. */
  readonly path: string;
  readonly names: Once<Names>;
  readonly examined: Once<Examined>;
  readonly flow: Once<Flow>;
  readonly forecast: Once<Forecast>;
  readonly findings: Once<readonly Finding[]>;
  /** Paths of files that were asked for, be they there or not. */
  readonly includes = new Set<string>();

  constructor(
    readonly document: TextDocument,
    readonly view: View,
    memory?: Memory,
  ) {
    // A line may end in a carriage return alone (the protocol's "Text Documents").
    this.text = document.getText().replace(/\r(?!\n)/g, '\n');
    this.lines = this.text.split('\n');
    this.path = pathOf(document.uri);
    const { chip } = view;
    const include = (path: string, from: string) => {
      const file = includedPath(path, from);
      this.includes.add(file);
      return view.read(file);
    };
    this.names = once(() => new Names(this.text));
    this.examined = once(() =>
      examine([{ name: this.path, text: this.text }], { include, ...(memory && { memory: memory.assembler }) }),
    );
    this.flow = once(() => Flow.through(codeOf(this.examined()), surroundingsOf(chip, view), memory?.stretches));
    this.forecast = once(() => forecast(this.flow()));
    this.findings = once(() => findings(this.flow(), this.forecast(), chip));
  }

  /** What is not worked out yet, step by step, so that others can have their turn in between. */
  *steps(): IterableIterator<() => void> {
    for (const step of [this.names, this.examined, this.flow, this.forecast, this.findings])
      if (!step.done()) yield step;
  }
}

/** The path of what is included as `path` in a file. */
function includedPath(path: string, from: string): string {
  const full = path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/') + 1)}${path}`;
  return decodeURIComponent(new URL(`file://${full.split('/').map(encodeURIComponent).join('/')}`).pathname);
}

/** The path of a URI, for messages and for files that are included. */
export function pathOf(uri: string): string {
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return uri;
  }
}
