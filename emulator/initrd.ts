/**
 * The initial RAM disk of our own boots: a "newc" cpio archive (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)
 * of three files: `program` (the ELF), `argv` and `envp` (strings, each ended by a NUL).
 */

const encoder = new TextEncoder();

/** Strings one after another, each with its NUL. @throws RangeError when a string holds one itself */
function strings(list: readonly string[]): Uint8Array {
  for (const each of list)
    if (each.includes('\0')) throw new RangeError(`an argument can't hold a NUL: ${JSON.stringify(each)}`);
  return encoder.encode(list.map((each) => `${each}\0`).join(''));
}

/** One archive member: a header of eight-digit hex fields, the name with a NUL, the data; each padded to 4 bytes. */
function member(name: string, data: Uint8Array, inode: number): Uint8Array {
  const path = encoder.encode(`${name}\0`);
  const mode = data.length || name !== trailer ? 0o100644 : 0;
  // inode, mode, uid, gid, links, mtime, size, device (2), rdev (2), name's length, check
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, path.length, 0];
  const header = encoder.encode(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
  const dataAt = align(header.length + path.length);
  const bytes = new Uint8Array(align(dataAt + data.length));
  bytes.set(header);
  bytes.set(path, header.length);
  bytes.set(data, dataAt);
  return bytes;
}

const trailer = 'TRAILER!!!';
const align = (n: number) => (n + 3) & ~3;

/** @param argv the program's name first */
export function initrd(program: Uint8Array, argv: readonly string[], envp: readonly string[]): Uint8Array {
  const members = [
    member('program', program, 1),
    member('argv', strings(argv), 2),
    member('envp', strings(envp), 3),
    member(trailer, new Uint8Array(0), 0),
  ];
  const archive = new Uint8Array(members.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of members) {
    archive.set(each, at);
    at += each.length;
  }
  return archive;
}
