/** Above functions and loops: where a thread leaves in them and comes back, and how often round. */
import type { CodeLens } from 'vscode-languageserver-types';
import type { Foreseen } from '../document.js';
import { addressesOf } from '../flow/flow.js';
import { roundTrips } from '../forecast/ping-pong.js';
import { farFrom, OUT_CYCLES, ROUND_TRIP_CYCLES } from '../measured/cost.js';
import type { MeasuredPlace, MeasuredSource } from '../measured/measured.js';
import type { Feature } from './feature.js';

export const codeLenses: Feature = {
  capabilities: { codeLensProvider: {} },
  followsFlow: true,
  register(connection, server) {
    connection.onCodeLens(({ textDocument }) => {
      return server.config.hints.migrations
        ? server.foreseen(textDocument.uri).flatMap((each) => lensesOf(each, server.measured(textDocument.uri)))
        : [];
    });
  },
};

export function lensesOf(foreseen: Foreseen, measured?: MeasuredSource): CodeLens[] {
  const flow = foreseen.flow();
  const known = foreseen.forecast();
  const lineOf = (address: number) => {
    const instruction = flow.code.at(address);
    return instruction && foreseen.placeOf(instruction)?.line;
  };
  const out = new Map<number, string[]>();
  const add = (line: number | undefined, text: string) => {
    if (line !== undefined) out.set(line, [...(out.get(line) ?? []), text]);
  };
  for (const of of flow.functions.values()) {
    if (!of.context) continue;
    const { leaves, returns, ends } = known;
    const own = addressesOf(of);
    const inside = (list: readonly { instruction: { address: number } }[]) =>
      [
        ...new Set(
          list
            .map(({ instruction }) => instruction.address)
            .filter((address) => own.has(address))
            .map(lineOf),
        ),
      ].filter((line) => line !== undefined);
    const over = ends.filter(({ instruction, away }) => away && own.has(instruction.address));
    const [out_, back, end] = [inside(leaves), inside(returns), inside(over)];
    const outward = leaves.filter((each) => own.has(each.instruction.address));
    const classes = [...new Set(outward.map((each) => each.class))];
    const sure = outward.some(({ always }) => always) ? 'leaves' : 'may leave';
    if (!out_.length && !back.length && !end.length) continue;
    const parts = [
      ...(out_.length ? [`${sure} for ${classes.join(', ')} on ${lines(out_)}`] : []),
      ...(back.length ? [`back on ${lines(back)}`] : []),
      ...(end.length ? [`the ${over[0]!.what} ends on ${lines(end)}`] : []),
    ];
    add(foreseen.headOf(of), parts.join('; '));
  }
  for (const { loop, leaves, returns } of roundTrips(flow, known)) {
    const trips = Math.min(leaves.length, returns.length);
    const cycles = (trips * ROUND_TRIP_CYCLES).toLocaleString('en');
    add(
      lineOf(loop.head),
      `about ${trips} round trip${trips > 1 ? 's' : ''} (${cycles} cycles) an iteration${
        measured ? ` · ${tripsMeasured(measured, [leaves.map(lineOf), returns.map(lineOf)])}` : ''
      }`,
    );
  }
  return [...out].map(([line, texts]) => ({
    range: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 0 } },
    command: { title: [...texts, ...(foreseen.build ? [foreseen.build.long] : [])].join(' · '), command: '' },
  }));
}

/** `measured 100 times, 1,655 cycles each`: round trips, and questions that were answered instead. */
function tripsMeasured(measured: MeasuredSource, [leaves, returns]: readonly [Lines, Lines]): string {
  const at = (lines: Lines, ...ways: MeasuredPlace['way'][]) =>
    [...new Set(lines)].flatMap((line) => (line === undefined ? [] : (measured.at(line, ...ways) ?? [])));
  const [out, back] = [at(leaves, 'out'), at(returns, 'back', 'ask')];
  const count = (list: readonly { count: number }[]) => list.reduce((n, each) => n + each.count, 0);
  const cycles = [...out, ...back].reduce((n, each) => n + each.count * each.cycles, 0);
  const trips = Math.max(count(out), count(back));
  const stale = measured.stale ? ' (stale)' : '';
  if (!trips) return `measured never${stale}`;
  const each = Math.round(cycles / trips);
  // Of what happens in a library nothing was measured that has a line.
  const outward = !back.length && returns.includes(undefined);
  const far = measured.stale ? undefined : farFrom(outward ? OUT_CYCLES : ROUND_TRIP_CYCLES, each);
  const times = trips > 1 ? `${trips.toLocaleString('en')} times` : 'once';
  const cost = `${each.toLocaleString('en')} cycles${trips > 1 ? ' each' : ''}${far ? `, ${far}` : ''}${stale}`;
  return outward ? `measured: left ${times}, ${cost}` : `measured ${times}, ${cost}`;
}
type Lines = readonly (number | undefined)[];

const lines = (list: readonly number[]) =>
  `line${list.length > 1 ? 's' : ''} ${list.slice(0, 4).join(', ')}${list.length > 4 ? ', …' : ''}`;
