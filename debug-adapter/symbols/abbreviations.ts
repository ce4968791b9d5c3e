import type { ByteSource } from '../../emulator/byte-source.js';
import type { Bytes } from '../../emulator/bytes.js';
import { At } from './dwarf.js';
import { type FormContext, fixedSize, skipForm } from './forms.js';
import { reading } from './reading.js';

export interface Abbreviation {
  readonly tag: number;
  readonly children: boolean;
  readonly attributes: readonly {
    readonly attribute: number;
    readonly form: number;
    /** The value itself (DW_FORM_implicit_const). */
    readonly constant?: bigint;
  }[];
  /** How its values are passed over: so many bytes, or (negative) a form whose size depends on the value. */
  readonly passes: readonly number[];
  /** There is a DW_AT_sibling, as a reference in four bytes: where it lies among the fixed ones, or -1 where that varies. */
  readonly sibling?: number;
}

/** A table of .debug_abbrev (DWARF 5, section 7.5.3), read as far as it was needed. */
export class Abbreviations {
  private readonly known = new Map<number, Abbreviation>();
  private next: number;
  private ended = false;

  constructor(
    private readonly section: ByteSource,
    offset: number,
    private readonly unit: FormContext,
  ) {
    this.next = offset;
  }

  /** @throws RangeError when the code is not declared */
  get(code: number): Abbreviation {
    let found = this.known.get(code);
    for (; !found && !this.ended; found = this.known.get(code)) this.read();
    if (!found) throw new RangeError(`abbreviation ${code} is not declared`);
    return found;
  }

  private read(): void {
    const start = this.next;
    reading(this.section, start, 256, (at) => {
      const code = at.count();
      if (code !== 0) this.known.set(code, readOne(at, this.unit));
      this.ended = code === 0 || start + at.at >= this.section.size;
      this.next = start + at.at;
    });
  }
}

function readOne(at: Bytes, unit: FormContext): Abbreviation {
  const tag = at.count();
  const children = at.u8() !== 0;
  const attributes = [];
  const passes: number[] = [];
  let fixed: number | undefined = 0;
  let sibling: number | undefined;
  for (;;) {
    const attribute = at.count();
    const form = at.count();
    const constant = form === 0x21 ? at.sleb() : undefined;
    if (!attribute && !form) break;
    if (attribute === At.sibling && form === 0x13) sibling = fixed ?? -1;
    const size = fixedSize(form, unit);
    fixed = size === undefined || fixed === undefined ? undefined : fixed + size;
    if (size === undefined) passes.push(-form);
    else if ((passes.at(-1) ?? -1) >= 0) passes[passes.length - 1]! += size;
    else passes.push(size);
    attributes.push({ attribute, form, constant });
  }
  return { tag, children, attributes, passes, sibling };
}

/** Pass over the values of a DIE. @throws RangeError */
export function skipValues(at: Bytes, { passes }: Abbreviation, unit: FormContext): void {
  for (const pass of passes)
    if (pass >= 0) at.skip(pass);
    else skipForm(at, -pass, unit);
}
