/** The smallest static ELF that both machines load: one segment that holds everything. */

/** @param base address of the first byte of `image`, which is also the entry */
export function writeElf(base: number, image: Uint8Array): Uint8Array {
  const HEADERS = 0x1000;
  const elf = new Uint8Array(HEADERS + image.length);
  const view = new DataView(elf.buffer);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const half = (at: number, value: number) => view.setUint16(at, value, true);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  half(0x10, 2); // ET_EXEC
  half(0x12, 243); // EM_RISCV
  view.setUint32(0x14, 1, true);
  long(0x18, base);
  long(0x20, 0x40); // program headers
  view.setUint32(0x30, 5, true); // compressed instructions, double-precision ABI
  half(0x34, 0x40);
  half(0x36, 0x38);
  half(0x38, 1);
  view.setUint32(0x40, 1, true); // PT_LOAD
  view.setUint32(0x44, 7, true); // rwx
  long(0x48, HEADERS);
  long(0x50, base);
  long(0x58, base);
  long(0x60, image.length);
  long(0x68, image.length);
  long(0x70, 0x1000);
  elf.set(image, HEADERS);
  return elf;
}
