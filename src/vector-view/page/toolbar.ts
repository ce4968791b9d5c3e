import { element } from '../../webview/page/element.js';
import type { VectorAnswer } from '../messages.js';
import { type Choices, elementChoices, groupChoices, radixChoices } from './model.js';

/** What the user can choose, in one line. */
export class Toolbar {
  readonly root = element('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'How lanes are shown' });
  private readonly elements: HTMLSelectElement;
  private readonly groups: HTMLSelectElement;
  private readonly radix: HTMLSelectElement;
  private readonly nonzero: HTMLButtonElement;
  private readonly bars: HTMLButtonElement;
  private readonly pin: HTMLButtonElement;
  private choices?: Choices;
  private task?: number;

  constructor(change: (change: Partial<Choices>) => void) {
    const select = (options: readonly (readonly [string, string])[], chosen: (value: string) => void) => {
      const made = element('select', { onchange: () => chosen(made.value) });
      made.append(...options.map(([value, label]) => element('option', { value }, label)));
      return made;
    };
    const toggle = (label: string, title: string, pressed: () => void) =>
      element('button', { title, 'aria-pressed': 'false', onclick: pressed }, label);
    this.elements = select(elementChoices, (value) => change({ element: value || undefined }));
    this.groups = select(groupChoices, (value) => change({ group: value ? Number(value) : undefined }));
    this.radix = select(radixChoices, (value) => change({ radix: value as Choices['radix'] }));
    this.nonzero = toggle('Non-zero', 'Leave out registers that are zero', () =>
      change({ nonzero: !this.choices?.nonzero }),
    );
    this.bars = toggle('Bars', 'Draw a bar behind each value, in proportion to the largest of its row', () =>
      change({ bars: !this.choices?.bars }),
    );
    this.pin = toggle('Pin', '', () => change({ task: this.choices?.task === undefined ? this.task : undefined }));
    this.root.append(
      element('label', {}, 'Elements', this.elements),
      element('label', {}, 'Registers', this.groups),
      element('label', {}, 'Numbers', this.radix),
      this.nonzero,
      this.bars,
      this.pin,
    );
  }

  show(choices: Choices, answer: VectorAnswer | undefined): void {
    this.choices = choices;
    this.task = answer?.task;
    this.elements.value = choices.element ?? '';
    this.groups.value = String(choices.group ?? '');
    this.radix.value = choices.radix;
    press(this.nonzero, choices.nonzero);
    press(this.bars, choices.bars);
    const pinned = choices.task !== undefined;
    press(this.pin, pinned);
    this.pin.disabled = !pinned && this.task === undefined;
    this.pin.textContent = pinned ? `Pinned to task ${choices.task}` : 'Pin to task';
    this.pin.title = pinned
      ? 'Follow the focus of the call stack again'
      : 'Stay with this task, on whichever hart it is and wherever the focus goes';
  }
}

function press(button: HTMLButtonElement, pressed: boolean): void {
  button.setAttribute('aria-pressed', String(pressed));
}
