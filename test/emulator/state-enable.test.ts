/** State enables (Smstateen, Ssstateen), and what menvcfg and senvcfg keep. */
import { csr, gives, illegal, keeps, prove, type Step, value, within, write } from './privileged.js';

const CPU = 'rv64,h=false,v=false';
const all = (1n << 64n) - 1n;
const touch = (name: string) => `csrr a0, ${csr(name)}`;
const each = (make: (n: number) => Step) => [0, 1, 2, 3].map(make);

prove(
  'mstateen lets the supervisor at sstateen and senvcfg',
  'rv64gc_smstateen',
  `${CPU},smstateen=on,zicbom=off,zicboz=off`,
  [
    ...each((n) => within('S', touch(`sstateen${n}`), illegal)),
    within('S', touch('senvcfg'), illegal),
    gives(touch('senvcfg'), value(0)),
    // QEMU has bit 56, which governs state of the hypervisor extension, without that too.
    { ...keeps('mstateen0', all, 3n << 62n), qemu: value(0xc1n << 56n) },
    ...[1, 2, 3].map((n) => keeps(`mstateen${n}`, all, 1n << 63n)),
    ...each((n) => within('S', touch(`sstateen${n}`), value(0))),
    // QEMU keeps bits there that are none of user mode's.
    ...each((n) => ({ ...keeps(`sstateen${n}`, all, 0), qemu: value((n === 0 ? 3n : 2n) << 62n) })),
    ...each((n) => keeps(`sstateen${n}`, 0)),
    ...each((n) => within('U', touch(`sstateen${n}`), illegal)),
    within('S', `li t0, 1; csrw ${csr('senvcfg')}, t0; ${touch('senvcfg')}`, value(1)),
    write('mstateen0', 1n << 62n),
    within('S', touch('senvcfg'), value(1)),
    within('S', touch('sstateen0'), illegal),
    within('S', touch('sstateen1'), value(0)),
    write('mstateen0', 1n << 63n),
    within('S', touch('senvcfg'), illegal),
    within('S', touch('sstateen0'), value(0)),
    within('S', touch('mstateen0'), illegal),
  ],
);
prove('custom state is not kept from anyone', 'rv64gc_smstateen_xhartdot', undefined, [
  keeps('mstateen0', 0, 1),
  keeps('sstateen0', 0, 1),
  keeps('sstateen1', 1, 0),
]);
prove('without Smstateen there is nothing to enable', 'rv64gc', `${CPU},smstateen=off`, [
  gives(touch('mstateen0'), illegal),
  gives(touch('sstateen0'), illegal),
  within('S', `li t0, 1; csrw ${csr('senvcfg')}, t0; ${touch('senvcfg')}`, value(1)),
]);

const BARE = 'zicbom=off,zicboz=off,svpbmt=off,sstc=off,svadu=off,smnpm=off,ssnpm=off';
prove('menvcfg and senvcfg have no fields of absent extensions', 'rv64gc', `${CPU},${BARE}`, [
  // QEMU has the fields of cache-block operations always, and bit 60 of counter delegation.
  { ...keeps('menvcfg', all, 1), qemu: value(0x1000_0000_0000_00f1n) },
  { ...keeps('senvcfg', all, 1), qemu: value(0xf1) },
]);
const WHOLE = 'zicbom=on,zicboz=on,svpbmt=on,sstc=on,svadu=on,svade=on,smnpm=on,ssnpm=on';
prove(
  'menvcfg and senvcfg have the fields of extensions that are there',
  'rv64gc_zicbom_zicboz_svpbmt_sstc_svadu_svade_smnpm_ssnpm',
  `${CPU},${WHOLE}`,
  [
    { ...keeps('menvcfg', all, 0xe000_0003_0000_00f1n), qemu: value(0xf000_0003_0000_00f1n) },
    keeps('menvcfg', 0x10, 0x10),
    // QEMU keeps the reserved combination.
    { ...keeps('menvcfg', 0x20, 0x10), qemu: value(0x20) },
    keeps('senvcfg', all, 0x3_0000_00f1n),
    keeps('senvcfg', 0x30),
    keeps('senvcfg', 0),
  ],
);
