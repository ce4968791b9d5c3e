/** Files that a source names to be included. */

const directive = /^[ \t]*(?:#[ \t]*include|\.include|\.incbin)[ \t]+"([^"\n]+)"/gm;

/** Files that `.include`, `.incbin` and `#include "…"` name, as they are written, and where that begins in the text. */
export function includesIn(text: string): { readonly path: string; readonly at: number }[] {
  return [...text.matchAll(directive)].map((found) => ({
    path: found[1]!,
    at: found.index + found[0].length - 1 - found[1]!.length,
  }));
}

/** The path of what is included as `path` in a file. */
export function includedPath(path: string, from: string): string {
  const full = path.startsWith('/') ? path : `${from.slice(0, from.lastIndexOf('/') + 1)}${path}`;
  return decodeURIComponent(new URL(`file://${full.split('/').map(encodeURIComponent).join('/')}`).pathname);
}
