/** What the colours are, and switches for tasks and reasons. */
import { element } from '../../webview/page/element.js';
import type { TimelineBody } from '../messages.js';
import { type Filter, reasonKey } from './filter.js';
import type { Paint, Palette } from './palette.js';
import { actorName } from './words.js';

const ways = { out: '→', back: '←', ask: '?' } as const;
const wayNames = { out: 'there', back: 'back', ask: 'asked, without leaving' } as const;

export class Legend {
  readonly root = element('div', { class: 'legend', role: 'group', 'aria-label': 'What is shown' });
  /** What it was made of: it is made anew, and loses the focus, only when there is something new. */
  private made = '';
  /** Reasons that were seen in any window. */
  private readonly reasons = new Map<string, { way: keyof typeof ways; reason: string }>();

  constructor(private readonly changed: () => void) {}

  show({ actors, routes }: TimelineBody, filter: Filter, palette: Palette): void {
    for (const route of Object.values(routes)) this.reasons.set(reasonKey(route), route);
    const paints = palette.actors(actors);
    const key = JSON.stringify([
      actors,
      [...this.reasons.keys()].sort(),
      filter.hidden,
      paints.map((paint) => paint?.fill),
    ]);
    if (key === this.made) return;
    this.made = key;
    const had = (document.activeElement as HTMLElement | null)?.dataset.key;
    const tasks = actors.flatMap((actor, n) => {
      const paint = paints[n];
      if (!paint) return [];
      const { task } = actor;
      const name = actorName(actor);
      if (task === undefined) return [element('span', { class: 'shade' }, swatch(paint), name)];
      return [this.toggle(`task ${task}`, !filter.hidesTask(task), () => filter.toggleTask(task), swatch(paint), name)];
    });
    const reasons = [...this.reasons]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([reasonOf, { way, reason }]) => {
        const toggle = this.toggle(
          reasonOf,
          !filter.hidesReason(reasonOf),
          () => filter.toggleReason(reasonOf),
          `${ways[way]} ${reason}`,
        );
        toggle.title = `Crossings for ${reason}, ${wayNames[way]}`;
        toggle.setAttribute('aria-label', `${reason}, ${wayNames[way]}`);
        return toggle;
      });
    this.root.replaceChildren(...tasks, ...(reasons.length ? [element('span', { class: 'bar' }), ...reasons] : []));
    if (had) this.root.querySelector<HTMLElement>(`[data-key="${CSS.escape(had)}"]`)?.focus();
  }

  private toggle(key: string, shown: boolean, toggled: () => void, ...content: (Node | string)[]): HTMLButtonElement {
    const onclick = () => {
      toggled();
      this.changed();
    };
    return element('button', { 'aria-pressed': String(shown), 'data-key': key, class: 'chip', onclick }, ...content);
  }
}

/** A square as the canvas paints it. */
function swatch({ fill, hatch }: Paint): HTMLElement {
  const made = element('span', { class: `swatch hatch${hatch}` });
  // The policy forbids style attributes, not what a script sets.
  made.style.backgroundColor = fill;
  return made;
}
