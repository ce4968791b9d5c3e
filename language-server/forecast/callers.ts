/** Which functions lead to an instruction. */
import { addressesOf, type Flow, type FunctionFlow } from '../flow/flow.js';

/** Entries of functions that hold one of the addresses, or call one that does. */
export function functionsWith(flow: Flow, addresses: ReadonlySet<number>): Set<number> {
  const callers = new Map<number, FunctionFlow[]>();
  const todo: FunctionFlow[] = [];
  for (const of of flow.functions.values()) {
    for (const { target } of of.calls.values()) callers.set(target, [...(callers.get(target) ?? []), of]);
    for (const address of addressesOf(of))
      if (addresses.has(address)) {
        todo.push(of);
        break;
      }
  }
  const out = new Set<number>();
  for (let of = todo.pop(); of; of = todo.pop()) {
    if (out.has(of.entry)) continue;
    out.add(of.entry);
    todo.push(...(callers.get(of.entry) ?? []));
  }
  return out;
}
