/** Our assembler, for tests. */
import { type AssembleOptions, assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { everything } from '../hart.js';

/** Diagnostics of a source, as lines. */
export function complaints(text: string, options: AssembleOptions = {}, name = 'a.s'): string[] {
  return assemble([{ name, text }], { entry: null, arch: everything, ...options }).diagnostics.map(formatDiagnostic);
}

/** An executable. @throws with the diagnostics when there is none */
export function build(text: string, options: AssembleOptions = {}, name = 'a.s'): Uint8Array {
  const made = assemble([{ name, text }], { entry: null, arch: everything, ...options });
  if (!made.elf) throw new Error(made.diagnostics.map(formatDiagnostic).join('\n'));
  return made.elf;
}

/** Contents and address of a section of an ELF file. */
export function sectionOf(
  elf: Uint8Array,
  name: string,
): { bytes: Uint8Array; address: bigint; size: number } | undefined {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const headers = Number(view.getBigUint64(0x28, true));
  const count = view.getUint16(0x3c, true);
  const at = (index: number) => headers + 64 * index;
  const names = Number(view.getBigUint64(at(view.getUint16(0x3e, true)) + 0x18, true));
  for (let i = 1; i < count; i++) {
    let start = names + view.getUint32(at(i), true);
    let text = '';
    for (; elf[start]; start++) text += String.fromCharCode(elf[start]!);
    if (text !== name) continue;
    const offset = Number(view.getBigUint64(at(i) + 0x18, true));
    const size = Number(view.getBigUint64(at(i) + 0x20, true));
    const contents = view.getUint32(at(i) + 4, true) !== 8;
    const address = view.getBigUint64(at(i) + 0x10, true);
    return { bytes: contents ? elf.slice(offset, offset + size) : new Uint8Array(), address, size };
  }
  return undefined;
}

export const textOf = (text: string, options: AssembleOptions = {}, name = 'a.s') =>
  sectionOf(build(text, options, name), '.text')?.bytes ?? new Uint8Array();

export const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
