/** Code that never runs on a chip, since the program chooses by what the kernel answers of it. */
import { type Chip, hartsWith, lends } from '../chip.js';
import { targetOf, type CodeInstruction } from '../code/code.js';
import type { Flow } from '../flow/flow.js';
import { namesOf } from '../probe/answers.js';
import type { Decision } from '../probe/decisions.js';
import type { Finding } from './findings.js';
import type { Forecast } from './forecast.js';

/** More instructions of a piece of code are not looked at. */
const MOST = 10_000;

export function neverHere(flow: Flow, { facts }: Forecast, chip: Chip): Finding[] {
  const { code } = flow;
  const told = new Set<number>();
  const out: Finding[] = [];
  for (const [address, decision] of [...flow.decisions].sort(([a], [b]) => a - b)) {
    // Whether it could be asked at all chooses nothing.
    if (decision.by.what === 'status' || !facts.has(address)) continue;
    const branch = code.at(address)!;
    const first = decision.taken ? address + branch.length : targetOf(branch);
    const instruction = first === undefined ? undefined : code.at(first);
    if (!instruction || facts.has(first!) || told.has(first!)) continue;
    told.add(first!);
    const dead = neverReached(first!, flow, facts);
    const would = dead.find(({ class: name }) => name !== undefined && lends(chip, name))?.class;
    const answer = answerText(decision);
    const line = branch.place ? ` (line ${branch.place.line} decides)` : '';
    out.push(
      would === undefined
        ? { code: 'never-here', severity: 'hint', message: `never runs on ${chip.name}: ${answer}${line}`, instruction }
        : {
            code: 'never-here',
            severity: 'warning',
            message:
              `never runs on ${chip.name}, although a thread would leave for ${would} here: ${answer}${line}; ` +
              `${hartsWith(chip, would).length} of its ${chip.harts.length} harts would do`,
            instruction,
          },
    );
  }
  return out;
}

/** What control comes to from a place that it never comes to. */
function neverReached(from: number, { code }: Flow, facts: Forecast['facts']): readonly CodeInstruction[] {
  const seen = new Map<number, CodeInstruction>();
  const todo = [from];
  for (let at = todo.pop(); at !== undefined && seen.size < MOST; at = todo.pop()) {
    const instruction = code.at(at);
    if (!instruction || seen.has(at) || facts.has(at)) continue;
    seen.set(at, instruction);
    const target = targetOf(instruction);
    if (target !== undefined && instruction.missing === undefined) todo.push(target);
    const { row, values } = instruction;
    const ends = !row || (row.semantics.kind === 'jump' && values.get('rd') === 0);
    if (!ends) todo.push(at + instruction.length);
  }
  return [...seen.values()];
}

function answerText({ by: { what, mask, whole } }: Decision): string {
  const name = what === 'hwcap' ? 'AT_HWCAP' : 'riscv_hwprobe';
  const names = mask === undefined ? [] : namesOf(mask, what === 'hwcap' ? 'hwcap' : 'hwprobe');
  if (mask === undefined || !names.length || names.length > MOST_NAMES) return `${name} answers otherwise`;
  const missing = namesOf(mask & ~whole, what === 'hwcap' ? 'hwcap' : 'hwprobe');
  return missing.length ? `${name} does not report ${missing.join(', ')}` : `${name} reports ${names.join(', ')}`;
}
const MOST_NAMES = 4;
