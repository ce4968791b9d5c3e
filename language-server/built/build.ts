/** A built program and what is known of it: worked out in slices. */
import { surroundingsOf } from '../chip.js';
import type { Expected } from '../document.js';
import { Flow } from '../flow/flow.js';
import { type Finding, findings } from '../forecast/findings.js';
import { type Forecast, forecast } from '../forecast/forecast.js';
import { type Pieces, Slow } from '../slow.js';
import { type Built, codeSlowly } from './built.js';

/** What is known of a program. */
interface Known {
  readonly flow: Flow;
  readonly forecast: Forecast;
  readonly findings: readonly Finding[];
}

export class Build {
  /** All that can be known: of a program with a C library it takes a while. */
  readonly work: Slow<Known>;
  /** The user does not want it. */
  givenUp = false;

  /** @param modified when the file was written, in milliseconds since 1970 */
  constructor(
    readonly path: string,
    readonly modified: number,
    readonly built: Built,
    readonly view: Expected,
  ) {
    this.work = new Slow(() => this.pieces());
  }

  private *pieces(): Pieces<Known> {
    const { chip } = this.view;
    const code = yield* codeSlowly(this.built);
    const flow = yield* Flow.slowly(code, surroundingsOf(chip, this.view));
    flow.facts();
    yield;
    const known = forecast(flow);
    yield;
    return { flow, forecast: known, findings: findings(flow, known, chip) };
  }

  flow(): Flow {
    return this.work.get().flow;
  }
  forecast(): Forecast {
    return this.work.get().forecast;
  }
  findings(): readonly Finding[] {
    return this.work.get().findings;
  }

  /** The file as the line tables name it: an absolute path, or the end of one where the compiler was told a relative one. */
  sourceNamed(path: string): string | undefined {
    const { files } = this.built;
    return (
      files.find((file) => file === path) ?? files.find((file) => !file.startsWith('/') && path.endsWith(`/${file}`))
    );
  }

  /** The file's name. */
  get name(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  /** How it is named where there is room: `build/dgemm, -O2, 14:03`. */
  label(source: string, root: string | undefined, now: number): string {
    const short = root && this.path.startsWith(`${root}/`) ? this.path.slice(root.length + 1) : this.name;
    return [short, this.built.optimised(source), timeOf(this.modified, now)].filter((each) => each).join(', ');
  }
}

/** The time of day; with the date in front of it where that is not today's. */
function timeOf(modified: number, now: number): string {
  const [then, today] = [new Date(modified), new Date(now)];
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}
