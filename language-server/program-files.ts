/** The files of open documents' programs, and the names in them, be they open or not. */
import { type Analysed, pathOf, uriBeside } from './document.js';
import { everywhere, type Files, filesAround } from './syntax/everywhere.js';
import { recognise } from './syntax/recognise.js';
import { Names, type SourceName } from './syntax/symbols.js';

/** Longer ones are not looked at while they are not open. */
const MOST_CHARACTERS = 2_000_000;

/** What is to be known of the world. */
export interface World {
  /** The documents that are open. */
  all(): readonly Analysed[];
  read(path: string): string | undefined;
  beside?(path: string): readonly string[];
}

export class ProgramFiles {
  /** Names in files that are not open, as their text was when they were last asked for. */
  private readonly closed = new Map<string, { readonly text: string; readonly names: Names | undefined }>();

  constructor(private readonly world: World) {}

  /** Files by URI in which a name stands for what it does in an open document; that one first. */
  everywhere(uri: string, name: string): { readonly uri: string; readonly of: SourceName }[] {
    const path = pathOf(uri);
    return [...everywhere(path, name, this.files())]
      .map(([file, of]) => ({ uri: file === path ? uri : uriBeside(uri, file), of }))
      .sort((a, b) => Number(b.uri === uri) - Number(a.uri === uri));
  }

  /** All files that may be of the open documents' programs. */
  around(): { readonly uri: string; readonly names: Names }[] {
    const files = this.files();
    const found = new Map<string, { readonly uri: string; readonly names: Names }>();
    for (const { document, path } of this.world.all())
      for (const file of filesAround(path, files)) {
        const names = found.has(file) ? undefined : files.names(file);
        if (names) found.set(file, { uri: uriBeside(document.uri, file), names });
      }
    return [...found.values()];
  }

  private files(): Files {
    const { world } = this;
    const open = new Map(world.all().map((each) => [each.path, each]));
    return {
      open: [...open.keys()],
      read: (path) => world.read(path),
      beside: (path) => world.beside?.(path) ?? [],
      names: (path) => open.get(path)?.names() ?? this.namesIn(path),
    };
  }

  private namesIn(path: string): Names | undefined {
    const text = this.world.read(path);
    if (text === undefined || text.length > MOST_CHARACTERS) return undefined;
    const known = this.closed.get(path);
    if (known?.text === text) return known.names;
    const isOther = (recognise(text) ?? 'riscv') !== 'riscv';
    const names = isOther ? undefined : new Names(text.split(/\r?\n/));
    this.closed.set(path, { text, names });
    return names;
  }
}
