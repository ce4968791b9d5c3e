import { baseName, type Host, normalPath } from './host.js';
import type { Place } from './symbols/places.js';
import type { Image, Role } from './symbols/image.js';

export const privilegeNames: Readonly<Record<number, string>> = { 0: 'U', 1: 'S', 3: 'M' };
const roleOf: Readonly<Record<number, Role>> = { 0: 'program', 1: 'kernel', 3: 'firmware' };
const privilegeOfRole: Readonly<Record<Role, number>> = { program: 0, kernel: 1, firmware: 3 };

/** The three files whose code runs: program, kernel and firmware, files with more symbols of them, and where their sources are. */
export class Images {
  private readonly paths = new Map<string, string>();

  constructor(
    readonly all: readonly Image[],
    private readonly host: Host,
  ) {
    const loaded = new Map<Role, Image>();
    for (const image of all)
      if (!loaded.has(image.role)) loaded.set(image.role, image);
      else image.loaded = loaded.get(image.role);
  }

  get program(): Image {
    return this.all.find(({ role }) => role === 'program')!;
  }
  get kernel(): Image | undefined {
    return this.all.find(({ role }) => role === 'kernel');
  }
  get firmware(): Image | undefined {
    return this.all.find(({ role }) => role === 'firmware');
  }

  /** Whose code runs at an address in a privilege; undefined where no image lies (libraries, data). */
  of(pc: bigint, privilege: number): Image | undefined {
    const own = this.best(pc, ({ role }) => role === roleOf[privilege]);
    if (own) return own;
    return privilege === 0 ? undefined : this.best(pc, ({ role }) => role !== 'program');
  }

  /** Of the files that cover an address the one that says most of it. */
  private best(pc: bigint, accepts: (image: Image) => boolean): Image | undefined {
    let best: Image | undefined;
    for (const image of this.all)
      if (accepts(image) && image.covers(pc) && (!best || image.worth > best.worth)) best = image;
    return best;
  }

  /** By where the images lie: the privilege that code at the address runs in. */
  privilegeOf(pc: bigint): number | undefined {
    const image = this.all.find((candidate) => candidate.covers(pc));
    return image && privilegeOfRole[image.role];
  }

  /** `loop+8`, or undefined. */
  symbolize(va: bigint, privilege: number): string | undefined {
    const found = this.of(va, privilege)?.symbolAt(va);
    return found && `${found.symbol.name}${found.offset ? `+${found.offset}` : ''}`;
  }

  /** A global variable, function or label; the program's before the kernel's before the firmware's, but first those of `privilege`. */
  symbol(name: string, privilege: number) {
    const order = [...this.all].sort(
      (a, b) => Number(privilegeOfRole[b.role] === privilege) - Number(privilegeOfRole[a.role] === privilege),
    );
    for (const image of order) {
      const global = image.declared.globals.get(name);
      if (global) return { ...global, image };
      const symbol = image.symbol(name);
      if (symbol) return { va: symbol.value, type: undefined, image };
    }
    return undefined;
  }

  /** Where a source file that DWARF names lies on the user's disk, as far as we know. */
  path(file: string): string {
    const known = this.paths.get(file);
    if (known !== undefined) return known;
    const absolute = /^([A-Za-z]:)?[\\/]/.test(file);
    const path = normalPath(absolute ? file : `${this.host.sourceRoot}/${file}`);
    this.paths.set(file, path);
    return path;
  }

  /** Do the path that a client gives and a file that DWARF names mean the same file? */
  matcher(path: string): (file: string) => boolean {
    const wanted = normalPath(path);
    return (file) => this.path(file) === wanted;
  }

  /** DAP's source of a place. */
  source(place: Place): { name: string; path: string } {
    return { name: baseName(place.file), path: this.path(place.file) };
  }
}
