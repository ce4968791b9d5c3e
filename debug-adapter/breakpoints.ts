import type { DebugProtocol } from '@vscode/debugprotocol';
import { rootOf } from '../emulator/hart/translation.js';
import { type Condition, conditionOf, type When } from './condition.js';
import { DataBreakpoints } from './data-breakpoints.js';
import type { Debuggee } from './debuggee.js';
import type { CodeListing } from './code-listing.js';
import type { Images } from './images.js';
import { OWN } from './modes.js';
import { positionAt } from './positions.js';
import type { Image } from './symbols/image.js';
import type { Target, TargetHart } from './target.js';

/** A breakpoint: where it stands (nowhere: not verified) and when it stops. */
export interface Breakpoint {
  readonly id: number;
  readonly addresses: readonly bigint[];
  /** Whose code it stands in; undefined: any. Keeps a user address apart from the same address of kernel or firmware. */
  readonly image?: Image;
  readonly condition: Condition;
  /** The one address space in which it stops; `first`: the first that comes by. Undefined: all. */
  space?: bigint | 'first';
  readonly shown: DebugProtocol.Breakpoint;
  hits: number;
}

/** What to do at a hit. */
export type Hit = { readonly stop: number[]; readonly output: string[] };

const privilegeOfRole = { program: 0, kernel: 1, firmware: 3 } as const;

/** All breakpoints of a session. Those of the program hold in every address space, unless their mode says otherwise. */
export class Breakpoints {
  private readonly lists = new Map<string, readonly Breakpoint[]>();
  private readonly byAddress = new Map<bigint, readonly Breakpoint[]>();
  private readonly planted = new Map<bigint, { readonly id: number; uses: number }>();
  private nextId = 1;
  readonly data: DataBreakpoints;

  /** @param space the address space of the thread that the user looks at, once the program runs */
  constructor(
    private readonly target: Target,
    private readonly images: Images,
    private readonly space: () => bigint | undefined = () => undefined,
  ) {
    this.data = new DataBreakpoints(target, () => this.nextId++);
  }

  /** The lines of one source file that breakpoints can stand on, at most `limit`. */
  setSource(path: string, wanted: readonly (When & { line: number; column?: number })[]): Breakpoint[] {
    const matches = this.images.matcher(path);
    return this.replace(
      `source ${path}`,
      wanted.map((when) => {
        for (const image of this.images.all) {
          const found = image.placing.ofLine(matches, when.line);
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
        const message = this.images.all.some((image) => [...image.places.files].some(matches))
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
        const starts = this.images.all.map((image) => ({ image, addresses: image.placing.ofFunctions(when.name) }));
        const { image, addresses } = starts.find((each) => each.addresses.length) ?? {};
        if (!image || !addresses) {
          const message = `\`${when.name}\` is no function of program, kernel or firmware`;
          return this.make(when, [], undefined, { verified: false, message });
        }
        const place = image.places.at(addresses[0]!);
        const at = place && { line: place.line, source: this.images.source(place) };
        return this.make(when, addresses, image, { verified: true, ...at, ...reference(addresses) });
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
    const space: Breakpoint['space'] = when.mode === OWN ? (this.space() ?? 'first') : undefined;
    const rest = { id, image, hits: 0, ...(space !== undefined && { space }) };
    try {
      return { ...rest, condition: conditionOf(when), addresses, shown: { id, ...shown } };
    } catch (error) {
      const message = (error as Error).message;
      const { line } = shown;
      return { ...rest, condition: conditionOf({}), addresses: [], shown: { id, verified: false, line, message } };
    }
  }

  private replace(list: string, breakpoints: Breakpoint[]): Breakpoint[] {
    const old = this.lists.get(list) ?? [];
    this.lists.set(list, breakpoints);
    for (const va of breakpoints.flatMap(({ addresses }) => addresses)) this.plant(va);
    for (const va of old.flatMap(({ addresses }) => addresses)) this.pull(va);
    this.byAddress.clear();
    for (const breakpoint of [...this.lists.values()].flat())
      for (const va of breakpoint.addresses) this.byAddress.set(va, [...(this.byAddress.get(va) ?? []), breakpoint]);
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
    const here = (this.byAddress.get(hart.pc) ?? []).filter(
      (breakpoint) =>
        (!breakpoint.image || privilegeOfRole[breakpoint.image.role] === hart.privilege) && isIn(breakpoint, hart),
    );
    if (here.length === 0) return undefined;
    const hit: Hit = { stop: [], output: [] };
    debuggee.meet(
      hart,
      here.map(({ shown }) => shown.line),
    );
    const context = debuggee.context(debuggee.innermost(hart));
    for (const breakpoint of here) {
      const { id, condition } = breakpoint;
      try {
        if (condition.holds && !condition.holds(context)) continue;
        if (!again && !condition.enough(++breakpoint.hits)) continue;
        if (!condition.log) hit.stop.push(id);
        else if (!again) hit.output.push(condition.log(context));
      } catch (error) {
        // A condition that can't be evaluated stops, so that nobody waits for it in vain.
        hit.output.push(`breakpoint condition: ${(error as Error).message}`);
        hit.stop.push(id);
      }
    }
    return hit;
  }
}

/** Does the hart stand in the breakpoint's address space? */
function isIn(breakpoint: Breakpoint, hart: TargetHart): boolean {
  const satp = hart.csr('satp');
  if (breakpoint.space === 'first') breakpoint.space = satp;
  return breakpoint.space === undefined || rootOf(breakpoint.space) === rootOf(satp);
}

const reference = (addresses: readonly bigint[]) =>
  addresses.length ? { instructionReference: `0x${addresses[0].toString(16)}` } : {};
