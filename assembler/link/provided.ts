/** Symbols that linkers define for programs (GNU ld manual, "PROVIDE"; names as its riscv64 scripts have them). */
import { SHF, SHT } from '../section.js';
import type { OutputSection } from './output-section.js';

/**
 * @param base where the image starts
 * @param headers do the file's headers lie there?
 */
export function providedSymbols(
  sections: readonly OutputSection[],
  base: bigint,
  headers: boolean,
): [name: string, value: () => bigint][] {
  const named = (name: string) => sections.find((section) => section.name === name);
  const end = (test: (section: OutputSection) => boolean) => () =>
    sections
      .filter((s) => s.allocated && test(s))
      .reduce((last, s) => (s.address + BigInt(s.size) > last ? s.address + BigInt(s.size) : last), base);
  const isCode = ({ flags }: OutputSection) => (flags & SHF.EXECINSTR) !== 0;
  const isBss = ({ type, flags }: OutputSection) => type === SHT.NOBITS && !(flags & SHF.TLS);
  const dataStart = () =>
    sections.find((s) => s.allocated && s.flags & SHF.WRITE && !isBss(s))?.address ?? end(() => true)();
  const list: [string, () => bigint][] = [
    ['__executable_start', () => base],
    ['__global_pointer$', () => (named('.sdata')?.address ?? dataStart()) + 0x800n],
    ['__DATA_BEGIN__', dataStart],
    ['__SDATA_BEGIN__', () => named('.sdata')?.address ?? dataStart()],
    ['__bss_start', () => sections.find((s) => s.allocated && isBss(s))?.address ?? end(() => true)()],
    ['__BSS_END__', end(() => true)],
    ['__dso_handle', () => 0n],
  ];
  if (headers) list.push(['__ehdr_start', () => base]);
  for (const prefix of ['', '_', '__']) {
    list.push(
      [`${prefix}etext`, end(isCode)],
      [`${prefix}edata`, end((s) => !isBss(s))],
      [`${prefix}end`, end(() => true)],
    );
  }
  const bounds = (section: OutputSection | undefined, start: string, stop: string) => {
    list.push([start, () => section?.address ?? 0n]);
    list.push([stop, () => (section?.address ?? 0n) + BigInt(section?.size ?? 0)]);
  };
  for (const name of ['preinit_array', 'init_array', 'fini_array'])
    bounds(named(`.${name}`), `__${name}_start`, `__${name}_end`);
  bounds(named('.rela.iplt'), '__rela_iplt_start', '__rela_iplt_end');
  for (const section of sections.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name)))
    bounds(section, `__start_${section.name}`, `__stop_${section.name}`);
  const table = named('.got');
  if (table) list.push(['_GLOBAL_OFFSET_TABLE_', () => table.address]);
  return list;
}
