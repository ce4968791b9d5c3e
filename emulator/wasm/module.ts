/** A WebAssembly module being written: imported memory and functions, own functions, a function table, exports. */
import { Code } from './code.js';
import { sleb, uleb } from './leb.js';
import { VALTYPE, type ValType } from './opcodes.js';

export class Module {
  private readonly types: string[] = [];
  private readonly imports: { name: string; type: number }[] = [];
  private readonly functions: { type: number; code?: Code; name: string }[] = [];
  private readonly exported: { name: string; index: number }[] = [];
  private readonly table: number[] = [];
  private tableName: string | undefined;
  private readonly segments: { address: number; bytes: Uint8Array }[] = [];

  /** The index of a function type. */
  type(params: readonly ValType[], results: readonly ValType[]): number {
    const key = JSON.stringify([params, results]);
    const index = this.types.indexOf(key);
    return index >= 0 ? index : this.types.push(key) - 1;
  }

  /** A function of the host. All imports come before the first `declare`. */
  import(name: string, params: readonly ValType[], results: readonly ValType[]): number {
    if (this.functions.length) throw new Error(`import of ${name} after a function was declared`);
    return this.imports.push({ name, type: this.type(params, results) }) - 1;
  }

  /** Reserve a function's index; its body is given later with `define`. */
  declare(name: string, params: readonly ValType[], results: readonly ValType[]): number {
    return this.imports.length + this.functions.push({ type: this.type(params, results), name }) - 1;
  }

  define(index: number, code: Code): number {
    this.functions[index - this.imports.length]!.code = code;
    return index;
  }

  /** A function in one go. */
  function(name: string, params: readonly ValType[], results: readonly ValType[], body: (c: Code) => void): number {
    const index = this.declare(name, params, results);
    const code = new Code(params, results);
    body(code);
    return this.define(index, code);
  }

  export(name: string, index: number): void {
    this.exported.push({ name, index });
  }

  /** Let the function table be seen, and filled further. */
  exportTable(name: string): void {
    this.tableName = name;
  }

  /** Put functions into the table, side by side; gives the first one's table index. */
  tableEntries(...functions: number[]): number {
    return this.table.push(...functions) - functions.length;
  }

  /** Bytes that are written to the memory when the module is instantiated. */
  data(address: number, bytes: Uint8Array): void {
    this.segments.push({ address, bytes });
  }

  /** The module's bytes. @throws Error naming a function that was declared and never defined */
  encode(): Uint8Array<ArrayBuffer> {
    const text = (s: string) => {
      const bytes = new TextEncoder().encode(s);
      return [...uleb(bytes.length), ...bytes];
    };
    const types = this.types.map((key) => {
      const [params, results] = JSON.parse(key) as [ValType[], ValType[]];
      const list = (types: ValType[]) => [...uleb(types.length), ...types.map((t) => VALTYPE[t])];
      return [0x60, ...list(params), ...list(results)];
    });
    const imports = this.imports.map((i) => [...text('env'), ...text(i.name), 0, ...uleb(i.type)]);
    const written = this.functions.map(({ code, name }) => {
      if (!code) throw new Error(`${name} was declared and never defined`);
      return { code, locals: [...uleb(code.locals.length), ...code.locals.flatMap((t) => [1, VALTYPE[t]])] };
    });
    const bodies = written.flatMap(({ code, locals }) => [
      [...uleb(locals.length + code.bytes.length + 1), ...locals],
      code.bytes,
      [0x0b],
    ]);
    const hints = written.flatMap(({ code, locals }, n) => {
      if (!code.rare.length) return [];
      const each = code.rare.flatMap((at) => [...uleb(locals.length + at), 1, 0]);
      return [[...uleb(this.imports.length + n), ...uleb(code.rare.length), ...each]];
    });
    const elements = this.table.length
      ? [[0, 0x41, 0, 0x0b, ...uleb(this.table.length), ...this.table.flatMap((f) => uleb(f))]]
      : [];
    const exports = this.exported.map((e) => [...text(e.name), 0, ...uleb(e.index)]);
    if (this.tableName) exports.push([...text(this.tableName), 1, 0]);
    const segments = this.segments.map(({ address, bytes }) => [
      ...[0, 0x41, ...sleb(address), 0x0b],
      ...[...uleb(bytes.length), ...bytes],
    ]);
    const sections: [id: number, count: number, parts: readonly (readonly number[])[], name?: string][] = [
      [1, types.length, types],
      [2, imports.length + 1, [...imports, [...text('env'), ...text('memory'), 2, 0, 1]]],
      [3, this.functions.length, this.functions.map((f) => uleb(f.type))],
      [4, this.table.length ? 1 : 0, [[0x70, 0, ...uleb(this.table.length)]]],
      [7, exports.length, exports],
      [9, elements.length, elements],
      [0, hints.length, hints, 'metadata.code.branch_hint'],
      [10, this.functions.length, bodies],
      [11, segments.length, segments],
    ];
    return concatenate([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...sections.flatMap(([id, count, parts, name]) => {
        if (!count) return [];
        const head = [...(name === undefined ? [] : text(name)), ...uleb(count)];
        const length = parts.reduce((n, part) => n + part.length, head.length);
        return [[id, ...uleb(length), ...head], ...parts];
      }),
    ]);
  }
}

function concatenate(parts: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
