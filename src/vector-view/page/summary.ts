import { element } from '../../webview/page/element.js';
import type { VectorAnswer, VectorTable } from '../messages.js';

/** Whose registers these are, what holds for them, and what the marks mean that are there. */
export function summary({ owner, where, contents }: VectorAnswer): Node[] {
  const facts = contents
    ? [
        ['vtype', contents.vtype ?? 'vill: none is set'],
        ['vl', String(contents.vl)],
        ['vstart', String(contents.vstart)],
        ['VLEN', String(8 * contents.vlenb)],
        ...(contents.masked ? [['mask', 'v0 (instruction at pc)']] : []),
      ]
    : [];
  return [
    element('div', { class: 'owner' }, element('strong', {}, owner), ` · ${where}`),
    element(
      'div',
      { class: 'facts' },
      ...facts.map(([name, value]) => element('span', {}, element('span', { class: 'secondary' }, `${name} `), value!)),
      ...(contents ? [legend(contents)] : []),
    ),
  ];
}

function legend({ masked, vstart, hasBefore, otherName }: VectorTable): Node {
  const entries = [
    ['tail', 'tail'],
    ...(masked ? [['masked', 'masked off']] : []),
    ...(vstart > 0 ? [['prestart', 'before vstart']] : []),
    ...(hasBefore ? [['changed', 'changed since the last stop']] : []),
    ...(otherName ? [['other', `differs from ${otherName}`]] : []),
  ];
  return element(
    'span',
    { class: 'legend' },
    ...entries.map(([mark, words]) =>
      element('span', {}, element('span', { class: `swatch cell ${mark}`, 'aria-hidden': 'true' }, '0'), words!),
    ),
  );
}
