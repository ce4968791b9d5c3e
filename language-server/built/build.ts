/** A built program and what is known of it: worked out when it is first asked for. */
import { surroundingsOf } from '../chip.js';
import type { Expected } from '../document.js';
import { Flow } from '../flow/flow.js';
import { type Finding, findings } from '../forecast/findings.js';
import { type Forecast, forecast } from '../forecast/forecast.js';
import { once } from '../once.js';
import { type Built, codeOf } from './built.js';

export class Build {
  readonly flow: () => Flow;
  readonly forecast: () => Forecast;
  readonly findings: () => readonly Finding[];

  /** @param modified when the file was written, in milliseconds since 1970 */
  constructor(
    readonly path: string,
    readonly modified: number,
    readonly built: Built,
    readonly view: Expected,
  ) {
    this.flow = once(() => Flow.through(codeOf(built), surroundingsOf(view.chip, view)));
    this.forecast = once(() => forecast(this.flow()));
    this.findings = once(() => findings(this.flow(), this.forecast(), view.chip));
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
