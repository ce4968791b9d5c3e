/** A document and what is known of it. Everything is worked out when it is first asked for, once for a version. */
import { type Examined, examine } from '../assembler/examine.js';
import { AssemblerMemory } from '../assembler/memory.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../assembler/diagnostics.js';
import { type Chip, surroundingsOf } from './chip.js';
import type { CodeInstruction } from './code/code.js';
import { CodeMemory, codeOf } from './code/from-source.js';
import { Flow, type FunctionFlow } from './flow/flow.js';
import { StretchMemory } from './flow/stretch.js';
import type { Surroundings } from './flow/surroundings.js';
import type { Asked } from './probe/answers.js';
import { type Finding, findings } from './forecast/findings.js';
import { type Forecast, forecast } from './forecast/forecast.js';
import { type Once, once } from './once.js';
import { includedPath } from './syntax/includes.js';
import { besides, type Scanned } from './syntax/program.js';
import { WrittenMemory } from './syntax/line.js';
import { Names } from './syntax/symbols.js';

/** What a forecast is for. */
export interface Expected {
  readonly chip: Chip;
  readonly calls: Surroundings['calls'];
  readonly faults: Surroundings['faults'];
  /** For whom the kernel answers what harts can do. */
  readonly probe?: Asked;
}

/** What a document is looked at for. */
export interface View extends Expected {
  /** A file that is included, by its path; undefined where there is none. */
  read(path: string): string | undefined;
  /** Paths of assembly sources in the folder of a path; without it nobody knows. */
  beside?(path: string): readonly string[];
}

/** How a build is named beside what is said of it. */
export interface BuildMark {
  /** `in build/dgemm, -O2, 14:03`, for where there is room. */
  readonly long: string;
  /** `dgemm`; `dgemm, stale`. */
  readonly short: string;
  /** In sentences. */
  readonly tooltip: string;
  readonly stale: boolean;
}

/** A document with a forecast for its lines: an assembly source, or a C source as a program was built from it. */
export interface Foreseen {
  readonly document: TextDocument;
  readonly text: string;
  readonly lines: readonly string[];
  /** The path by which places name the document. */
  readonly path: string;
  readonly view: Expected;
  flow(): Flow;
  forecast(): Forecast;
  findings(): readonly Finding[];
  /** Where in the document an instruction stands; undefined: it is another file's. */
  placeOf(instruction: CodeInstruction): Place | undefined;
  /** The line, counted from 1, at which a function begins in the document. */
  headOf(of: FunctionFlow): number | undefined;
  /** Which build this holds for. */
  readonly build?: BuildMark;
  /** Its file, and when that was written, in milliseconds since 1970. */
  readonly builtFrom?: { readonly path: string; readonly modified: number };
}

/** What was worked out of earlier texts of a document, for the next one. The result is the same without it. */
export class Memory {
  readonly assembler = new AssemblerMemory();
  readonly written = new WrittenMemory();
  readonly code = new CodeMemory();
  readonly stretches = new StretchMemory();
  private readonly others = new Map<string, AssemblerMemory>();
  /** What was found in sources beside it. */
  readonly beside = new Map<string, Scanned>();

  /** Of another source of the same program. */
  of(path: string): AssemblerMemory {
    const known = this.others.get(path) ?? new AssemblerMemory();
    this.others.set(path, known);
    return known;
  }
}

export class Analysed implements Foreseen {
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
  /** Of those, the ones that the document itself includes; the others are of other sources of its program. */
  readonly own = new Set<string>();

  constructor(
    readonly document: TextDocument,
    readonly view: View,
    memory?: Memory,
  ) {
    // A line may end in a carriage return alone (the protocol's "Text Documents").
    const text = document.getText();
    this.text = text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;
    this.lines = memory ? memory.assembler.text.of(this.text) : this.text.split('\n');
    this.path = pathOf(document.uri);
    const { chip } = view;
    const include = (path: string, from: string) => {
      const file = includedPath(path, from);
      this.includes.add(file);
      if (from === this.path || this.own.has(from)) this.own.add(file);
      return view.read(file);
    };
    this.names = once(() => new Names(this.lines, memory?.written));
    this.examined = once(() => {
      const others = besides(this.path, this.text, view, memory?.beside);
      for (const { name } of others) this.includes.add(name);
      const memoryOf = (name: string) => (name === this.path ? memory?.assembler : memory?.of(name));
      return examine([{ name: this.path, text: this.text }, ...others], { include, memoryOf });
    });
    this.flow = once(() =>
      Flow.through(codeOf(this.examined(), memory?.code), surroundingsOf(chip, view), memory?.stretches),
    );
    this.forecast = once(() => forecast(this.flow()));
    this.findings = once(() => findings(this.flow(), this.forecast(), chip));
  }

  placeOf({ place }: CodeInstruction): Place | undefined {
    return place?.file === this.path ? place : undefined;
  }

  /** The line of its label, or of its first instruction. */
  headOf({ entry }: FunctionFlow): number | undefined {
    const { code } = this.flow();
    const name = code.nameAt(entry);
    const label = name === undefined ? undefined : this.names().named(name)?.definitions[0];
    const first = code.at(entry);
    return label ? label.line + 1 : first && this.placeOf(first)?.line;
  }

  /** What is not worked out yet, step by step, so that others can have their turn in between. */
  *steps(): IterableIterator<() => void> {
    for (const step of [this.names, this.examined, this.flow, this.forecast, this.findings])
      if (!step.done()) yield step;
  }
}

/** The path of a URI, for messages and for files that are included. */
export function pathOf(uri: string): string {
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return uri;
  }
}

/** The URI of a file by its path, beside a document. */
export function uriBeside(uri: string, path: string): string {
  try {
    return new URL(path.split('/').map(encodeURIComponent).join('/'), uri).href;
  } catch {
    return uri;
  }
}
