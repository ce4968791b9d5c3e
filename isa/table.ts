/** THE table: every extension, in the order of the specification. An extension is added here and nowhere else. */
import type { Extension, Instruction } from './types.js';
import { A, Zaamo, Zalrsc } from './a.js';
import { C, Zca, Zcd } from './c.js';
import { D } from './d.js';
import { F } from './f.js';
import { I } from './i.js';
import { M, Zmmul } from './m.js';
import { Privileged } from './privileged.js';
import { Svinval } from './svinval.js';
import { Zvfbfmin, Zvfbfwma } from './vector/bfloat.js';
import { Zvfh, Zvfhmin } from './vector/half.js';
import { V } from './vector/v.js';
import { Zvbb } from './vector/zvbb.js';
import { Zvbc } from './vector/zvbc.js';
import { Zvkb } from './vector/zvkb.js';
import { Zvkg } from './vector/zvkg.js';
import { Zvkned } from './vector/zvkned.js';
import { Zvknha, Zvknhb } from './vector/zvknh.js';
import { Zvksed } from './vector/zvksed.js';
import { Zvksh } from './vector/zvksh.js';
import { Zfa } from './zfa.js';
import { Zfbfmin } from './zfbfmin.js';
import { Zfh, Zfhmin } from './zfh.js';
import { Xhartdot } from './xhartdot.js';
import { Xharthint } from './xharthint.js';
import { Zacas, Zabha } from './zacas.js';
import { Zawrs } from './zawrs.js';
import { Zba } from './zba.js';
import { Zbb } from './zbb.js';
import { Zbc, Zbkc } from './zbc.js';
import { Zbkb, Zbkx } from './zbk.js';
import { Zbs } from './zbs.js';
import { Zcb } from './zcb.js';
import { Zicbom, Zicbop, Zicboz } from './zicbo.js';
import { Zicond } from './zicond.js';
import { Zihintntl, Zihintpause } from './zihint.js';
import { Zcmop, Zimop } from './zimop.js';
import { Zknd, Zkne, Zknh } from './zkn.js';
import { Zksed, Zksh } from './zks.js';
import { Zicntr, Zicsr } from './zicsr.js';
import { Zifencei } from './zifencei.js';

export const extensions: readonly Extension[] = [
  I,
  Zmmul,
  M,
  Zalrsc,
  Zaamo,
  A,
  Zawrs,
  Zacas,
  Zabha,
  F,
  D,
  Zfhmin,
  Zfh,
  Zfbfmin,
  Zfa,
  Zicsr,
  Zicntr,
  Zifencei,
  Zihintntl,
  Zihintpause,
  Zimop,
  Zicond,
  Zicbom,
  Zicbop,
  Zicboz,
  Zca,
  Zcd,
  C,
  Zcmop,
  Zcb,
  Zba,
  Zbb,
  Zbc,
  Zbs,
  Zbkb,
  Zbkc,
  Zbkx,
  Zkne,
  Zknd,
  Zknh,
  Zksed,
  Zksh,
  V,
  Zvfhmin,
  Zvfh,
  Zvfbfmin,
  Zvfbfwma,
  Zvkb,
  Zvbb,
  Zvbc,
  Zvkg,
  Zvkned,
  Zvknha,
  Zvknhb,
  Zvksed,
  Zvksh,
  Privileged,
  Svinval,
  Xhartdot,
  Xharthint,
];

export const instructions: readonly Instruction[] = extensions.flatMap((e) => e.rows);

const byName = new Map(instructions.map((row) => [row.name, row]));

/** The row of a mnemonic (without ordering suffix), or undefined. */
export function instructionNamed(name: string): Instruction | undefined {
  return byName.get(name);
}
