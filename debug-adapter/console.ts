/** The longest that text is held back for the rest of its line. */
const LONGEST = 1000;

/** The guest's console: bytes in, whole lines out where possible. */
export class GuestConsole {
  private readonly decoder = new TextDecoder();
  private bytes: number[] = [];
  private before = 0;

  constructor(private readonly show: (text: string) => void) {}

  write(byte: number): void {
    this.bytes.push(byte);
    if (byte === 10 || this.bytes.length >= LONGEST) this.flush();
  }

  /** Called now and then: a prompt has no line end, so what did not grow since the last call is shown. */
  breathe(): void {
    if (this.bytes.length === this.before) this.flush();
    this.before = this.bytes.length;
  }

  /** Show what there is; of a character cut in half the second half is waited for. */
  flush(): void {
    if (this.bytes.length === 0) return;
    const text = this.decoder.decode(Uint8Array.from(this.bytes), { stream: true });
    this.bytes = [];
    if (text) this.show(text);
  }
}
