/** Where everything goes: offsets of chunks, bases of parts, addresses of sections, until nothing moves any more. */
import type { Layout } from '../relax.js';
import { type Chunk, SHF } from '../section.js';
import type { OutputSection } from './output-section.js';

const PAGE = 4096n;
/** More passes than any honest source needs. */
const PASSES = 2000;
/** Contents that a program may have; beyond, something was mistaken. */
const MOST_CONTENTS = 2 ** 29;

const up = (value: bigint, boundary: bigint) => ((value + boundary - 1n) / boundary) * boundary;

/** One pass: give every chunk its offset and every section its address. @returns whether anything moved */
function pass(layout: Layout, sections: readonly OutputSection[], start: bigint): boolean {
  let moved = false;
  let address = start;
  let permissions: number | undefined;
  for (const section of sections) {
    const rights = section.flags & (SHF.WRITE | SHF.EXECINSTR);
    if (section.allocated && permissions !== undefined && rights !== permissions) address = up(address, PAGE);
    if (section.allocated) permissions = rights;
    const from = section.allocated ? up(address, BigInt(section.align)) : 0n;
    const size = passSection(layout, section, from);
    if (from !== section.address || size !== section.size) moved = true;
    section.address = from;
    section.size = size;
    for (const part of section.parts) part.address = from + BigInt(part.base);
    // .tbss takes no room: each thread has its own.
    if (section.allocated) address = section.flags & SHF.TLS && !section.hasContents ? from : from + BigInt(size);
  }
  return moved;
}

function passSection(layout: Layout, section: OutputSection, start: bigint): number {
  let offset = 0;
  for (const part of section.parts) {
    offset = Math.ceil(offset / part.align) * part.align;
    part.base = offset;
    let within = 0;
    for (const chunk of part.chunks) {
      chunk.offset = within;
      within += chunk.length;
      const { tail } = chunk;
      if (!tail) continue;
      if (tail.pad) tail.size = tail.pad(layout, start + BigInt(offset + within), within);
      within += tail.size;
    }
    offset += within;
  }
  return offset;
}

/**
 * Give everything its address, from `start` on.
 * @param placed called when addresses may be asked for
 * @returns what is wrong, when it can't be done
 */
export function layOut(
  layout: Layout,
  sections: readonly OutputSection[],
  start: bigint,
  placed: () => void,
): string | undefined {
  const elastic: Chunk[] = [];
  for (const section of sections)
    for (const part of section.parts) for (const chunk of part.chunks) if (chunk.tail?.resize) elastic.push(chunk);
  pass(layout, sections, start);
  placed();
  for (let n = 0; n < PASSES; n++) {
    let changed = false;
    for (const chunk of elastic) {
      const item = chunk.tail!;
      const size = item.resize!(layout, chunk.section.address + BigInt(chunk.offset + chunk.length));
      if (size !== item.size) {
        item.size = size;
        changed = true;
      }
    }
    const moved = pass(layout, sections, start);
    if (changed || moved) continue;
    const contents = sections.reduce((sum, { hasContents, size }) => sum + (hasContents ? size : 0), 0);
    return contents > MOST_CONTENTS ? `the program would have ${contents} bytes` : undefined;
  }
  return 'sizes that depend on addresses do not settle';
}

/** Place what has come since and is not loaded: nothing else moves. */
export function layOutMore(layout: Layout, sections: readonly OutputSection[]): void {
  pass(
    layout,
    sections.filter(({ allocated }) => !allocated),
    0n,
  );
}
