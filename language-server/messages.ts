/** Requests of HartHop's own, beside those of the protocol. Their parameters name a document, as `{ textDocument: { uri } }`. */
import type { Range } from 'vscode-languageserver-types';

/** `harthop/migrations`: where threads change harts in a document. */
export interface Migrations {
  readonly places: readonly MigrationPlace[];
}

/** One line, once. */
export interface MigrationPlace {
  readonly range: Range;
  /** A thread leaves (or may) before the instruction, comes back (or may) for it, or does both. */
  readonly way: 'leave' | 'return' | 'both';
}

/** `harthop/migrationGraph`: who may go where in a document's program. */
export interface MigrationGraph {
  /** The chip that it is for, in words. */
  readonly chip: string;
  /** The build that it holds for, where the document is a source in C: `in build/dgemm, -O2, 14:03`. */
  readonly build?: string;
  /** Why nothing is to be seen; undefined: something is. */
  readonly nothing?: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly loops: readonly GraphLoop[];
}

/** A place in a source. */
export interface GraphPlace {
  readonly uri: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A function's instructions that a thread executes on one kind of hart. */
export interface GraphNode {
  readonly id: string;
  readonly function: string;
  /** The class that has brought the thread there; undefined: it is on an application hart. */
  readonly class?: string;
  /** The first of its instructions. */
  readonly place?: GraphPlace;
  /** Their lines, from and to, where they stand in the document. */
  readonly lines: readonly (readonly [from: number, to: number])[];
  /** The program starts here. */
  readonly start?: boolean;
  /** No function, but where threads end. */
  readonly end?: boolean;
}

/** Ways from one node to another, of one kind: calls go to functions, `end` is where these come back on another hart than they were called on, and `exit` goes to where threads end. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'leave' | 'return' | 'ask' | 'call' | 'end' | 'exit';
  readonly points: readonly GraphPoint[];
}

export interface GraphPoint {
  /** Undefined: the code has no place in a source. */
  readonly place?: GraphPlace;
  /** As it is written, or the mnemonic. */
  readonly instruction: string;
  /** In words: for which class, or for what it comes back. */
  readonly why: string;
  /** It happens whenever control comes there. */
  readonly always: boolean;
  /** It leaves once more, after it came back for this instruction. */
  readonly again?: boolean;
  /** The loops that have it once each time round, by their numbers. */
  readonly loops: readonly number[];
}

/** A loop that goes out and back each time round. */
export interface GraphLoop {
  readonly place?: GraphPlace;
  /** Round trips of an iteration, and cycles that they cost. */
  readonly trips: number;
  readonly cycles: number;
}

/** `harthop/recognise`: for which processors a text (parameter `text`) is assembly; left out where there is too little to tell. */
export interface Recognised {
  readonly architecture?: 'riscv' | 'x86' | 'arm';
}

/** `harthop/readFile`, from the server to a client for which it runs in a browser: a file (parameter `path`); left out where there is none. */
export interface FileContent {
  readonly text?: string;
}

/** `harthop/measured`, a notification: what a run did at places in sources, in place of what was told before (language-server/measured/measured.ts). */
export type { Measured } from './measured/measured.js';

/** `harthop/builds`, a notification: programs that the client runs, or would by a launch configuration, built from C or C++; absolute paths. */
export interface BuildsRun {
  readonly programs: readonly string[];
}

/** `harthop/chip`, a notification: the chip that the client runs programs on, by a launch configuration, in place of the setting; left out, the setting's. */
export interface ChipRun {
  readonly soc?: string;
}
