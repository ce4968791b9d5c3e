/** A C or C++ source as a build has it: what holds for its lines, and whether they are still those that were built. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../../assembler/diagnostics.js';
import type { CodeInstruction } from '../code/code.js';
import type { Foreseen } from '../document.js';
import { pathOf } from '../document.js';
import type { FunctionFlow } from '../flow/flow.js';
import type { Build } from './build.js';

export class BuiltSource implements Foreseen {
  readonly text: string;
  readonly lines: readonly string[];
  readonly path: string;
  /** How the build is named beside what it says: `in build/dgemm, -O2, 14:03`. */
  readonly mark: string;

  /**
   * @param stale why the lines may not be those that were built
   * @param root the workspace's folder
   */
  constructor(
    readonly document: TextDocument,
    readonly build: Build,
    readonly stale: string | undefined,
    root: string | undefined,
    now: number,
  ) {
    this.text = document.getText();
    this.lines = this.text.split('\n');
    this.path = build.sourceNamed(pathOf(document.uri))!;
    this.mark = `in ${build.label(this.path, root, now)}${stale ? ', stale' : ''}`;
  }

  get view() {
    return this.build.view;
  }
  readonly flow = () => this.build.flow();
  readonly forecast = () => this.build.forecast();
  readonly findings = () => this.build.findings();

  /** The line of a function's first instruction that is of this source. */
  headOf({ entry }: FunctionFlow): number | undefined {
    const place = this.flow().code.at(entry)?.place;
    return place?.file === this.path ? place.line : undefined;
  }

  /** All of the line: tables say where a piece of it begins, not where it ends. */
  placeOf({ place }: CodeInstruction): Place | undefined {
    if (place?.file !== this.path) return undefined;
    const line = this.lines[place.line - 1] ?? '';
    const start = line.length - line.trimStart().length;
    return { ...place, column: start + 1, endColumn: Math.max(line.trimEnd().length, start) + 1 };
  }
}
