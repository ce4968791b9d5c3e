import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { Host } from './host.js';
import type { Images } from './images.js';
import type { Place } from './symbols/image.js';

/** What DAP calls sources: files of the user's disk where they are there, else a note in their place. */
export class Sources {
  private readonly known = new Map<string, P.Source>();
  private readonly texts: string[] = [];

  constructor(
    private readonly images: Images,
    private readonly host: Host,
  ) {}

  async of(place: Place): Promise<P.Source> {
    const known = this.known.get(place.file);
    if (known) return known;
    const { name, path } = this.images.source(place);
    let source: P.Source = { name, path };
    if (!(await this.host.exists(path).catch(() => false))) {
      this.texts.push(
        `${name} is not on this machine. The debug information names it ${place.file}; looked for ${path}\n`,
      );
      source = { name, sourceReference: this.texts.length, presentationHint: 'deemphasize' };
    }
    this.known.set(place.file, source);
    return source;
  }

  text(reference: unknown): string | undefined {
    return typeof reference === 'number' ? this.texts[reference - 1] : undefined;
  }
}
