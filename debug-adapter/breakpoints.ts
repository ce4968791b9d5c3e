import type { DebugProtocol } from '@vscode/debugprotocol';
import { evaluate, isTrue } from './expressions/evaluate.js';
import { format } from './expressions/format.js';
import { ExpressionError } from './expressions/lexer.js';
import { parse } from './expressions/parser.js';
import type { Debuggee } from './debuggee.js';
import type { CodeListing } from './code-listing.js';
import type { Images } from './images.js';
import { positionAt } from './positions.js';
import type { Image } from './symbols/image.js';
import type { Target, TargetHart } from './target.js';

/** When a breakpoint stops, as the client asked. */
export interface When {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** A breakpoint: where it stands (nowhere: not verified) and when it stops. */
export interface Breakpoint extends When {
  readonly id: number;
  readonly addresses: readonly bigint[];
  /** Whose code it stands in; undefined: any. Keeps a user address apart from the same address of kernel or firmware. */
  readonly image?: Image;
  readonly shown: DebugProtocol.Breakpoint;
  hits: number;
}

/** What to do at a hit. */
export type Hit = { readonly stop: number[]; readonly output: string[] };

const privilegeOfRole = { program: 0, kernel: 1, firmware: 3 } as const;

/** All breakpoints of a session. Those of the program hold in any address space below the kernel's half: one program runs. */
export class Breakpoints {
  private readonly lists = new Map<string, readonly Breakpoint[]>();
  private readonly planted = new Map<bigint, { readonly id: number; uses: number }>();
  private nextId = 1;

  constructor(
    private readonly target: Target,
    private readonly images: Images,
  ) {}

  /** The lines of one source file that breakpoints can stand on, at most `limit`. */
  setSource(path: string, wanted: readonly (When & { line: number; column?: number })[]): Breakpoint[] {
    const matches = this.images.matcher(path);
    return this.replace(
      `source ${path}`,
      wanted.map((when) => {
        for (const image of this.images.all) {
          const found = image.addressesOf(matches, when.line);
          if (!found) continue;
          const { line } = found;
          // A column chooses among the statements of the line, if it is the line that was meant.
          const chosen =
            when.column && line === when.line
              ? found.addresses.map((va) => positionAt(image, line, va, when.column!))
              : [];
          const addresses = chosen.length ? chosen.map(({ address }) => address) : found.addresses;
          const column = chosen[0]?.column;
          return this.make(when, addresses, image, {
            verified: true,
            line,
            ...(column && { column }),
            source: { path },
            ...reference(addresses),
          });
        }
        const message = this.images.all.some((image) => image.lines.files.some(matches))
          ? 'there is no code at or after this line'
          : `no debug information of program, kernel or firmware names ${path}`;
        return this.make(when, [], undefined, { verified: false, line: when.line, message });
      }),
    );
  }

  /** The lines of a listing that we made: instructions. */
  setListing(
    listing: CodeListing,
    source: DebugProtocol.Source,
    wanted: readonly (When & { line: number })[],
  ): Breakpoint[] {
    return this.replace(
      `listing ${source.sourceReference}`,
      wanted.map((when) => {
        const line = Math.max(2, Math.min(when.line, listing.addresses.length));
        const va = listing.addresses[line - 1]!;
        const image = this.images.of(va, listing.privilege);
        return this.make(when, [va], image, { verified: true, line, source, ...reference([va]) });
      }),
    );
  }

  setFunctions(wanted: readonly (When & { name: string })[]): Breakpoint[] {
    return this.replace(
      'functions',
      wanted.map((when) => {
        const image = this.images.all.find((candidate) => candidate.functionStart(when.name) !== undefined);
        const va = image?.functionStart(when.name);
        if (!image || va === undefined) {
          const message = `\`${when.name}\` is no function of program, kernel or firmware`;
          return this.make(when, [], undefined, { verified: false, message });
        }
        const place = image.placeAt(va);
        const at = place && { line: place.line, source: this.images.source(place) };
        return this.make(when, [va], image, { verified: true, ...at, ...reference([va]) });
      }),
    );
  }

  setInstructions(wanted: readonly (When & { va: bigint })[]): Breakpoint[] {
    return this.replace(
      'instructions',
      wanted.map((when) =>
        when.va % 2n
          ? this.make(when, [], undefined, { verified: false, message: 'instructions lie at even addresses' })
          : this.make(when, [when.va], undefined, { verified: true, ...reference([when.va]) }),
      ),
    );
  }

  private make(
    when: When,
    addresses: readonly bigint[],
    image: Image | undefined,
    shown: DebugProtocol.Breakpoint,
  ): Breakpoint {
    const id = this.nextId++;
    const wrong = check(when);
    const { condition, hitCondition, logMessage } = when;
    return {
      id,
      condition,
      hitCondition,
      logMessage,
      addresses: wrong ? [] : addresses,
      image,
      shown: wrong ? { id, verified: false, line: shown.line, message: wrong } : { id, ...shown },
      hits: 0,
    };
  }

  private replace(list: string, breakpoints: Breakpoint[]): Breakpoint[] {
    const old = this.lists.get(list) ?? [];
    this.lists.set(list, breakpoints);
    for (const va of breakpoints.flatMap(({ addresses }) => addresses)) this.plant(va);
    for (const va of old.flatMap(({ addresses }) => addresses)) this.pull(va);
    return breakpoints;
  }

  /** Make the machine stop at an address; each `plant` wants its `pull`. */
  plant(va: bigint): void {
    const known = this.planted.get(va);
    if (known) known.uses++;
    else this.planted.set(va, { id: this.target.breakpoints.add({ va }), uses: 1 });
  }

  pull(va: bigint): void {
    const known = this.planted.get(va);
    if (!known || --known.uses > 0) return;
    this.target.breakpoints.remove(known.id);
    this.planted.delete(va);
  }

  /**
   * The hart stands at an address with a breakpoint: which stop it, what do they log? Undefined: none stands here.
   * @param again it has been here before: nothing is counted or logged, and counts do not matter
   */
  hit(hart: TargetHart, debuggee: Debuggee, again = false): Hit | undefined {
    const here = [...this.lists.values()]
      .flat()
      .filter(
        ({ addresses, image }) =>
          addresses.includes(hart.pc) && (!image || privilegeOfRole[image.role] === hart.privilege),
      );
    if (here.length === 0) return undefined;
    const hit: Hit = { stop: [], output: [] };
    const context = debuggee.context(debuggee.innermost(hart));
    for (const breakpoint of here)
      try {
        if (breakpoint.condition && !isTrue(evaluate(breakpoint.condition, context))) continue;
        if (again) {
          if (breakpoint.logMessage === undefined) hit.stop.push(breakpoint.id);
          continue;
        }
        breakpoint.hits++;
        if (breakpoint.hitCondition && !enough(breakpoint.hitCondition, breakpoint.hits)) continue;
        if (breakpoint.logMessage === undefined) hit.stop.push(breakpoint.id);
        else hit.output.push(logText(breakpoint.logMessage, (text) => format(evaluate(text, context))));
      } catch (error) {
        // A condition that can't be evaluated stops, so that nobody waits for it in vain.
        hit.output.push(`breakpoint condition: ${(error as Error).message}`);
        hit.stop.push(breakpoint.id);
      }
    return hit;
  }
}

const reference = (addresses: readonly bigint[]) =>
  addresses.length ? { instructionReference: `0x${addresses[0].toString(16)}` } : {};

const hitForm = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d+)\s*$/;

/** What is wrong with the texts of a breakpoint; undefined: nothing. */
function check({ condition, hitCondition, logMessage }: When): string | undefined {
  try {
    if (condition) parse(condition);
    if (logMessage)
      logText(logMessage, (text) => {
        parse(text);
        return '';
      });
  } catch (error) {
    return (error as Error).message;
  }
  if (hitCondition && !hitForm.test(hitCondition))
    return `hit condition \`${hitCondition}\`: expected a count such as 5, >= 5 or % 5`;
  return undefined;
}

/** A plain count stops at that hit and every later one, as `>=`. */
function enough(text: string, hits: number): boolean {
  const [, operator, digits] = hitForm.exec(text)!;
  const count = Number(digits);
  switch (operator) {
    case '==':
    case '=':
      return hits === count;
    case '>':
      return hits > count;
    case '<':
      return hits < count;
    case '<=':
      return hits <= count;
    case '%':
      return count > 0 && hits % count === 0;
    default:
      return hits >= count;
  }
}

/** A log message: expressions stand in braces; `{{` is a brace. */
export function logText(message: string, show: (expression: string) => string): string {
  return message.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, expression: string | undefined) => {
    if (expression === undefined) return whole[0];
    try {
      return show(expression);
    } catch (error) {
      if (error instanceof ExpressionError) throw error;
      return `<${(error as Error).message}>`;
    }
  });
}
