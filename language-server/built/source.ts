/** A C or C++ source as a build has it: what holds for its lines, and whether they are still those that were built. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../../assembler/diagnostics.js';
import type { CodeInstruction } from '../code/code.js';
import type { BuildMark, Foreseen } from '../document.js';
import { pathOf } from '../document.js';
import type { FunctionFlow } from '../flow/flow.js';
import type { Build } from './build.js';
import { movedLines } from './moved.js';

export class BuiltSource implements Foreseen {
  readonly text: string;
  readonly lines: readonly string[];
  readonly path: string;
  readonly build: BuildMark;
  /** Where a line that was built is now. */
  private readonly moved: (line: number) => number | undefined;

  /**
   * @param built what the source said when it was built, where that is known, and why it may say something else now
   * @param root the workspace's folder
   */
  constructor(
    readonly document: TextDocument,
    private readonly program: Build,
    built: { readonly text: string | undefined; readonly stale?: string },
    root: string | undefined,
    now: number,
  ) {
    this.text = document.getText();
    this.lines = this.text.split('\n');
    this.path = program.sourceNamed(pathOf(document.uri))!;
    this.moved = built.text === undefined ? (line) => line : movedLines(built.text, this.text);
    const { stale } = built;
    const label = program.label(this.path, root, now);
    const suffix = stale ? ', stale' : '';
    this.build = {
      long: `in ${label}${suffix}`,
      short: `${program.name}${suffix}`,
      tooltip: [`In ${label}.`, ...(stale ? [`Stale: ${stale}`] : [])].join(' '),
      stale: stale !== undefined,
    };
  }

  get view() {
    return this.program.view;
  }
  get builtFrom() {
    return this.program;
  }
  readonly flow = () => this.program.flow();
  readonly forecast = () => this.program.forecast();
  readonly findings = () => this.program.findings();

  /** The line of a function's first instruction that is of this source. */
  headOf({ entry }: FunctionFlow): number | undefined {
    const instruction = this.flow().code.at(entry);
    return instruction && this.placeOf(instruction)?.line;
  }

  /** All of the line: tables say where a piece of it begins, not where it ends. */
  placeOf({ place }: CodeInstruction): Place | undefined {
    const number = place?.file === this.path ? this.moved(place.line) : undefined;
    if (number === undefined) return undefined;
    const line = this.lines[number - 1] ?? '';
    const start = line.length - line.trimStart().length;
    return { ...place!, line: number, column: start + 1, endColumn: Math.max(line.trimEnd().length, start) + 1 };
  }
}
