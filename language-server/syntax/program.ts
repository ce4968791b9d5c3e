/** Which sources beside a document are of its program: those that define what it mentions, and those that mention what it defines. */

/** What is to be known of files. */
export interface Beside {
  /** Paths of assembly sources in the same folder, that one included or not. */
  beside?(path: string): readonly string[];
  read(path: string): string | undefined;
}

/** The symbol that programs start at: a source that defines it belongs to no other program. */
const START = '_start';
/** More sources of a folder, and longer ones, are not looked at. */
const [MOST_SOURCES, MOST_CHARACTERS] = [50, 300_000];

export interface Scanned {
  readonly path: string;
  readonly text: string;
  /** Symbols that others may mention. */
  readonly globals: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  /** Those that it defines, in whatever way. */
  readonly names: ReadonlySet<string>;
}

export interface ProgramSource {
  readonly name: string;
  readonly text: string;
}

/**
 * The other sources of a document's program, by path.
 * @param seen what was found in files before, by path
 */
export function besides(path: string, text: string, files: Beside, seen?: Map<string, Scanned>): ProgramSource[] {
  const paths = [...(files.beside?.(path) ?? [])].filter((each) => each !== path).sort();
  if (!paths.length || paths.length > MOST_SOURCES) return [];
  const all = paths.flatMap((each) => {
    const content = files.read(each);
    if (content === undefined || content.length > MOST_CHARACTERS) return [];
    let known = seen?.get(each);
    if (known?.text !== content) {
      known = scan(each, content);
      seen?.set(each, known);
    }
    return [known];
  });
  const own = scan(path, text);
  const chosen: Scanned[] = [];
  const defined = new Set(own.globals);
  const add = (source: Scanned) => {
    chosen.push(source);
    for (const name of source.globals) defined.add(name);
  };
  const fits = (source: Scanned) => !chosen.includes(source) && ![...source.globals].some((name) => defined.has(name));
  const wanted = (name: string) =>
    !defined.has(name) &&
    ((own.words.has(name) && !own.names.has(name)) || chosen.some(({ words }) => words.has(name)));
  const complete = () => {
    for (let found: Scanned | undefined; ; add(found)) {
      found = all.find((source) => fits(source) && [...source.globals].some(wanted));
      if (!found) return;
    }
  };
  complete();
  // Who calls it; of several programs that do none is the one.
  const exported = [...own.globals].filter((name) => name !== START);
  const callers = all.filter((source) => fits(source) && exported.some((name) => source.words.has(name)));
  const starting = callers.filter(({ globals }) => globals.has(START));
  for (const source of callers) if (fits(source) && (starting.length <= 1 || !source.globals.has(START))) add(source);
  complete();
  return chosen.map(({ path: name, text: content }) => ({ name, text: content }));
}

function scan(path: string, text: string): Scanned {
  const globals = new Set<string>();
  const labels = new Set([...text.matchAll(/^\s*([A-Za-z_.$][\w.$]*)\s*:/gm)].map(([, name]) => name!));
  for (const [, list] of text.matchAll(/^\s*\.globa?l\s+([^#\n;]*)/gm))
    for (const name of list!.split(',')) if (labels.has(name.trim())) globals.add(name.trim());
  const others = /^\s*(?:\.(?:equ|set|equiv|eqv|macro)\s+|#\s*define\s+)([A-Za-z_.$][\w.$]*)/gm;
  const names = new Set([...labels, ...[...text.matchAll(others)].map(([, name]) => name!)]);
  return { path, text, globals, names, words: new Set(text.replaceAll(/#.*/g, '').match(/[A-Za-z_.$][\w.$]*/g) ?? []) };
}
