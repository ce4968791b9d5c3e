/** What the user does not want to see: tasks, and reasons for crossings. */
import type { TimelineRoute } from '../messages.js';

export interface Hidden {
  readonly tasks: readonly number[];
  readonly reasons: readonly string[];
}

/** What a reason's switch is for: the way counts too, since a thread may leave for what it also asks for. */
export const reasonKey = ({ way, reason }: Pick<TimelineRoute, 'way' | 'reason'>) => `${way} ${reason}`;

export class Filter {
  private readonly tasks: Set<number>;
  private readonly reasons: Set<string>;

  constructor(hidden: Hidden = { tasks: [], reasons: [] }) {
    this.tasks = new Set(hidden.tasks);
    this.reasons = new Set(hidden.reasons);
  }

  get hidden(): Hidden {
    return { tasks: [...this.tasks], reasons: [...this.reasons] };
  }
  hidesTask(task: number | undefined): boolean {
    return task !== undefined && this.tasks.has(task);
  }
  hidesReason(key: string): boolean {
    return this.reasons.has(key);
  }
  shows(route: TimelineRoute): boolean {
    return !this.tasks.has(route.task) && !this.reasons.has(reasonKey(route));
  }
  toggleTask(task: number): void {
    if (!this.tasks.delete(task)) this.tasks.add(task);
  }
  toggleReason(key: string): void {
    if (!this.reasons.delete(key)) this.reasons.add(key);
  }
}
