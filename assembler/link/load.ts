/** Object files and archives among what is to be linked; of archives, the members that something asks for. */
import { type Diagnostics, wholeFile } from '../diagnostics.js';
import type { SourceSymbol } from '../symbol.js';
import { Archive, isArchive } from './archive.js';
import { isElf } from './elf-object.js';
import { isGlobal, type LinkInput } from './input.js';
import { ObjectFile } from './object.js';
import { Malformed } from './reader.js';

/** Is this an object or an archive, by its first bytes? (Else it may be a source.) */
export const isLinkable = (data: Uint8Array): boolean => isElf(data) || isArchive(data) || isBitcode(data);

const isBitcode = (data: Uint8Array) => data[0] === 0x42 && data[1] === 0x43 && data[2] === 0xc0 && data[3] === 0xde;

/** What is wrong with a file becomes a diagnostic. */
function attempt<T>(name: string, diagnostics: Diagnostics, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    diagnostics.add(wholeFile(name), 'error', `this file ${error.message}`);
    return undefined;
  }
}

/** Read an object or an archive. @returns undefined when it is neither, which is reported */
export function load(name: string, data: Uint8Array, diagnostics: Diagnostics): ObjectFile | Archive | undefined {
  return attempt(name, diagnostics, () => {
    if (isArchive(data)) return new Archive(name, data);
    if (isElf(data)) return new ObjectFile(name, data, diagnostics);
    throw new Malformed(
      isBitcode(data)
        ? 'is LLVM bitcode (-flto or -emit-llvm); compile it to an object'
        : 'is neither a source (.S or .s) nor a riscv64 object or archive',
    );
  });
}

/**
 * The inputs with the members of archives that they need, which stand where the archive stood. The order among archives and what
 * asks for them does not matter: each is looked at until nothing is missing.
 * @param roots symbols that are needed anyhow
 */
export function withMembers(
  inputs: readonly (LinkInput | Archive)[],
  roots: readonly string[],
  diagnostics: Diagnostics,
): LinkInput[] {
  const archives = inputs.filter((each) => each instanceof Archive);
  const members = new Map<Archive, LinkInput[]>(archives.map((archive) => [archive, []]));
  const defined = new Set<string>();
  const wanted = [...roots];
  const isWanted = (symbol: SourceSymbol, input: LinkInput) =>
    !symbol.meaning &&
    !symbol.common &&
    symbol.binding !== 'weak' &&
    !symbol.temporary &&
    !input.sectionCalled?.(symbol.name);
  const look = (input: LinkInput) => {
    for (const symbol of input.symbolList()) {
      if (isGlobal(symbol) && (symbol.meaning || symbol.common)) defined.add(symbol.name);
      else if (isWanted(symbol, input)) wanted.push(symbol.name);
    }
  };
  for (const input of inputs) if (!(input instanceof Archive)) look(input);
  const loaded = new Set<string>();
  while (wanted.length) {
    const name = wanted.pop()!;
    if (defined.has(name)) continue;
    for (const archive of archives) {
      const at = archive.memberDefining(name);
      if (at === undefined) continue;
      const key = `${archives.indexOf(archive)}:${at}`;
      if (loaded.has(key)) break;
      loaded.add(key);
      const member = attempt(archive.name, diagnostics, () => archive.memberAt(at));
      const object =
        member && attempt(member.name, diagnostics, () => new ObjectFile(member.name, member.data, diagnostics));
      if (object) {
        members.get(archive)!.push(object);
        look(object);
      }
      break;
    }
  }
  return inputs.flatMap((each) => (each instanceof Archive ? members.get(each)! : [each]));
}
