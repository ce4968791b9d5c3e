/** Structures of kernel and firmware in guest memory, read member by member as their debug information says. */
import { ExpressionError } from '../expressions/lexer.js';
import type { GuestMemory } from '../guest.js';
import { member } from '../symbols/declared.js';
import type { Image } from '../symbols/image.js';
import type { CType } from '../symbols/types.js';

/** Longer lists than this go in circles. */
const LONGEST_LIST = 100_000;

/** Something that lies in memory, with its type. Every method throws an ExpressionError where memory or members are missing. */
export class Structure {
  constructor(
    readonly va: bigint,
    readonly type: CType,
    private readonly memory: GuestMemory,
    /** Where incomplete types (`struct task;`) are looked up. */
    private readonly image: Image,
  ) {}

  /** A global variable; undefined: the image has none of that name. */
  static global(image: Image | undefined, name: string, memory: GuestMemory): Structure | undefined {
    const found = image?.declared.globals.get(name);
    return found && new Structure(found.va, found.type, memory, image!);
  }

  /** A member; `a.b` is a member of a member. */
  at(path: string): Structure {
    let [va, type] = [this.va, this.type];
    for (const name of path.split('.')) {
      const found = member(this.complete(type), name);
      if (!found) throw new ExpressionError(`${type.name} has no member ${name}`);
      [va, type] = [va + BigInt(found.offset), found.type];
    }
    return new Structure(va, type, this.memory, this.image);
  }

  has(name: string): boolean {
    return member(this.complete(this.type), name) !== undefined;
  }

  /** An element of an array. */
  element(n: number): Structure {
    if (this.type.kind !== 'array') throw new ExpressionError(`${this.type.name} is no array`);
    return this.as(this.va + BigInt(n * this.type.of.size), this.type.of);
  }

  /** Elements of an array. */
  get count(): number {
    return this.type.kind === 'array' ? this.type.count : 0;
  }

  /** The number that stands here, unsigned. */
  get number(): bigint {
    const bytes = this.memory.exactly(this.va, Math.min(8, this.type.size));
    return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  /** The same, signed. */
  get signed(): number {
    return Number(BigInt.asIntN(8 * Math.min(8, this.type.size), this.number));
  }

  /** What an enumeration calls the number here: `TASK_READY`. */
  get word(): string {
    return (this.type.kind === 'enum' && this.type.values.get(this.number)) || String(this.number);
  }

  /** The characters here, up to a zero. */
  get text(): string {
    const bytes = this.memory.exactly(this.va, this.type.size);
    const end = bytes.indexOf(0);
    return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
  }

  /** What the pointer here points to; undefined where it is NULL. */
  get target(): Structure | undefined {
    if (this.type.kind !== 'pointer') throw new ExpressionError(`${this.type.name} is no pointer`);
    const va = this.number;
    return va === 0n ? undefined : this.as(va, this.type.to);
  }

  /** The structures of a list whose head is this `struct list` (kernel/list.h) and which runs through their member `link`. */
  *list(tag: string, link: string): Generator<Structure> {
    const type = this.image.declared.struct(tag);
    const offset = member(type, link)?.offset;
    if (!type || offset === undefined) throw new ExpressionError(`there is no struct ${tag} with a member ${link}`);
    let at = this.at('next').number;
    for (let count = 0; at !== this.va; count++) {
      // A head that was never written, before the kernel's start.
      if (at === 0n) return;
      if (count >= LONGEST_LIST) throw new ExpressionError(`the list at 0x${this.va.toString(16)} has no end`);
      const each = this.as(at - BigInt(offset), type);
      yield each;
      at = each.at(link).at('next').number;
    }
  }

  private as(va: bigint, type: CType): Structure {
    return new Structure(va, this.complete(type), this.memory, this.image);
  }

  private complete(type: CType): CType {
    if (type.kind !== 'struct' || type.size) return type;
    return this.image.declared.struct(type.name.replace(/^(struct|union) /, '')) ?? type;
  }
}
