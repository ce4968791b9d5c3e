import { element } from '../../webview/page/element.js';
import type { VectorRow, VectorTable } from '../messages.js';
import { barsOf, type Cell, type Choices, cellOf, editedElement, moved, rowOf, visibleLanes, widest } from './model.js';

/** What the grid tells of. */
interface Told {
  /** The user went to another cell. */
  moved(register: number, lane: number): void;
  /** Other lanes are seen than before. */
  seen(visible: { first: number; count: number }): void;
  /** The user typed a value. */
  set(register: number, element: string, lane: number, value: string): void;
}

/** Pixels around a value, and of a row's name; both are in the style too. */
const PADDING = 14;
const HEADER = 124;
const cellId = (register: number, lane: number) => `v${register}-${lane}`;

/**
 * Lanes as cells, a row for each register or group. Only the cells that can be seen are in the document: there may be 65,536 lanes in a row. It is an
 * ARIA grid with the focus on the whole; `aria-activedescendant` names the cell that keys act on.
 */
export class Grid {
  readonly root = element('div', {
    class: 'grid',
    role: 'grid',
    tabindex: 0,
    'aria-label': 'Vector registers: a row for each register or group, a column for each lane',
    onscroll: () => this.scrolled(),
    onkeydown: (event) => this.key(event as KeyboardEvent),
    onmousedown: (event) => this.pressed(event as MouseEvent),
  });
  private table?: VectorTable;
  private choices?: Choices;
  /** Characters that columns are wide: they only grow while the format stays, so that nothing jumps. */
  private characters = 0;
  private format = '';
  private drawing = 0;
  private busy = false;
  /** The place that was kept has been scrolled to. */
  private placed = false;
  private editing?: { readonly register: number; readonly lane: number; readonly input: HTMLInputElement };

  constructor(private readonly told: Told) {
    new ResizeObserver(() => this.scrolled()).observe(this.root);
  }

  /** The lanes that can be seen. */
  get visible(): { first: number; count: number } {
    return visibleLanes(this.root.scrollLeft, this.root.clientWidth - HEADER, this.laneWidth);
  }

  show(table: VectorTable, choices: Choices): void {
    const { element: chosen, group, radix } = choices;
    const format = `${chosen} ${group} ${radix} ${table.laneCount} ${table.vtype}`;
    const first = this.visible.first;
    if (format !== this.format) this.characters = 0;
    const grown = Math.max(this.characters, widest(table));
    const jumps = grown !== this.characters && this.characters > 0;
    this.format = format;
    this.characters = grown;
    this.table = table;
    this.choices = choices;
    this.root.classList.remove('old');
    this.draw();
    if (!this.placed) this.reveal(Math.min(choices.lane, table.laneCount - 1));
    else if (jumps) this.root.scrollLeft = first * this.laneWidth;
    this.placed = true;
    this.scrolled();
  }

  clear(): void {
    this.table = undefined;
    this.editing = undefined;
    this.root.replaceChildren();
  }

  /** What is shown is of the past. */
  fade(): void {
    this.root.classList.add('old');
  }

  focus(): void {
    this.root.focus();
  }

  /** A value was taken, or refused. */
  edited(taken: boolean): void {
    if (taken) this.leave();
    else this.editing?.input.setAttribute('aria-invalid', 'true');
  }

  private get laneWidth(): number {
    return Math.ceil(Math.max(3, this.characters) * characterWidth()) + PADDING;
  }

  private scrolled(): void {
    cancelAnimationFrame(this.drawing);
    this.drawing = requestAnimationFrame(() => {
      if (!this.table) return;
      this.draw();
      this.told.seen(this.visible);
    });
  }

  private draw(): void {
    const { table, choices } = this;
    if (!table || !choices || this.busy) return;
    this.busy = true;
    this.drawRows(table, choices);
    this.busy = false;
    if (this.editing && document.activeElement !== this.editing.input) this.editing.input.focus();
  }

  private drawRows(table: VectorTable, choices: Choices): void {
    const { root } = this;
    const width = this.laneWidth;
    const { first, count } = this.visible;
    const end = Math.min(first + count, table.laneCount);
    const lanes = Array.from({ length: Math.max(0, end - first) }, (_, n) => first + n);
    root.style.setProperty('--lane', `${width}px`);
    root.setAttribute('aria-rowcount', String(table.rowCount + 1));
    root.setAttribute('aria-colcount', String(table.laneCount + 1));
    const row = (index: number, attributes: Record<string, string>, cells: readonly Node[]) => {
      const gap = element('div', { class: 'gap', role: 'presentation' });
      gap.style.width = `${first * width}px`;
      const made = element(
        'div',
        { role: 'row', 'aria-rowindex': index + 1, ...attributes },
        cells[0]!,
        gap,
        ...cells.slice(1),
      );
      made.style.width = `${HEADER + table.laneCount * width}px`;
      return made;
    };
    const corner = element('div', { class: 'name', role: 'columnheader', 'aria-colindex': 1 }, 'lane');
    const heads = lanes.map((lane) =>
      element('div', { class: 'lane', role: 'columnheader', 'aria-colindex': lane + 2 }, String(lane)),
    );
    const active = table.rows[rowOf(table, choices.register)];
    const lane = Math.min(choices.lane, table.laneCount - 1);
    const rows = table.rows.map((each, index) =>
      row(table.firstRow + index + 1, { class: each.zero ? 'row zero' : 'row' }, [
        element(
          'div',
          { class: 'name', role: 'rowheader', 'aria-colindex': 1 },
          each.name,
          element('span', { class: 'secondary' }, each.element),
        ),
        ...this.cells(table, each, lanes, each === active ? lane : undefined),
      ]),
    );
    root.replaceChildren(row(0, { class: 'row head' }, [corner, ...heads]), ...rows);
    if (active && lanes.includes(lane)) root.setAttribute('aria-activedescendant', cellId(active.register, lane));
    else root.removeAttribute('aria-activedescendant');
  }

  private cells(table: VectorTable, row: VectorRow, lanes: readonly number[], active: number | undefined): Node[] {
    const bars = this.choices?.bars ? barsOf(row.values) : undefined;
    return lanes.map((lane) => {
      const cell = cellOf(table, row, lane);
      const classes = ['cell', ...(cell ? classesOf(cell) : []), ...(lane === active ? ['active'] : [])];
      const made = element('div', {
        id: cellId(row.register, lane),
        class: classes.join(' '),
        role: 'gridcell',
        'aria-colindex': lane + 2,
        ...(cell && { title: cell.label, 'aria-label': cell.label }),
        'data-register': row.register,
        'data-lane': lane,
      });
      if (this.editing?.register === row.register && this.editing.lane === lane) {
        made.classList.add('editing');
        made.append(this.editing.input);
      } else if (cell) made.append(element('span', { class: 'value' }, cell.value));
      const bar = bars?.[lane - table.firstLane];
      if (bar) {
        const drawn = element('div', { class: bar < 0 ? 'bar below' : 'bar', role: 'presentation' });
        drawn.style.width = `${Math.max(2, Math.abs(bar) * 100)}%`;
        made.append(drawn);
      }
      return made;
    });
  }

  private key(event: KeyboardEvent): void {
    const { table, choices } = this;
    if (!table || !choices || this.editing || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault();
      this.edit({ register: choices.register, lane: choices.lane });
      return;
    }
    const page = Math.max(1, this.visible.count - 2);
    const next = moved(table, choices, event.key, event.ctrlKey, page);
    if (!next) return;
    event.preventDefault();
    this.goTo(next.register, next.lane);
  }

  private goTo(register: number, lane: number): void {
    this.told.moved(register, lane);
    this.choices = { ...this.choices!, register, lane };
    this.reveal(lane);
    this.draw();
    document.getElementById(cellId(register, lane))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Scroll to where a lane can be seen. */
  private reveal(lane: number): void {
    const { root, laneWidth } = this;
    const [left, seen] = [lane * laneWidth, root.clientWidth - HEADER];
    if (left < root.scrollLeft) root.scrollLeft = left;
    else if (left + laneWidth > root.scrollLeft + seen) root.scrollLeft = left + laneWidth - seen;
  }

  private under(event: Event): { register: number; lane: number } | undefined {
    const { register, lane } = (event.target as HTMLElement).closest<HTMLElement>('.cell')?.dataset ?? {};
    return register === undefined ? undefined : { register: Number(register), lane: Number(lane) };
  }

  private pressed(event: MouseEvent): void {
    const cell = this.under(event);
    if (!cell || event.target === this.editing?.input) return;
    this.leave();
    this.goTo(cell.register, cell.lane);
    // (A press draws anew, and what is gone has no `dblclick`.)
    if (event.detail !== 2) return;
    event.preventDefault();
    this.edit(cell);
  }

  private edit(at: { register: number; lane: number } | undefined): void {
    const { table, choices } = this;
    if (!table || !choices || !at || this.editing || this.root.classList.contains('old')) return;
    const row = table.rows[rowOf(table, at.register)];
    const cell = row && cellOf(table, row, at.lane);
    if (!row || !cell) return;
    const input = element('input', {
      type: 'text',
      spellcheck: 'false',
      'aria-label': `New value of ${row.name}[${at.lane}], as ${row.element}`,
      onkeydown: (event) => {
        const { key } = event as KeyboardEvent;
        event.stopPropagation();
        if (key === 'Enter')
          this.told.set(row.register, editedElement(row.element, choices.radix), at.lane, input.value);
        else if (key === 'Escape') this.leave();
      },
      onblur: () => {
        // (Drawing anew takes it out of the document for a moment, and gives the focus back.)
        if (!this.busy && document.hasFocus()) this.leave();
      },
    });
    input.value = cell.value;
    this.editing = { register: row.register, lane: at.lane, input };
    this.draw();
    input.focus();
    input.select();
  }

  /** Stop editing. */
  private leave(): void {
    if (!this.editing) return;
    const had = document.activeElement === this.editing.input;
    this.editing = undefined;
    this.draw();
    if (had) this.root.focus();
  }
}

function classesOf({ mark, changed, other, isStart }: Cell): string[] {
  return [
    mark,
    ...(changed ? ['changed'] : []),
    ...(other === undefined ? [] : ['other']),
    ...(isStart ? ['start'] : []),
  ];
}

let measured = 0;

/** Pixels of a character in the font of the cells, the same for all. */
function characterWidth(): number {
  if (measured) return measured;
  const probe = element('span', { class: 'probe' }, '0000000000');
  document.body.append(probe);
  measured = probe.getBoundingClientRect().width / 10;
  probe.remove();
  return measured || 8;
}
