/** The timeline of a session, as its requests answer it. */
import type { Soc } from '../../emulator/soc/soc.js';
import type { Timeline } from '../../emulator/timeline/timeline.js';
import { chromeTrace } from '../../emulator/timeline/trace.js';
import { placeAt, sumsOf, windowOf } from '../../emulator/timeline/window.js';
import type { Debuggee } from '../debuggee.js';
import { codeOf } from '../instructions.js';
import type { Sources } from '../sources.js';
import type { PlaceStatistics, Span, TimelineBody, TimelineRoute, TraceBody } from './model.js';
import { placesOf } from './places.js';

/** Characters of the trace in one answer, about. */
const PIECE = 4_000_000;

export class TimelineView {
  constructor(
    readonly timeline: Timeline,
    readonly soc: Soc,
    private readonly debuggee: Debuggee,
  ) {}

  /** @param wanted the window; without one, from the program's start to the end */
  window(wanted: Partial<Span>, columns: number, selection: Span | undefined): Omit<TimelineBody, 'running'> {
    const { timeline, soc, debuggee } = this;
    timeline.mark();
    const { now: end, start } = timeline;
    const from = wanted.from ?? start;
    const window = { from, to: Math.max(from + 1, wanted.to ?? end) };
    const { lanes, arrows } = windowOf(timeline, window.from, window.to, columns);
    const sums = selection && sumsOf(timeline, selection.from, selection.to);
    const routes: Record<number, TimelineRoute> = {};
    for (const number of [
      ...arrows.map(([, , , , route]) => route!),
      ...(sums?.crossings.map(([route]) => route!) ?? []),
    ])
      routes[number] ??= this.route(number);
    return {
      soc: soc.name,
      clock: soc.clock,
      harts: soc.harts.map(({ isaString }, n) => ({ isa: isaString, now: debuggee.target.harts[n].time })),
      actors: timeline.actors.list,
      ...{ start, end, events: timeline.length, window, lanes, arrows, routes },
      ...(sums && { selection: sums }),
      recorded: debuggee.target.history !== undefined,
    };
  }

  private export: { readonly pieces: Iterator<string>; cursor: number } | undefined;

  /** The first piece of the trace, or the one that a cursor asks for. @returns undefined: it is not that of the piece before */
  trace(): TraceBody;
  trace(cursor: number): TraceBody | undefined;
  trace(cursor = 0): TraceBody | undefined {
    if (cursor === 0) this.export = { pieces: chromeTrace(this.soc, this.timeline), cursor: 0 };
    if (this.export?.cursor !== cursor) return undefined;
    let text = '';
    while (text.length < PIECE) {
      const { value, done } = this.export.pieces.next();
      if (done) {
        this.export = undefined;
        return { text };
      }
      text += value;
    }
    this.export.cursor++;
    return { text, cursor: this.export.cursor };
  }

  /** See emulator/timeline/window.ts. */
  placeAt(hart: number, cycle: number): { hart: number; steps: number } | undefined {
    this.timeline.mark();
    return placeAt(this.timeline, hart, cycle);
  }

  private route(number: number): TimelineRoute {
    const { way, task, from, to, reason, pc } = this.timeline.crossings.routes[number]!;
    return { way: way as TimelineRoute['way'], task, from, to, reason, pc: hex(pc), place: this.place(pc) };
  }

  /** `faults.S:21`, else `_start+0x10`, else the address. */
  private place(pc: bigint): string {
    const { images } = this.debuggee;
    const place = images.of(pc, 0)?.places.at(pc);
    return place ? `${images.source(place).name}:${place.line}` : (images.symbolize(pc, 0) ?? hex(pc));
  }

  async places(sources: Sources): Promise<PlaceStatistics[]> {
    const { program } = this.debuggee.images;
    return Promise.all(
      placesOf(this.timeline).map(async ({ pc, ...numbers }) => {
        const place = program.places.at(pc);
        const name = program.code.at(pc)?.name ?? program.symbolAt(pc)?.symbol.name;
        return {
          pc: hex(pc),
          ...(program.linked(pc) !== pc && { linked: hex(program.linked(pc)) }),
          instruction: this.instruction(pc),
          ...(name !== undefined && { function: name }),
          ...(place && { source: await sources.of(place), line: place.line }),
          ...numbers,
        };
      }),
    );
  }

  /** As the program's file has it: whose memory it is does not matter, and whether it is there still. */
  private instruction(pc: bigint): string {
    const { images } = this.debuggee;
    const linked = images.program.linked(pc);
    const segment = images.program.elf.segments.find(
      ({ va, data }) => linked >= va && linked < va + BigInt(data.length),
    );
    if (!segment) return '';
    const offset = Number(linked - segment.va);
    const bytes = segment.data.subarray(offset, offset + 4);
    const word = bytes.reduce((sum, byte, n) => sum | (byte << (8 * n)), 0) >>> 0;
    return codeOf(word, pc, bytes, (address) => {
      const found = images.of(address, 0)?.symbolAt(address);
      return found && { name: found.symbol.name, offset: found.offset };
    }).text;
  }
}

const hex = (va: bigint) => `0x${va.toString(16)}`;
