/** Where things lie on the canvas: an axis on top, a lane for each hart, names on the left; and what lies under the pointer. */
import type { TimelineBody } from '../messages.js';
import type { Filter } from './filter.js';
import type { Viewport } from './viewport.js';

export const AXIS = 24;
export const NAMES = 150;
/** Between two lanes, where arrows run. */
const GAP = 16;
const TALLEST = 40;
const LOWEST = 14;

export interface Layout {
  readonly laneHeight: number;
  readonly height: number;
  /** The upper edge of a hart's lane. */
  top(hart: number): number;
}

/** @param height what there is room for; more is taken where lanes would be too low */
export function layoutOf(harts: number, height: number): Layout {
  const laneHeight = Math.min(TALLEST, Math.max(LOWEST, Math.floor((height - AXIS) / Math.max(1, harts)) - GAP));
  const step = laneHeight + GAP;
  return { laneHeight, height: AXIS + harts * step + 4, top: (hart) => AXIS + 8 + hart * step };
}

/** The ends of an arrow. */
export function arrowEnds(arrow: readonly number[], body: TimelineBody, layout: Layout, view: Viewport) {
  const [start, end, , , route, count] = arrow as [number, number, number, number, number, number];
  const { way, from, to } = body.routes[route]!;
  // Many are drawn as one, in the middle of their time. Who asks goes nowhere: a mark at its lane's lower edge.
  const middle = (start + end) / 2;
  const [x1, x2] = count > 1 ? [view.x(middle), view.x(middle)] : [view.x(start), view.x(end)];
  const down = to > from;
  const y1 = layout.top(from) + (down || way === 'ask' ? layout.laneHeight : 0);
  const y2 = way === 'ask' ? y1 : layout.top(to) + (down ? 0 : layout.laneHeight);
  return { x1: x1 + NAMES, x2: x2 + NAMES, y1, y2 };
}

export type Hit =
  | { readonly kind: 'segment'; readonly hart: number; readonly segment: readonly number[] }
  | { readonly kind: 'arrow'; readonly arrow: readonly number[]; readonly atEnd: boolean }
  | { readonly kind: 'lane'; readonly hart: number };

/** What lies there. @param x from the canvas's left edge */
export function hitAt(
  x: number,
  y: number,
  body: TimelineBody,
  filter: Filter,
  layout: Layout,
  view: Viewport,
): Hit | undefined {
  if (x < NAMES || y < AXIS) return undefined;
  const arrow = arrowAt(x, y, body, filter, layout, view);
  if (arrow) return arrow;
  const hart = body.lanes.findIndex((_, n) => y >= layout.top(n) && y < layout.top(n) + layout.laneHeight);
  if (hart < 0) return undefined;
  const segment = segmentAt(body.lanes[hart]!, view.cycle(x - NAMES));
  return segment ? { kind: 'segment', hart, segment } : { kind: 'lane', hart };
}

/** The arrow within some pixels, the closest one. */
function arrowAt(x: number, y: number, body: TimelineBody, filter: Filter, layout: Layout, view: Viewport) {
  let found: { arrow: readonly number[]; distance: number; atEnd: boolean } | undefined;
  for (const arrow of body.arrows) {
    if (!filter.shows(body.routes[arrow[4]!]!)) continue;
    const { x1, y1, x2, y2 } = arrowEnds(arrow, body, layout, view);
    if (x < Math.min(x1, x2) - 5 || x > Math.max(x1, x2) + 5) continue;
    const [dx, dy] = [x2 - x1, y2 - y1];
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
    const distance = Math.hypot(x - (x1 + along * dx), y - (y1 + along * dy));
    if (distance <= 5 && (!found || distance < found.distance)) found = { arrow, distance, atEnd: along > 0.5 };
  }
  return found && { kind: 'arrow' as const, arrow: found.arrow, atEnd: found.atEnd };
}

/** The segment at a time. */
export function segmentAt(segments: readonly (readonly number[])[], cycle: number): readonly number[] | undefined {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]![1]! > cycle) high = middle;
    else low = middle + 1;
  }
  const found = segments[low];
  return found && found[0]! <= cycle ? found : undefined;
}

/** The next crossing of a hart after a time, or the last one before it. */
export function nextArrow(
  body: TimelineBody,
  filter: Filter,
  hart: number,
  cycle: number,
  forward: boolean,
): readonly number[] | undefined {
  let found: readonly number[] | undefined;
  const when = (arrow: readonly number[]) => (body.routes[arrow[4]!]!.from === hart ? arrow[0]! : arrow[1]!);
  for (const arrow of body.arrows) {
    const route = body.routes[arrow[4]!]!;
    if ((route.from !== hart && route.to !== hart) || !filter.shows(route)) continue;
    const at = when(arrow);
    if (forward ? at > cycle && (!found || at < when(found)) : at < cycle && (!found || at > when(found)))
      found = arrow;
  }
  return found;
}
