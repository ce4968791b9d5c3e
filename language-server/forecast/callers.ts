/** Which functions lead to an instruction. */
import type { Flow, FunctionFlow } from '../flow/flow.js';

function holds({ stretches }: FunctionFlow, addresses: ReadonlySet<number>): boolean {
  for (const { instructions } of stretches.values())
    for (const { address } of instructions) if (addresses.has(address)) return true;
  return false;
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
