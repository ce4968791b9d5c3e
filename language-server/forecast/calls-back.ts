/** Calls in which a thread comes back from another hart: what they lead to makes system calls. */
import type { CodeInstruction } from '../code/code.js';
import type { Flow } from '../flow/flow.js';
import { AWAY } from '../flow/state.js';
import { addressesWithin } from './callers.js';
import type { Forecast } from './forecast.js';

export interface CallBack {
  readonly instruction: CodeInstruction;
  /** The function that is called. */
  readonly name: string;
  /** Where in it, or in what it calls, a thread may come back: addresses. */
  readonly returns: ReadonlySet<number>;
}

/** @param here is an instruction one of the source's own? What comes back there needs no word at the call. */
export function callsBack(
  flow: Flow,
  { returns, facts }: Forecast,
  here: (instruction: CodeInstruction) => boolean,
): CallBack[] {
  const elsewhere = new Set(
    returns.filter(({ instruction }) => !here(instruction)).map((each) => each.instruction.address),
  );
  if (!elsewhere.size) return [];
  const within = addressesWithin(flow, elsewhere);
  const out: CallBack[] = [];
  for (const of of flow.functions.values())
    for (const [at, { target }] of of.calls) {
      const instruction = flow.code.at(at);
      if (!instruction || !here(instruction) || !((facts.get(at)?.where ?? 0) & AWAY)) continue;
      const addresses = within(target);
      if (!addresses.size) continue;
      out.push({ instruction, name: flow.code.nameAt(target) ?? `0x${target.toString(16)}`, returns: addresses });
    }
  return out;
}
