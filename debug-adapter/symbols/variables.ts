import { At, Tag } from './dwarf.js';
import type { Die } from './die.js';
import { holds, locationAt, rangesOf } from './ranges.js';

/** A parameter or local variable of a function, visible at a place in it. */
export interface LocalVariable {
  readonly name: string;
  /** The location expression that holds at the place; undefined: the compiler kept the value nowhere there. */
  readonly location?: Uint8Array;
  readonly die: Die;
  /** An inner one of the same name hides it. */
  readonly hidden: boolean;
}

/** Scopes within scopes deeper than this no compiler makes. */
const MOST_DEPTH = 100;

/**
 * The variables of a function, or of a call that was inlined, that are visible at `pc`: those of the innermost scope last. `pc` is as linked.
 */
export function localsAt(scope: Die, pc: bigint): LocalVariable[] {
  const found: Omit<LocalVariable, 'hidden'>[] = [];
  const seen = new Set<number>();
  const visit = (die: Die, depth: number) => {
    if (depth > MOST_DEPTH) return;
    for (const child of die.children) {
      if (child.tag === Tag.formalParameter || child.tag === Tag.variable) {
        const { name } = child;
        if (!name || isDeclaration(child)) continue;
        const origin = child.die(At.abstractOrigin)?.offset;
        if (origin !== undefined) seen.add(origin);
        found.push({ name, location: locationAt(child, At.location, pc), die: child });
      } else if (child.tag === Tag.lexicalBlock && contains(child, pc)) visit(child, depth + 1);
    }
  };
  visit(scope, 0);
  // What an inlined call's own DIE leaves out altogether is optimised out; its abstract one names it.
  const abstract = scope.die(At.abstractOrigin);
  for (const child of abstract?.children ?? [])
    if ((child.tag === Tag.formalParameter || child.tag === Tag.variable) && child.name && !seen.has(child.offset))
      if (!isDeclaration(child) && !found.some(({ die }) => die.offset === child.offset))
        found.push({ name: child.name, location: locationAt(child, At.location, pc), die: child });
  return found.map((variable, n) => ({
    ...variable,
    hidden: found.some(({ name }, later) => later > n && name === variable.name),
  }));
}

const isDeclaration = (die: Die) => die.get(At.declaration) !== undefined;

/** Does a block's code contain the address? One that says nothing does. */
function contains(block: Die, pc: bigint): boolean {
  const ranges = rangesOf(block);
  return ranges.length ? holds(ranges, pc) : !block.get(At.ranges) && !block.get(At.lowPc);
}

/** A call that was inlined: the code of another function in place of a call. */
export interface InlinedCall {
  readonly die: Die;
  readonly name: string;
  /** Where the call stands, in the function around it. `file` is the number in the unit's line table. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

/** The inlined calls that an address lies in, from outside in. */
export function inlinedAt(scope: Die, pc: bigint): InlinedCall[] {
  const calls: InlinedCall[] = [];
  let die: Die | undefined = scope;
  for (let depth = 0; die && depth < MOST_DEPTH; depth++) {
    const next: Die | undefined = die.children.find(
      (child) => (child.tag === Tag.inlinedSubroutine || child.tag === Tag.lexicalBlock) && holds(rangesOf(child), pc),
    );
    if (next?.tag === Tag.inlinedSubroutine) {
      const number = (attribute: number) => Number(next.number(attribute) ?? 0n);
      calls.push({
        die: next,
        name: next.name ?? '?',
        file: number(At.callFile),
        line: number(At.callLine),
        column: number(At.callColumn),
      });
    }
    die = next;
  }
  return calls;
}
