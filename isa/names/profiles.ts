/** Profiles as a base of ISA strings: `rva23u64_zvl256b` ("RISC-V Profiles" and "RVA23 Profile", mandatory extensions). */

export interface Profile {
  readonly doc: string;
  /** The mandatory extensions, in the spelling of ISA strings, without what they imply. */
  readonly extensions: readonly string[];
}

const list = (text: string) => text.trim().split(/\s+/);

const rva20u64 = list('i m a f d c zicntr ziccif ziccrse ziccamoa za128rs zicclsm');
const rva20s64 = [...rva20u64, ...list('zifencei svbare sv39 svade ssccptr sstvecd sstvala')];
const rva22u64 = list(`
  i m a f d c b zicntr zihpm ziccif ziccrse ziccamoa zicclsm za64rs zihintpause zic64b zicbom zicbop zicboz zfhmin zkt`);
const rva22s64 = [
  ...rva22u64,
  ...list('zifencei svbare sv39 svade ssccptr sstvecd sstvala sscounterenw svpbmt svinval'),
];
const rva23u64 = [...rva22u64, ...list('v zvfhmin zvbb zvkt zihintntl zicond zimop zcmop zcb zfa zawrs supm')];
/** Of Sha, the hypervisor's share of RVA23S64, only the extension that does not need H. */
const rva23s64 = [...new Set([...rva23u64, ...rva22s64, ...list('svnapot sstc sscofpmf ssnpm ssu64xl ssstateen')])];

/** The newest first. */
export const profiles: Readonly<Record<string, Profile>> = {
  rva23u64: { doc: 'User mode of 2023: vectors.', extensions: rva23u64 },
  rva23s64: { doc: 'The same, and supervisor mode, without the hypervisor extension (H, Sha).', extensions: rva23s64 },
  rva22u64: { doc: 'User mode of 2022: bit manipulation and cache blocks.', extensions: rva22u64 },
  rva22s64: { doc: 'The same, and supervisor mode.', extensions: rva22s64 },
  rva20u64: {
    doc: 'User mode of 2020: integers, floating point, atomic and compressed instructions.',
    extensions: rva20u64,
  },
  rva20s64: { doc: 'The same, and supervisor mode.', extensions: rva20s64 },
};
