/** A document and what is known of it. Everything is worked out when it is first asked for, once for a version. */
import { type Examined, examine } from '../assembler/examine.js';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Chip, surroundingsOf } from './chip.js';
import { codeOf } from './code/from-source.js';
import { Flow } from './flow/flow.js';
import type { Surroundings } from './flow/surroundings.js';
import { type Finding, findings } from './forecast/findings.js';
import { type Forecast, forecast } from './forecast/forecast.js';
import type { Include } from '../assembler/assemble.js';
import { Names } from './syntax/symbols.js';

/** What a document is looked at for. */
export interface View {
  readonly chip: Chip;
  readonly calls: Surroundings['calls'];
  readonly faults: Surroundings['faults'];
  readonly include: Include;
}

const once = <T>(make: () => T) => {
  let kept: { readonly value: T } | undefined;
  return () => {
    kept ??= { value: make() };
    return kept.value;
  };
};

export class Analysed {
  readonly text: string;
  /** The path by which places name the document. */
  readonly path: string;
  readonly names: () => Names;
  readonly examined: () => Examined;
  readonly flow: () => Flow;
  readonly forecast: () => Forecast;
  readonly findings: () => readonly Finding[];

  constructor(
    readonly document: TextDocument,
    readonly view: View,
  ) {
    this.text = document.getText();
    this.path = pathOf(document.uri);
    const { chip, include } = view;
    this.names = once(() => new Names(this.text));
    this.examined = once(() => examine([{ name: this.path, text: this.text }], { include }));
    this.flow = once(() => Flow.through(codeOf(this.examined()), surroundingsOf(chip, view)));
    this.forecast = once(() => forecast(this.flow()));
    this.findings = once(() => findings(this.flow(), this.forecast(), chip));
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
