import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { Frame } from './frame.js';
import type { GuestMemory } from './guest.js';
import type { Host } from './host.js';
import { type Images, privilegeNames } from './images.js';
import { codeListing, type CodeListing } from './code-listing.js';
import { RequestError } from './protocol.js';
import type { Place } from './symbols/places.js';

/** A source that a client means: a listing that we made, or a file by its path. */
export type Wanted =
  | { readonly listing: CodeListing; readonly source: P.Source }
  | { readonly listing?: undefined; readonly path: string };

type Text = { readonly text: string; readonly path?: string; readonly listing?: CodeListing };

/** Longer files do not become part of a recording. */
const MOST_TEXT = 2 ** 22;
/** The most texts that are kept; listings of code that was looked at long ago are made anew. */
const MOST = 2000;

/** What DAP calls sources: files of the user's disk where they are there, a note in their place where not, listings of code without lines. */
export class Sources {
  private readonly known = new Map<string, P.Source>();
  private readonly texts = new Map<number, Text>();
  private readonly listings = new Map<string, number>();
  private next = 1;

  constructor(
    private readonly images: Images,
    private readonly host: Host,
    /** Texts that came with a recording, by the files that debug information names. */
    private readonly brought: Readonly<Record<string, string>> = {},
  ) {}

  /** The program's sources that are there, by the files that its debug information names. */
  async own(): Promise<Record<string, string>> {
    const texts: Record<string, string> = { ...this.brought };
    for (const file of this.images.program.places.files) {
      const text = file in texts ? undefined : await this.textOf(this.images.path(file));
      if (text !== undefined && text.length <= MOST_TEXT) texts[file] = text;
    }
    return texts;
  }

  private async textOf(path: string): Promise<string | undefined> {
    const data = await this.host.readFile(path).catch(() => undefined);
    return data && new TextDecoder().decode(data);
  }

  private keep(text: Text): number {
    this.texts.set(this.next, text);
    if (this.texts.size > MOST) this.texts.delete(this.texts.keys().next().value!);
    return this.next++;
  }

  async of(place: Place): Promise<P.Source> {
    const known = this.known.get(place.file);
    if (known) return known;
    const { name, path } = this.images.source(place);
    let source: P.Source = { name, path };
    const brought = Object.hasOwn(this.brought, place.file) ? this.brought[place.file] : undefined;
    if (brought !== undefined && brought !== (await this.textOf(path)))
      source = { name, path, sourceReference: this.keep({ text: brought, path }) };
    else if (!(await this.host.exists(path).catch(() => false))) {
      const text = `${name} is not on this machine. The debug information names it ${place.file}; looked for ${path}\n`;
      source = { name, sourceReference: this.keep({ text, path }), presentationHint: 'deemphasize' };
    }
    this.known.set(place.file, source);
    return source;
  }

  /** A listing of the function that a frame without lines stands in, and the line there. Undefined where no code is mapped. */
  disassembly(frame: Frame): { source: P.Source; line: number } | undefined {
    const { raw } = frame;
    return this.listed(raw.pc, raw.privilege, frame.memory);
  }

  private listed(pc: bigint, privilege: number, memory: GuestMemory) {
    const listing = codeListing(pc, privilege, memory, this.images);
    if (!listing) return undefined;
    // The same text again is the same source; changed code is another one.
    const known = this.listings.get(listing.text);
    const reference = known !== undefined && this.texts.has(known) ? known : this.keep({ text: listing.text, listing });
    this.listings.set(listing.text, reference);
    const line = listing.addresses.findLastIndex((va) => va !== undefined && va <= pc) + 1;
    return { source: this.source(reference, listing), line };
  }

  private source(sourceReference: number, { name, privilege }: CodeListing): P.Source {
    const where = privilege === 0 ? name : `${name} [${privilegeNames[privilege]}]`;
    return { name: where, sourceReference, origin: 'disassembly' };
  }

  /** The source that a client's `source` means. @throws RequestError */
  wanted(source: unknown): Wanted {
    if (typeof source !== 'object' || source === null) throw new RequestError('source must be an object with a path');
    const { path, sourceReference } = source as P.Source;
    if (sourceReference !== undefined && typeof sourceReference !== 'number')
      throw new RequestError('source.sourceReference must be a number');
    if (sourceReference) {
      const text = this.texts.get(sourceReference);
      if (text?.listing) return { listing: text.listing, source: this.source(sourceReference, text.listing) };
      if (text?.path) return { path: text.path };
      if (path === undefined) throw new RequestError(`source ${sourceReference} is not known`);
    }
    if (typeof path !== 'string')
      throw new RequestError('source must have a path that is a string, or a sourceReference');
    return { path };
  }

  text(reference: unknown): string | undefined {
    return typeof reference === 'number' ? this.texts.get(reference)?.text : undefined;
  }
}
