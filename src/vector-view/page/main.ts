/** The vector view's page: a toolbar, what is shown in words, and the grid of lanes. */
import '../../webview/page/theme.css';
import './style.css';
import { element } from '../../webview/page/element.js';
import { Wire } from '../../webview/page/wire.js';
import type { FromPage, ToPage, VectorAnswer } from '../messages.js';
import { Grid } from './grid.js';
import { type Choices, covers, initialChoices, lookFor } from './model.js';
import { summary } from './summary.js';
import { Toolbar } from './toolbar.js';

const wire = new Wire<ToPage, FromPage, Choices>(receive);
let choices: Choices = { ...initialChoices, ...wire.kept };
let answer: VectorAnswer | undefined;
/** Numbers questions: only the answer to the last one counts. */
let asked = 0;
/** Milliseconds until a refusal is shown, and the one that waits to be. */
const PATIENCE = 300;
let refusal: number | undefined;

const toolbar = new Toolbar((change) => choose(change, true));
const status = element('div', { class: 'summary', role: 'status' });
const trouble = element('div', { class: 'error trouble', role: 'alert' });
const grid = new Grid({
  moved: (register, lane) => choose({ register, lane }, false),
  seen: (visible) => {
    if (answer?.contents && !covers(answer.contents, visible)) look();
  },
  set: (register, elementName, lane, value) => {
    trouble.textContent = '';
    const task = choices.task === undefined ? {} : { task: choices.task };
    wire.post({ type: 'setLane', lane: { ...task, register, element: elementName, lane, value } });
  },
});
document.body.append(toolbar.root, status, trouble, grid.root);
toolbar.show(choices, undefined);
wire.post({ type: 'ready' });
look();

function choose(change: Partial<Choices>, again: boolean): void {
  choices = { ...choices, ...change };
  wire.keep(choices);
  toolbar.show(choices, answer);
  if (again) look();
}

function look(): void {
  clearTimeout(refusal);
  asked++;
  wire.post({ type: 'look', id: asked, look: lookFor(choices, grid.visible) });
}

function receive(message: ToPage): void {
  if (message.type === 'nothing' || message.type === 'answer') clearTimeout(refusal);
  switch (message.type) {
    case 'stale':
      look();
      return;
    case 'nothing':
      answer = undefined;
      status.textContent = message.why;
      grid.clear();
      return;
    case 'refused':
      if (message.id !== asked) return;
      // A step refuses for a moment, for the program runs: its reason is shown when it stays.
      refusal = setTimeout(() => {
        status.textContent = message.message;
        grid.fade();
      }, PATIENCE);
      return;
    case 'answer':
      if (message.id !== asked) return;
      answer = message.answer;
      toolbar.show(choices, answer);
      status.replaceChildren(...summary(answer));
      if (answer.contents) grid.show(answer.contents, choices);
      else grid.clear();
      return;
    case 'set':
      trouble.textContent = message.message ?? '';
      grid.edited(message.message === undefined);
      return;
    case 'pin':
      choose({ task: message.task }, true);
      return;
    case 'reveal':
      choose({ register: message.register, lane: 0 }, true);
      grid.focus();
      return;
  }
}
