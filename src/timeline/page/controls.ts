/** Pointer and keys of the chart. */
import { AXIS, NAMES } from './layout.js';

export interface Handlers {
  /** @param x pixels from where lanes begin */
  zoom(factor: number, x?: number): void;
  pan(pixels: number): void;
  fit(): void;
  toEnd(end: 'start' | 'end'): void;
  hover(x: number, y: number): void;
  leave(): void;
  /** @param other the other end of an arrow, with Alt */
  click(x: number, y: number, other: boolean): void;
  /** From one place to another, pixels from where lanes begin; undefined: no selection any more. */
  select(range: { from: number; to: number } | undefined): void;
  /** Another hart for the keys. */
  pick(by: 1 | -1): void;
  /** The next crossing of the picked hart, or the last. */
  step(forward: boolean): void;
  enter(): void;
}

/** Pixels that a click may move. */
const STILL = 4;
const STEP = 80;

export function control(canvas: HTMLCanvasElement, handlers: Handlers): void {
  let drag: { x: number; y: number; last: number; selects: boolean; moved: boolean } | undefined;
  const place = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { x } = place(event);
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) handlers.pan(sideways);
      else handlers.zoom(1.0018 ** event.deltaY, x - NAMES);
    },
    { passive: false },
  );
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    const { x, y } = place(event);
    // In the axis, or with Shift, a stretch is selected; elsewhere what is seen moves.
    drag = { x, y, last: x, selects: event.button === 0 && (event.shiftKey || y < AXIS), moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const { x, y } = place(event);
    if (!drag) {
      handlers.hover(x, y);
      return;
    }
    if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < STILL) return;
    drag.moved = true;
    handlers.leave();
    if (drag.selects) handlers.select({ from: Math.min(drag.x, x) - NAMES, to: Math.max(drag.x, x) - NAMES });
    else handlers.pan(drag.last - x);
    drag.last = x;
  });
  canvas.addEventListener('pointerup', (event) => {
    const done = drag;
    drag = undefined;
    if (!done || done.moved) return;
    if (done.selects) handlers.select(undefined);
    else if (event.button === 0) handlers.click(done.x, done.y, event.altKey);
  });
  canvas.addEventListener('pointercancel', () => {
    drag = undefined;
  });
  canvas.addEventListener('pointerleave', () => handlers.leave());
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys(handlers)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function keys(handlers: Handlers): Readonly<Record<string, () => void>> {
  const [closer, farther] = [() => handlers.zoom(1 / 1.5), () => handlers.zoom(1.5)];
  const [left, right] = [() => handlers.pan(-STEP), () => handlers.pan(STEP)];
  return {
    ...{ '+': closer, '=': closer, w: closer, '-': farther, s: farther },
    ...{ ArrowLeft: left, a: left, ArrowRight: right, d: right },
    ...{ ArrowUp: () => handlers.pick(-1), ArrowDown: () => handlers.pick(1) },
    ...{ n: () => handlers.step(true), p: () => handlers.step(false), Enter: () => handlers.enter() },
    ...{ f: () => handlers.fit(), '0': () => handlers.fit() },
    ...{ Home: () => handlers.toEnd('start'), End: () => handlers.toEnd('end') },
    Escape: () => handlers.select(undefined),
  };
}
