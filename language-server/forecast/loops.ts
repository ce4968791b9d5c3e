/** Loops of a program: sets of instructions that can come round to each other, the inner ones within the outer ones. */
import type { FunctionFlow } from '../flow/flow.js';

export interface Loop {
  /** Where it is entered. */
  readonly head: number;
  /** Addresses of its instructions, those of inner loops included; functions that it calls are not part of it. */
  readonly body: ReadonlySet<number>;
  /** Functions called from it. */
  readonly calls: ReadonlySet<number>;
}

/** Natural loops of a function: what lies on the ways from a head back to itself. */
export function loopsOf(of: FunctionFlow): Loop[] {
  const next = successors(of);
  const order = reversePostorder(of.entry, next);
  const rank = new Map(order.map((at, n) => [at, n]));
  const before = new Map<number, number[]>();
  for (const from of order) {
    for (const to of next.get(from) ?? []) {
      const list = before.get(to);
      if (list) list.push(from);
      else before.set(to, [from]);
    }
  }
  // Only what goes back in that order can close a loop.
  const back = order.flatMap((from) =>
    (next.get(from) ?? []).filter((to) => rank.get(to)! <= rank.get(from)!).map((head) => ({ from, head })),
  );
  if (!back.length) return [];
  const dominators = dominatorsOf(of.entry, order, rank, before);
  const heads = new Map<number, Set<number>>();
  for (const { from, head } of back) {
    if (!dominates(head, from, dominators)) continue;
    const stretches = heads.get(head) ?? new Set([head]);
    heads.set(head, stretches);
    const todo = [from];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (stretches.has(at)) continue;
      stretches.add(at);
      todo.push(...(before.get(at) ?? []));
    }
  }
  return [...heads].map(([head, stretches]) => {
    const body = new Set<number>();
    for (const from of stretches)
      for (const { address } of of.stretches.get(from)?.instructions ?? []) body.add(address);
    return {
      head,
      body,
      calls: new Set([...of.calls].filter(([at]) => body.has(at)).map(([, { target }]) => target)),
    };
  });
}

/** Stretches that may come next, by where they begin; calls come back. */
function successors({ stretches, states }: FunctionFlow): Map<number, readonly number[]> {
  const out = new Map<number, readonly number[]>();
  for (const [from, { control, next }] of stretches) {
    const goes = control.kind === 'jumps' || control.kind === 'branches' ? [control.target] : [];
    const falls = ['falls', 'branches', 'calls'].includes(control.kind) && states.has(next);
    out.set(from, falls ? [...goes, next] : goes);
  }
  return out;
}

function reversePostorder(entry: number, next: ReadonlyMap<number, readonly number[]>): number[] {
  const seen = new Set([entry]);
  const out: number[] = [];
  const stack: { at: number; n: number }[] = [{ at: entry, n: 0 }];
  while (stack.length) {
    const top = stack.at(-1)!;
    const to = next.get(top.at)?.[top.n++];
    if (to === undefined) {
      out.push(top.at);
      stack.pop();
    } else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ at: to, n: 0 });
    }
  }
  return out.reverse();
}

/** The immediate dominator of each stretch (Cooper, Harvey and Kennedy's iteration over the reverse postorder). */
function dominatorsOf(
  entry: number,
  order: readonly number[],
  rank: ReadonlyMap<number, number>,
  before: ReadonlyMap<number, readonly number[]>,
): Map<number, number> {
  const idom = new Map<number, number>([[entry, entry]]);
  const meet = (a: number, b: number) => {
    while (a !== b) {
      while (rank.get(a)! > rank.get(b)!) a = idom.get(a)!;
      while (rank.get(b)! > rank.get(a)!) b = idom.get(b)!;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const at of order) {
      if (at === entry) continue;
      const known = (before.get(at) ?? []).filter((from) => idom.has(from));
      const best = known.reduce<number | undefined>((a, b) => (a === undefined ? b : meet(a, b)), undefined);
      if (best === undefined || idom.get(at) === best) continue;
      idom.set(at, best);
      changed = true;
    }
  }
  return idom;
}

function dominates(head: number, at: number, idom: ReadonlyMap<number, number>): boolean {
  for (let each = at; ; ) {
    if (each === head) return true;
    const up = idom.get(each);
    if (up === undefined || up === each) return false;
    each = up;
  }
}
