/**
 * The registers that GDB is told of, and where each lies in a hart. GDB has one description for all threads of a process, so it names whatever
 * any hart of that has; of what a hart lacks, the value is not available.
 */
import { csrs } from '../isa/csrs.js';
import { fNames, vNames, xNames } from '../isa/registers.js';
import type { TargetHart } from '../debug-adapter/target.js';

export interface GdbRegister {
  readonly name: string;
  readonly bytes: number;
  readonly type?: string;
  /** Undefined: the hart has no such register. */
  read(hart: TargetHart): Uint8Array | undefined;
  /** @throws RangeError where it can't be set */
  write(hart: TargetHart, bytes: Uint8Array): void;
}

interface Feature {
  readonly name: string;
  readonly registers: readonly GdbRegister[];
}

function bytesOf(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
}
const numberOf = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function register(
  name: string,
  bytes: number,
  read: (hart: TargetHart) => bigint | undefined,
  write: (hart: TargetHart, value: bigint) => void,
  type?: string,
): GdbRegister {
  return {
    name,
    bytes,
    ...(type && { type }),
    read: (hart) => {
      const value = read(hart);
      return value === undefined ? undefined : bytesOf(value, bytes);
    },
    write: (hart, value) => write(hart, numberOf(value)),
  };
}

/** A CSR's value; undefined where the hart has none of that number. */
function csrOf(hart: TargetHart, number: number): bigint | undefined {
  try {
    return BigInt.asUintN(64, hart.csr(number));
  } catch {
    return undefined;
  }
}

/** These stand among the floating-point registers. */
const ofFloat = ['fflags', 'frm', 'fcsr'];

export class Registers {
  readonly all: readonly GdbRegister[];
  /** Of the `g` packet: the integer registers and pc. GDB asks for others one by one. */
  readonly general: readonly GdbRegister[];
  private readonly features: readonly Feature[];
  /** Bytes of the longest vector register. */
  private readonly vlenb: number;

  constructor(harts: readonly TargetHart[]) {
    this.vlenb = Math.max(...harts.map(({ vlenb }) => vlenb));
    const csr = (name: string, bytes: number) => {
      const { number } = csrs.find((each) => each.name === name)!;
      const write = (hart: TargetHart, value: bigint) => hart.setCsr(number, value);
      return register(name, bytes, (hart) => csrOf(hart, number), write, 'int');
    };
    const hasFloat = (hart: TargetHart) => hart.isa.extensions.has('F');
    this.general = [
      ...xNames.map((name, n) =>
        register(
          name,
          8,
          (hart) => hart.x(n),
          (hart, value) => hart.setX(n, value),
          pointers[name] ?? 'int',
        ),
      ),
      register(
        'pc',
        8,
        (hart) => hart.pc,
        (hart, value) => hart.setPc(value),
        'code_ptr',
      ),
    ];
    const float = fNames.map((name, n) =>
      register(
        name,
        8,
        (hart) => (hasFloat(hart) ? hart.f(n) : undefined),
        (hart, value) => hart.setF(n, value),
        'riscv_double',
      ),
    );
    const others = csrs.filter(
      ({ name, number }) => !ofFloat.includes(name) && harts.some((hart) => csrOf(hart, number) !== undefined),
    );
    this.features = [
      { name: 'org.gnu.gdb.riscv.cpu', registers: this.general },
      ...(harts.some(hasFloat)
        ? [{ name: 'org.gnu.gdb.riscv.fpu', registers: [...float, ...ofFloat.map((name) => csr(name, 4))] }]
        : []),
      ...(this.vlenb
        ? [{ name: 'org.gnu.gdb.riscv.vector', registers: vNames.map((name, n) => this.vector(name, n)) }]
        : []),
      { name: 'org.gnu.gdb.riscv.virtual', registers: [privilege] },
      { name: 'org.gnu.gdb.riscv.csr', registers: others.map(({ name }) => csr(name, 8)) },
    ];
    this.all = this.features.flatMap(({ registers }) => registers);
  }

  /** As long as the longest; of a hart whose registers are shorter the rest is zero. */
  private vector(name: string, n: number): GdbRegister {
    const bytes = this.vlenb;
    return {
      name,
      bytes,
      type: 'riscv_vector',
      read: (hart) => {
        if (!hart.vlenb) return undefined;
        const whole = new Uint8Array(bytes);
        whole.set(hart.vectorBytes(n));
        return whole;
      },
      write: (hart, value) => {
        if (!hart.vlenb) throw new RangeError(`hart ${hart.id} has no vector registers`);
        hart.setVectorBytes(n * hart.vlenb, value.subarray(0, hart.vlenb));
      },
    };
  }

  /** The target description (GDB manual, "Target Descriptions"). */
  get description(): string {
    let number = 0;
    const features = this.features.map(({ name, registers }) => {
      const lines = registers.map(
        (each) =>
          `<reg name="${each.name}" bitsize="${8 * each.bytes}" regnum="${number++}" type="${each.type ?? 'int'}"/>`,
      );
      return `<feature name="${name}">\n${this.types(name)}${lines.join('\n')}\n</feature>`;
    });
    return `<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd">\n<target>\n<architecture>riscv:rv64</architecture>\n${features.join('\n')}\n</target>\n`;
  }

  private types(feature: string): string {
    if (feature.endsWith('.fpu'))
      return '<union id="riscv_double"><field name="float" type="ieee_single"/><field name="double" type="ieee_double"/></union>\n';
    if (!feature.endsWith('.vector')) return '';
    const shapes = [
      ['bytes', 'uint8', 1, 'b'],
      ['shorts', 'uint16', 2, 's'],
      ['words', 'uint32', 4, 'w'],
      ['longs', 'uint64', 8, 'l'],
      ['quads', 'uint128', 16, 'q'],
      ['floats', 'ieee_single', 4, 'f'],
      ['doubles', 'ieee_double', 8, 'd'],
    ] as const;
    const vectors = shapes.map(
      ([id, type, size]) => `<vector id="${id}" type="${type}" count="${this.vlenb / size}"/>\n`,
    );
    const fields = shapes.map(([id, , , field]) => `<field name="${field}" type="${id}"/>`);
    return `${vectors.join('')}<union id="riscv_vector">${fields.join('')}</union>\n`;
  }
}

const pointers: Readonly<Record<string, string>> = { ra: 'code_ptr', sp: 'data_ptr', gp: 'data_ptr', tp: 'data_ptr' };

const privilege: GdbRegister = register(
  'priv',
  8,
  (hart) => BigInt(hart.privilege),
  (hart) => {
    throw new RangeError(`the privilege of hart ${hart.id} changes by traps and returns only`);
  },
);
