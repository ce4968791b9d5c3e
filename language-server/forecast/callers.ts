/** Which functions lead to an instruction. */
import type { Flow, FunctionFlow } from '../flow/flow.js';

function* held({ stretches }: FunctionFlow, addresses: ReadonlySet<number>): Iterable<number> {
  for (const { instructions } of stretches.values())
    for (const { address } of instructions) if (addresses.has(address)) yield address;
}

function holds(of: FunctionFlow, addresses: ReadonlySet<number>): boolean {
  for (const _ of held(of, addresses)) return true;
  return false;
}

/** Which of the addresses lie in the function with an entry, or in what it calls. */
export function addressesWithin(flow: Flow, addresses: ReadonlySet<number>): (entry: number) => ReadonlySet<number> {
  const own = new Map<number, readonly number[]>();
  const known = new Map<number, ReadonlySet<number>>();
  const within = (entry: number): ReadonlySet<number> => {
    const out = new Set<number>();
    // A set's iterator comes to what is added on the way.
    const functions = new Set([entry]);
    for (const each of functions) {
      const of = flow.functions.get(each);
      if (!of) continue;
      const list = own.get(each) ?? [...held(of, addresses)];
      own.set(each, list);
      for (const address of list) out.add(address);
      for (const { target } of of.calls.values()) functions.add(target);
    }
    return out;
  };
  return (entry) => {
    const found = known.get(entry) ?? within(entry);
    known.set(entry, found);
    return found;
  };
}

/** Entries of functions that hold one of the addresses, or call one that does. */
export function functionsWith(flow: Flow, addresses: ReadonlySet<number>): Set<number> {
  const callers = new Map<number, FunctionFlow[]>();
  const todo: FunctionFlow[] = [];
  for (const of of flow.functions.values()) {
    for (const { target } of of.calls.values()) {
      const list = callers.get(target);
      if (list) list.push(of);
      else callers.set(target, [of]);
    }
    if (holds(of, addresses)) todo.push(of);
  }
  const out = new Set<number>();
  for (let of = todo.pop(); of; of = todo.pop()) {
    if (out.has(of.entry)) continue;
    out.add(of.entry);
    todo.push(...(callers.get(of.entry) ?? []));
  }
  return out;
}
