/** How an access to watched data is told. */
import type { WatchHit } from '../../emulator/watchpoints.js';
import type { Debuggee } from '../debuggee.js';
import { format } from '../expressions/format.js';
import type { Value } from '../expressions/value.js';
import { GuestMemory } from '../guest.js';
import { privilegeNames } from '../images.js';
import { codeAt } from '../instructions.js';
import { isScalar } from '../expressions/value.js';
import type { CType } from '../symbols/types.js';
import { watchedValue, type Watchable } from '../watchable.js';

/** The part of what is watched that an access went to: an element or member as a user would write it. */
interface Part {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly type?: CType;
}

/** The smallest part that holds these bytes. */
function partOf({ name, bytes, type }: Watchable, offset: number, count: number): Part {
  let part: Part = { name, offset: 0, bytes, ...(type && { type }) };
  const whole = (inner: CType, at: number, suffix: string): Part | undefined =>
    offset >= at && offset + count <= at + inner.size
      ? { name: part.name + suffix, offset: at, bytes: inner.size, type: inner }
      : undefined;
  for (let next: Part | undefined = part; next; ) {
    part = next;
    next = undefined;
    if (part.type?.kind === 'array') {
      const index = Math.floor((offset - part.offset) / part.type.of.size);
      next = whole(part.type.of, part.offset + index * part.type.of.size, `[${index}]`);
    } else if (part.type?.kind === 'struct')
      for (const member of part.type.members)
        next ??= whole(member.type, part.offset + member.offset, `.${member.name}`);
  }
  // Without a type, or with one of many parts: the bytes themselves.
  if (part.type ? isScalar(part.type) : part.bytes <= 8) return part;
  if (count > 8 && part.type) return part;
  const beyond = offset - part.offset;
  return { name: part.type || beyond === 0 ? part.name : `${part.name}+${beyond}`, offset, bytes: count };
}

/** The bytes of a part, before or after. */
function bytesOf(hit: WatchHit, va: bigint, count: number, which: 'old' | 'now'): Uint8Array | undefined {
  const bytes = new Uint8Array(count);
  let found = 0;
  for (const part of hit.parts) {
    const from = Number(part.va - va);
    const source = part[which];
    for (let n = Math.max(from, 0); n < Math.min(from + source.length, count); n++, found++)
      bytes[n] = source[n - from]!;
  }
  return found === count ? bytes : undefined;
}

/** The value of the part that was accessed, before and after. */
export function valuesOf(what: Watchable, hit: WatchHit): { part: Part; old?: Value; now?: Value } {
  const part = partOf(what, Number(hit.va - what.va), hit.bytes);
  const value = (which: 'old' | 'now') => {
    const bytes = bytesOf(hit, what.va + BigInt(part.offset), part.bytes, which);
    return bytes && watchedValue(what.register?.mask ? undefined : part.type, shifted(bytes, what.register?.mask));
  };
  const [old, now] = [value('old'), value('now')];
  return { part, ...(old && { old }), ...(now && { now }) };
}

/** The bits of a CSR's field as a number. */
function shifted(bytes: Uint8Array, mask: bigint | undefined): Uint8Array {
  if (!mask) return bytes;
  const view = new DataView(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 8));
  let low = 0n;
  while (!((mask >> low) & 1n)) low++;
  view.setBigUint64(0, view.getBigUint64(0, true) >> low, true);
  return new Uint8Array(view.buffer);
}

/** What happened to it, and by whom. */
export function accessText(what: Watchable, hit: WatchHit, debuggee: Debuggee): { what: string; by: string } {
  const { part, old, now } = valuesOf(what, hit);
  const [before, after] = [old && format(old), now && format(now)];
  const values =
    before === undefined || after === undefined
      ? hit.written
        ? 'was written'
        : 'was read'
      : !hit.written
        ? `was read: ${after}`
        : hit.parts.every((each) => each.old.every((byte, n) => byte === each.now[n]))
          ? `was written: ${after}, as before`
          : before === after
            ? `changed: ${after}`
            : `changed: ${before} → ${after}`;
  return { what: `${part.name} ${values}`, by: actor(hit, debuggee) };
}

/** The task on its hart, or kernel or firmware; its instruction, and where that stands. */
function actor(hit: WatchHit, debuggee: Debuggee): string {
  const hart = debuggee.target.harts[hit.hart]!;
  const { images } = debuggee;
  const code = codeAt(new GuestMemory(debuggee.target, hart, hit.privilege, hit.satp), hit.pc);
  const place = images.of(hit.pc, hit.privilege)?.places.at(hit.pc);
  const where = place
    ? `${images.source(place).name}:${place.line}`
    : (debuggee.symbolize(hit.pc, hit.privilege) ?? `0x${hit.pc.toString(16)}`);
  const task = debuggee.task(hart);
  const who =
    hit.privilege === 0
      ? task
        ? `task ${task.tid}`
        : 'user mode'
      : hit.privilege === 1
        ? 'the kernel'
        : hit.privilege === 3
          ? 'firmware'
          : privilegeNames[hit.privilege];
  return `${who} on hart ${hit.hart}, \`${code?.text ?? '(not mapped)'}\` at ${where}`;
}
