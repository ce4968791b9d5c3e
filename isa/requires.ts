/** What a row requires of a hart: all entries of a list, each an extension's name or alternatives (`Zbb|Zbkb`), of which one is enough. */

/** The alternatives of each entry, taken apart once: asked for at every decoding. */
const taken = new Map<string, readonly string[]>();

/** The names of one entry: one, or the alternatives. */
export function alternatives(entry: string): readonly string[] {
  let names = taken.get(entry);
  if (!names) {
    names = entry.split('|');
    taken.set(entry, names);
  }
  return names;
}

/** Is there everything that is required? */
export const satisfied = (requires: readonly string[], has: (extension: string) => boolean) =>
  requires.every((entry) => alternatives(entry).some(has));

/** The entries of which there is no alternative. */
export const lacking = (requires: readonly string[], has: (extension: string) => boolean) =>
  requires.filter((entry) => !alternatives(entry).some(has));

/** Does an entry name the extension, alone or as an alternative? */
export const mentions = (requires: readonly string[], extension: string) =>
  requires.some((entry) => alternatives(entry).includes(extension));

/** Entries as a reader may see them: `Zbb or Zbkb`. */
export const spoken = (entry: string) => alternatives(entry).join(' or ');
