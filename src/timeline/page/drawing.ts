/** The picture: what the last answer says, wherever the viewport is by now. As much work however much happened. */
import type { Span, TimelineBody } from '../messages.js';
import type { Filter } from './filter.js';
import { AXIS, arrowEnds, type Hit, type Layout, NAMES } from './layout.js';
import type { Paint, Palette } from './palette.js';
import type { Viewport } from './viewport.js';
import { actorName, grouped } from './words.js';

export interface Scene {
  readonly body: TimelineBody;
  readonly view: Viewport;
  readonly layout: Layout;
  readonly filter: Filter;
  readonly palette: Palette;
  readonly hit: Hit | undefined;
  readonly selection: Span | undefined;
  /** The hart that has the focus in the call stack, and the one that keys go along. */
  readonly focus: number | undefined;
  readonly picked: number | undefined;
}

/** Segments narrower than this have no outline, and no name below the other. */
const OUTLINED = 4;
const NAMED = 28;
/** Pixels that an arrow's reason takes. */
const LABEL = 80;

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { palette, layout, view, body } = scene;
  const width = NAMES + view.width;
  context.font = palette.font;
  context.textBaseline = 'middle';
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, layout.height);
  axis(context, scene);
  names(context, scene);
  context.save();
  context.beginPath();
  context.rect(NAMES, 0, view.width, layout.height);
  context.clip();
  selected(context, scene);
  const paints = palette.actors(body.actors);
  body.lanes.forEach((_, hart) => lane(context, scene, hart, paints));
  arrows(context, scene, paints);
  cursors(context, scene);
  context.restore();
}

function axis(context: CanvasRenderingContext2D, { view, palette, layout }: Scene): void {
  context.strokeStyle = palette.line;
  context.fillStyle = palette.faint;
  context.textAlign = 'center';
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of view.ticks(110)) {
    const x = Math.round(NAMES + view.x(tick)) + 0.5;
    if (x < NAMES || x > NAMES + view.width) continue;
    context.moveTo(x, AXIS - 5);
    context.lineTo(x, layout.height);
    if (x > NAMES + 30 && x < NAMES + view.width - 30) context.fillText(grouped(tick), x, AXIS / 2 - 2);
  }
  context.stroke();
  context.textAlign = 'left';
  context.fillText('cycle', 12, AXIS / 2 - 2);
}

function names(context: CanvasRenderingContext2D, { body, layout, palette, focus, picked }: Scene): void {
  context.textAlign = 'left';
  body.harts.forEach(({ isa }, hart) => {
    const middle = layout.top(hart) + layout.laneHeight / 2;
    const roomy = layout.laneHeight >= 26;
    context.fillStyle = palette.text;
    context.fillText(`hart ${hart}`, 12, roomy ? middle - 7 : middle);
    if (focus === hart) context.fillRect(3, layout.top(hart), 3, layout.laneHeight);
    if (picked === hart) {
      context.strokeStyle = palette.cursor;
      context.setLineDash([2, 2]);
      context.strokeRect(7.5, layout.top(hart) - 0.5, NAMES - 12, layout.laneHeight);
      context.setLineDash([]);
    }
    context.fillStyle = palette.faint;
    context.fillText(fitting(context, isa, NAMES - (roomy ? 20 : 64)), roomy ? 12 : 56, roomy ? middle + 7 : middle);
  });
}

function selected(context: CanvasRenderingContext2D, { selection, view, palette, layout }: Scene): void {
  if (!selection) return;
  const [x1, x2] = [NAMES + view.x(selection.from), NAMES + view.x(selection.to)];
  context.globalAlpha = 0.5;
  context.fillStyle = palette.selection;
  context.fillRect(x1, AXIS, Math.max(1, x2 - x1), layout.height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.cursor;
  context.strokeRect(Math.round(x1) + 0.5, AXIS + 0.5, Math.max(1, Math.round(x2 - x1)), layout.height - AXIS - 2);
}

function lane(
  context: CanvasRenderingContext2D,
  scene: Scene,
  hart: number,
  paints: readonly (Paint | undefined)[],
): void {
  const { body, view, layout, palette, hit } = scene;
  const [top, height] = [layout.top(hart), layout.laneHeight];
  context.strokeStyle = palette.line;
  context.beginPath();
  context.moveTo(NAMES, top + height + 0.5);
  context.lineTo(NAMES + view.width, top + height + 0.5);
  context.stroke();
  const segments = body.lanes[hart]!.filter(([start, end]) => end! >= view.from && start! <= view.to);
  const boxes = segments.flatMap((segment) => partsOf(segment, scene, top, height, paints));
  // Threads are what one looks for, however short they run: they come on top. Those of one colour together: to change it takes longer than a box.
  boxes.sort((a, b) => Number(a.isThread) - Number(b.isThread) || a.actor - b.actor);
  let actor = -1;
  for (const box of boxes) {
    if (box.actor !== actor) {
      actor = box.actor;
      context.globalAlpha = scene.filter.hidesTask(body.actors[actor]!.task) ? 0.15 : 1;
      context.fillStyle = box.paint.fill;
    }
    context.fillRect(box.x, box.y, box.width, box.height);
    if (box.width > 1 && embellish(context, box, scene)) context.fillStyle = box.paint.fill;
  }
  context.globalAlpha = 1;
  if (hit?.kind === 'segment' && hit.hart === hart && segments.includes(hit.segment)) {
    const { x, width } = extent(hit.segment, view, 1);
    context.strokeStyle = palette.cursor;
    context.strokeRect(x + 0.5, top + 0.5, Math.max(1, width - 1), height - 1);
  }
}

/** Where a segment lies, no narrower than `least` pixels. */
function extent([start, end]: readonly number[], view: Viewport, least: number): { x: number; width: number } {
  const x1 = Math.max(-2, view.x(start!));
  const x2 = Math.min(view.width + 2, view.x(end!));
  return { x: NAMES + x1, width: Math.max(x2 - x1, least) };
}

/** A piece of the picture: how much an actor ran in a segment. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly actor: number;
  readonly isThread: boolean;
  readonly paint: Paint;
}

/** What there is of each in a segment, one on the other, threads below. */
function partsOf(
  segment: readonly number[],
  { body, view }: Scene,
  top: number,
  height: number,
  paints: readonly (Paint | undefined)[],
): Box[] {
  const cycles = segment[1]! - segment[0]!;
  const alone = segment.length === 5;
  const boxes: Box[] = [];
  let bottom = top + height;
  for (const threads of [true, false])
    for (let n = 3; n < segment.length; n += 2) {
      const actor = segment[n]!;
      const isThread = body.actors[actor]!.kind === 'thread';
      if (isThread !== threads) continue;
      const tall = alone ? height : (height * segment[n + 1]!) / cycles;
      bottom -= tall;
      const paint = paints[actor];
      if (paint)
        boxes.push({
          ...extent(segment, view, isThread && alone ? 2 : 0.6),
          y: bottom,
          height: tall,
          actor,
          isThread,
          paint,
        });
    }
  return boxes;
}

/** Hatching, an outline, a name, where a box has room for them. @returns whether there was any */
function embellish(context: CanvasRenderingContext2D, box: Box, { body, palette }: Scene): boolean {
  const { x, y, width, height, actor, paint } = box;
  const outlined = width >= OUTLINED && palette.contrast;
  const named = width >= NAMED && height >= 12;
  if (paint.hatch) hatching(context, x, y, width, height, paint);
  if (outlined) {
    context.strokeStyle = palette.line;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }
  if (named) {
    context.fillStyle = paint.text;
    context.textAlign = 'left';
    const name = fitting(context, actorName(body.actors[actor]!), width - 8);
    if (name.length > 2) context.fillText(name, x + 4, y + height / 2);
  }
  return named;
}

/** Hues come again: told apart by lines. */
function hatching(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  { hatch, text }: Paint,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  context.strokeStyle = text;
  context.globalAlpha *= 0.45;
  for (let at = x - (x % 6) - height; at < x + width; at += 6) {
    if (hatch !== 2) {
      context.moveTo(at, y + height);
      context.lineTo(at + height, y);
    }
    if (hatch !== 1) {
      context.moveTo(at, y);
      context.lineTo(at + height, y + height);
    }
  }
  context.stroke();
  context.restore();
}

function arrows(context: CanvasRenderingContext2D, scene: Scene, paints: readonly (Paint | undefined)[]): void {
  const { body, view, layout, palette, filter, hit } = scene;
  const [left, right] = [NAMES - 20, NAMES + view.width + 20];
  const seen = body.arrows.flatMap((arrow) => {
    if (!filter.shows(body.routes[arrow[4]!]!)) return [];
    const ends = arrowEnds(arrow, body, layout, view);
    return Math.max(ends.x1, ends.x2) < left || Math.min(ends.x1, ends.x2) > right ? [] : [{ arrow, ...ends }];
  });
  const roomy = seen.length * LABEL < 2 * view.width;
  const ofTask = new Map(body.actors.map(({ task }, n) => [task, paints[n]?.fill]));
  /** Those of one colour and way are drawn together. */
  const alike = new Map<string, { readonly lines: Path2D; readonly heads: Path2D }>();
  /** Where the last reason ends, by its height. */
  const taken = new Map<number, number>();
  for (const { arrow, x1, y1, x2, y2 } of seen) {
    const route = body.routes[arrow[4]!]!;
    const strong = hit?.kind === 'arrow' && hit.arrow === arrow;
    context.strokeStyle = context.fillStyle = strong ? palette.cursor : (ofTask.get(route.task) ?? palette.text);
    context.lineWidth = strong ? 2 : 1;
    const count = arrow[5]!;
    if (route.way === 'ask') {
      // A notch for who asks: it stays, and something comes to it.
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x1 + 3, y1 + 5);
      context.lineTo(Math.max(x2, x1 + 6) - 3, y1 + 5);
      context.lineTo(Math.max(x2, x1 + 6), y1);
      context.stroke();
    } else {
      const key = [context.strokeStyle, context.lineWidth, route.way].join('|');
      const { lines, heads } = alike.get(key) ?? { lines: new Path2D(), heads: new Path2D() };
      alike.set(key, { lines, heads });
      lines.moveTo(x1, y1);
      lines.lineTo(x2, y2);
      head(heads, x1, y1, x2, y2);
    }
    if (roomy) {
      const label = count > 1 ? `${route.reason} ×${grouped(count)}` : route.reason;
      const y = route.way === 'ask' ? y1 + 9 : y1 + Math.sign(y2 - y1) * 8;
      const x = Math.max(x1, NAMES) + 6;
      if (x < (taken.get(y) ?? 0)) continue;
      taken.set(y, x + context.measureText(label).width + 4);
      context.textAlign = 'left';
      context.fillStyle = palette.text;
      context.fillText(label, x, y);
    }
  }
  for (const [key, { lines, heads }] of alike) {
    const [colour, width, way] = key.split('|');
    context.strokeStyle = context.fillStyle = colour!;
    context.lineWidth = Number(width);
    // There is drawn in one line, back in dashes.
    context.setLineDash(way === 'back' ? [4, 2] : []);
    context.stroke(lines);
    context.setLineDash([]);
    context.fill(heads);
  }
  context.lineWidth = 1;
}

function head(path: Path2D, x1: number, y1: number, x2: number, y2: number): void {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  path.moveTo(x2, y2);
  for (const turn of [-0.4, 0.4]) path.lineTo(x2 - 7 * Math.cos(angle + turn), y2 - 7 * Math.sin(angle + turn));
  path.closePath();
}

/** Where each hart stands now. */
function cursors(context: CanvasRenderingContext2D, { body, view, layout, palette, focus }: Scene): void {
  body.harts.forEach(({ now }, hart) => {
    const x = Math.round(NAMES + view.x(now)) + 0.5;
    const top = layout.top(hart) - 5;
    context.strokeStyle = context.fillStyle = palette.cursor;
    context.lineWidth = hart === focus ? 2 : 1;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + layout.laneHeight + 9);
    context.stroke();
    context.beginPath();
    context.moveTo(x - 4, top - 1);
    context.lineTo(x + 4, top - 1);
    context.lineTo(x, top + 5);
    context.fill();
  });
  context.lineWidth = 1;
}

/** As much of a text as there is room for. */
function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = Math.floor((text.length * width) / context.measureText(text).width) - 1;
  return letters > 1 ? `${text.slice(0, letters)}…` : '';
}
