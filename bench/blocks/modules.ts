/** Counts the WebAssembly modules that are made, and those that are still held. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export class Modules {
  private readonly all: { readonly module: WeakRef<WebAssembly.Module>; readonly bytes: number }[] = [];
  private readonly original = WebAssembly.Module;
  private readonly collect: () => void;
  made = 0;

  /** From here on, until `close`. */
  constructor() {
    setFlagsFromString('--expose-gc');
    this.collect = runInNewContext('gc') as () => void;
    const note = (module: WebAssembly.Module, bytes: number) => {
      this.made++;
      this.all.push({ module: new WeakRef(module), bytes });
    };
    WebAssembly.Module = new Proxy(this.original, {
      construct(target, [bytes]: [ArrayBufferView]) {
        const module = new target(bytes as BufferSource);
        note(module, bytes.byteLength);
        return module;
      },
    });
  }

  /** Those that somebody still has, after what nobody has was collected. */
  async held(): Promise<{ count: number; bytes: number }> {
    // A WeakRef that was made or looked at holds until the end of its job.
    for (let n = 0; n < 2; n++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.collect();
    }
    const held = this.all.filter(({ module }) => module.deref());
    this.all.splice(0, Number.POSITIVE_INFINITY, ...held);
    return { count: held.length, bytes: held.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  close(): void {
    WebAssembly.Module = this.original;
  }
}
