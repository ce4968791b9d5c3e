/** What `harthop/vector` and `harthop/setLane` are asked and answer: HartHop's own requests, for views of vector registers. */

/** Whose vector registers. One of the three; none: those of the hart that stopped. */
export interface VectorOwner {
  /** The thread of a frame of `stackTrace`. */
  readonly frameId?: number;
  /** The thread that a hart runs, or the hart's own registers when it runs none. */
  readonly threadId?: number;
  /** A software thread, wherever it is now. */
  readonly task?: number;
}

/** How registers are looked at. What is left out is as the vtype in force has it. */
export interface VectorFormat {
  /** `e8` to `e64`, `u8` to `u64`, `f16`, `bf16`, `f32`, `f64`, or `mask`: a bit for each lane. */
  readonly element?: string;
  /** Registers in a group: 1, 2, 4 or 8. */
  readonly group?: number;
  /** `d`: as a number (default), `x`: its bits in hexadecimal, `b`: in binary. */
  readonly radix?: 'd' | 'x' | 'b';
}

export interface VectorArguments extends VectorOwner, VectorFormat {
  /** Only groups in which some byte is not zero. */
  readonly nonzero?: boolean;
  /** Rows (register groups) from here, so many; default: all. Not more than 16,384 lanes are answered: then fewer rows, at least one. */
  readonly firstRow?: number;
  readonly rows?: number;
  /** Lanes of each row, likewise. */
  readonly firstLane?: number;
  readonly lanes?: number;
}

/** One letter for each lane: `b` body, `m` body but masked off, `t` tail, `p` prestart (before vstart). */
export type LaneMarks = string;

export interface VectorRow {
  /** The first register of the group. */
  readonly register: number;
  /** `v8`, `v8..v9`. */
  readonly name: string;
  /** What its lanes are shown as. */
  readonly element: string;
  /** Every byte of it is zero. */
  readonly zero: boolean;
  readonly values: readonly string[];
  readonly marks: LaneMarks;
  /** Lanes (by their number in the row) that changed since the stop before. */
  readonly changed: readonly number[];
  /** Lanes that the other copy has otherwise, with its value. */
  readonly other: readonly (readonly [lane: number, value: string])[];
}

export interface VectorAnswer {
  /** `hart 2 · rv64gcv · U · task 7 dgemm`, or `task 7 dgemm`. */
  readonly owner: string;
  /** The task, where the owner is one. */
  readonly task?: number;
  /** `unsupported`, `live`, `saved`, `resident`, `discarded`. */
  readonly state: string;
  /** Where the registers are, in words. */
  readonly where: string;
  /** Absent: there are none to be shown. */
  readonly contents?: VectorTable;
}

export interface VectorTable {
  /** Bytes of a register. */
  readonly vlenb: number;
  /** `e64, m4, ta, ma`; absent while vill is set. */
  readonly vtype?: string;
  readonly vl: number;
  readonly vstart: number;
  /** The instruction at pc is masked by v0. */
  readonly masked: boolean;
  /** Registers in a group, rows in all, and lanes in each. */
  readonly group: number;
  readonly rowCount: number;
  readonly laneCount: number;
  /** Where the answered part begins. */
  readonly firstRow: number;
  readonly firstLane: number;
  readonly rows: readonly VectorRow[];
  /** Whether there was a stop before at which these registers were looked at: only then can lanes be told to have changed. */
  readonly hasBefore: boolean;
  /** What `other` of the rows comes from: `the registers of hart 2`, `the save area`. */
  readonly otherName?: string;
}

export interface SetLaneArguments extends VectorOwner {
  /** The first register of the group, 0 to 31. */
  readonly register: number;
  readonly element: string;
  readonly lane: number;
  /** As typed: a number of the element's type. */
  readonly value: string;
}

export interface SetLaneAnswer {
  /** The lane as it is now. */
  readonly value: string;
}
