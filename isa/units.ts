/** Registers of extensions' units by name: d0, d1, … */
import { extensions } from './table.js';
import type { RegisterFile } from './types.js';

export interface UnitRegisterName {
  readonly name: string;
  readonly extension: string;
  readonly file: RegisterFile;
  readonly number: number;
}

/** All of them. */
export const unitRegisterNames: readonly UnitRegisterName[] = extensions.flatMap(({ name: extension, unit }) =>
  (unit?.files ?? []).flatMap((file) =>
    Array.from({ length: file.count }, (_, number) => ({ name: `${file.name}${number}`, extension, file, number })),
  ),
);
