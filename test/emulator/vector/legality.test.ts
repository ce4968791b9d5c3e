import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type VectorState, whyIllegal } from '../../../isa/vector/legality.js';
import { encode } from '../../../isa/encode.js';
import { instructionNamed } from '../../../isa/table.js';

/** vtype of a SEW and an LMUL. */
const vtype = (sew: number, lmul: number) => BigInt((Math.log2(sew / 8) << 3) | (Math.log2(lmul) & 7));
const E32 = { vtype: vtype(32, 1) };
const E16 = { vtype: vtype(16, 1) };
/** A hart with these. */
const having = (...names: string[]) => ({ has: (name: string) => names.includes(name) });
const VILL = 1n << 63n;

function why(name: string, values: number[], state: Partial<VectorState>): string | undefined {
  const row = instructionNamed(name)!;
  const all = { vtype: vtype(8, 1), vstart: 0, vs: 1, fs: 1, frm: 0, vl: 0, vlenb: 16, has: () => false, ...state };
  return whyIllegal(row, encode(row, values), all);
}

/** A rule: what it lets through, and what it stops and says. vm is 1 for unmasked, 0 for `v0.t`. */
type Example = readonly [name: string, values: number[], state: Partial<VectorState>];
const rules: readonly {
  rule: string;
  legal: readonly Example[];
  illegal: readonly (readonly [RegExp, ...Example])[];
}[] = [
  {
    rule: 'the vector unit must be on',
    legal: [['vsetvli', [0, 10, 0], { vs: 1 }]],
    illegal: [
      [/mstatus.VS/, 'vsetvli', [0, 10, 0], { vs: 0 }],
      [/mstatus.VS/, 'vs1r.v', [1, 10], { vs: 0 }],
    ],
  },
  {
    rule: 'floating-point elements need the floating-point unit on',
    legal: [
      ['vfadd.vv', [1, 2, 3, 1], E32],
      ['vadd.vv', [1, 2, 3, 1], { fs: 0 }],
    ],
    illegal: [
      [/mstatus.FS/, 'vfadd.vv', [1, 2, 3, 1], { ...E32, fs: 0 }],
      [/mstatus.FS/, 'vfmv.f.s', [1, 2], { ...E32, fs: 0 }],
    ],
  },
  {
    rule: 'frm must hold a rounding mode where floats are computed',
    legal: [
      ['vfadd.vv', [1, 2, 3, 1], { ...E32, frm: 4 }],
      ['vfmv.f.s', [1, 2], { ...E32, frm: 5 }],
    ],
    illegal: [
      [/frm holds 5/, 'vfadd.vv', [1, 2, 3, 1], { ...E32, frm: 5 }],
      [/frm holds 7/, 'vfredosum.vs', [1, 2, 3, 1], { ...E32, frm: 7 }],
    ],
  },
  {
    rule: 'vtype must be set, but for vset, whole-register loads and stores',
    legal: [
      ['vsetvli', [0, 10, 0], { vtype: VILL }],
      ['vl2re32.v', [2, 10], { vtype: VILL }],
      ['vs8r.v', [8, 10], { vtype: VILL }],
    ],
    illegal: [
      [/vill/, 'vadd.vv', [1, 2, 3, 1], { vtype: VILL }],
      [/vill/, 'vlm.v', [1, 10], { vtype: VILL }],
      [/vill/, 'vmv1r.v', [1, 2], { vtype: VILL }],
      [/vill/, 'vmv.x.s', [10, 2], { vtype: VILL }],
    ],
  },
  {
    rule: 'these start at element 0',
    legal: [
      ['vredsum.vs', [1, 2, 3, 1], {}],
      ['vadd.vv', [1, 2, 3, 1], { vstart: 3 }],
    ],
    illegal: [
      [/vstart/, 'vredsum.vs', [1, 2, 3, 1], { vstart: 1 }],
      [/vstart/, 'vfredosum.vs', [1, 2, 3, 1], { ...E32, vstart: 1 }],
      [/vstart/, 'vcpop.m', [10, 2, 1], { vstart: 1 }],
      [/vstart/, 'vfirst.m', [10, 2, 1], { vstart: 1 }],
      [/vstart/, 'vmsbf.m', [1, 2, 1], { vstart: 1 }],
      [/vstart/, 'viota.m', [1, 2, 1], { vstart: 1 }],
      [/vstart/, 'vcompress.vm', [1, 2, 3], { vstart: 1 }],
    ],
  },
  {
    rule: 'a group starts at a multiple of its size',
    legal: [
      ['vadd.vv', [8, 16, 24, 1], { vtype: vtype(8, 8) }],
      ['vadd.vv', [1, 3, 5, 1], { vtype: vtype(8, 1 / 2) }],
      ['vwadd.vv', [2, 1, 5, 1], { vtype: vtype(8, 1) }],
      ['vredsum.vs', [1, 8, 3, 1], { vtype: vtype(8, 8) }],
      ['vmv4r.v', [4, 8], {}],
      ['vl4re8.v', [4, 10], {}],
    ],
    illegal: [
      [/v4 can't start a group of 8/, 'vadd.vv', [8, 16, 4, 1], { vtype: vtype(8, 8) }],
      [/vd/, 'vwadd.vv', [1, 4, 5, 1], { vtype: vtype(8, 1) }],
      [/vs2/, 'vredsum.vs', [1, 7, 3, 1], { vtype: vtype(8, 8) }],
      [/v2 can't/, 'vmv4r.v', [2, 8], {}],
      [/v2 can't/, 'vl4re8.v', [2, 10], {}],
      [/vs3/, 'vse8.v', [3, 10, 1], { vtype: vtype(8, 2) }],
    ],
  },
  {
    rule: 'EMUL is at most 8 (with ELEN 64 no supported vtype leads below 1/8)',
    legal: [
      ['vle8.v', [1, 10, 1], { vtype: vtype(32, 1 / 2) }],
      ['vle64.v', [8, 10, 1], { vtype: vtype(8, 1) }],
      ['vzext.vf8', [8, 2, 1], { vtype: vtype(64, 1) }],
      ['vluxei64.v', [1, 10, 8, 1], { vtype: vtype(8, 1) }],
    ],
    illegal: [
      [/16 registers/, 'vle64.v', [8, 10, 1], { vtype: vtype(8, 2) }],
      [/16 registers/, 'vwadd.vv', [8, 16, 24, 1], { vtype: vtype(8, 8) }],
      [/vs2 would be 16/, 'vluxei64.v', [2, 10, 8, 1], { vtype: vtype(8, 2) }],
    ],
  },
  {
    rule: 'elements have 8 to 64 bits, floating-point ones of V 32 or 64',
    legal: [
      ['vwadd.vv', [2, 4, 5, 1], E32],
      ['vfwadd.vv', [2, 4, 5, 1], E32],
      ['vfncvt.x.f.w', [1, 2, 1], { vtype: vtype(16, 1) }],
      ['vzext.vf2', [1, 2, 1], { vtype: vtype(16, 1) }],
    ],
    illegal: [
      [/128 bits/, 'vwadd.vv', [2, 4, 5, 1], { vtype: vtype(64, 1) }],
      [/16 bits/, 'vfadd.vv', [1, 2, 3, 1], { vtype: vtype(16, 1) }],
      [/16 bits/, 'vfwadd.vv', [2, 4, 5, 1], { vtype: vtype(16, 1) }],
      [/4 bits/, 'vzext.vf2', [1, 2, 1], { vtype: vtype(8, 1) }],
      [/16 bits/, 'vfmv.f.s', [1, 2], { vtype: vtype(16, 1) }],
      [/128 bits/, 'vwredsum.vs', [1, 2, 3, 1], { vtype: vtype(64, 1) }],
    ],
  },
  {
    rule: 'floating-point elements of 16 bits need Zvfh, or for two conversions Zvfhmin',
    legal: [
      ['vfadd.vv', [1, 2, 3, 1], { ...E16, ...having('Zvfh', 'Zvfhmin') }],
      ['vfmv.f.s', [1, 2], { ...E16, ...having('Zvfh', 'Zvfhmin') }],
      ['vfwcvt.f.x.v', [2, 4, 1], { vtype: vtype(8, 1), ...having('Zvfh', 'Zvfhmin') }],
      ['vfncvt.x.f.w', [1, 2, 1], { vtype: vtype(8, 1), ...having('Zvfh', 'Zvfhmin') }],
      ['vfwcvt.f.f.v', [2, 4, 1], { ...E16, ...having('Zvfhmin') }],
      ['vfncvt.f.f.w', [1, 2, 1], { ...E16, ...having('Zvfhmin') }],
      ['vfwmaccbf16.vv', [2, 4, 5, 1], E16],
      ['vle16.v', [1, 10, 1], E16],
    ],
    illegal: [
      [/Zvfh /, 'vfadd.vv', [1, 2, 3, 1], { ...E16, ...having('Zvfhmin') }],
      [/Zvfh /, 'vfmv.s.f', [1, 2], { ...E16, ...having('Zvfhmin') }],
      [/Zvfh /, 'vfncvt.rod.f.f.w', [1, 2, 1], { ...E16, ...having('Zvfhmin') }],
      [/Zvfh /, 'vfwcvt.f.x.v', [2, 4, 1], { vtype: vtype(8, 1), ...having('Zvfhmin') }],
      [/Zvfh /, 'vfredosum.vs', [1, 2, 3, 1], { ...E16, ...having('Zvfhmin') }],
      [/Zvfhmin/, 'vfncvt.f.f.w', [1, 2, 1], E16],
      [/BF16 numbers of 32 bits/, 'vfwmaccbf16.vv', [2, 4, 5, 1], { ...E32, ...having('Zvfh') }],
      [/BF16 numbers of 8 bits/, 'vfncvtbf16.f.f.w', [1, 2, 1], { vtype: vtype(8, 1), ...having('Zvfh') }],
    ],
  },
  {
    rule: 'some instructions exist for some widths of elements only, one of them with another extension',
    legal: [
      ['vclmul.vv', [1, 2, 3, 1], { vtype: vtype(64, 1) }],
      ['vaesem.vv', [1, 2], E32],
      ['vsha2ms.vv', [1, 2, 3], E32],
      ['vsha2ms.vv', [2, 4, 6], { vtype: vtype(64, 2), ...having('Zvknhb') }],
      ['vwsll.vi', [2, 4, 31, 1], E32],
    ],
    illegal: [
      [/SEW is 32, and vclmul.vv works on elements of 64 bits/, 'vclmul.vv', [1, 2, 3, 1], E32],
      [/SEW is 64, and vaesem.vv works on elements of 32 bits/, 'vaesem.vv', [1, 2], { vtype: vtype(64, 1) }],
      [/SEW is 8, and .* 32 or 64 bits/, 'vsha2cl.vv', [1, 2, 3], {}],
      [/needs Zvknhb for elements of 64 bits/, 'vsha2ms.vv', [2, 4, 6], { vtype: vtype(64, 2) }],
      [/128 bits/, 'vwsll.vi', [2, 4, 31, 1], { vtype: vtype(64, 1) }],
    ],
  },
  {
    rule: 'element groups are whole: in the register group, in vl and in vstart',
    legal: [
      ['vaesem.vv', [1, 2], { ...E32, vl: 4 }],
      ['vsm4k.vi', [1, 2, 0], { vtype: vtype(32, 1 / 2), vlenb: 32, vl: 4 }],
      ['vsm3me.vv', [2, 4, 6], { vtype: vtype(32, 2), vl: 8 }],
      ['vghsh.vv', [4, 8, 12], { vtype: vtype(32, 4), vl: 12, vstart: 8 }],
    ],
    illegal: [
      [/vl is 6/, 'vaesem.vv', [1, 2], { vtype: vtype(32, 2), vl: 6 }],
      [/vstart is 2/, 'vgmul.vv', [1, 2], { ...E32, vl: 4, vstart: 2 }],
      [/vl is 4.* groups of 8/, 'vsm3c.vi', [2, 4, 0], { vtype: vtype(32, 2), vl: 4 }],
      [/0.5 \* 128 bits holds no group of 4 elements/, 'vsm4k.vi', [1, 2, 0], { vtype: vtype(32, 1 / 2) }],
      [/1 \* 128 bits holds no group of 8 elements/, 'vsm3me.vv', [2, 4, 6], E32],
      [/holds no group/, 'vsha2ms.vv', [2, 4, 6], { vtype: vtype(64, 1), ...having('Zvknhb') }],
    ],
  },
  {
    rule: 'one group for all takes one register, which vd leaves alone; hashes keep their sources',
    legal: [
      ['vaesz.vs', [4, 3], { vtype: vtype(32, 4) }],
      ['vaesem.vv', [4, 4], { vtype: vtype(32, 4) }],
      ['vghsh.vv', [1, 1, 1], E32],
      ['vsm3me.vv', [2, 4, 2], { vtype: vtype(32, 2) }],
    ],
    illegal: [
      [/vd overlaps vs2/, 'vaesz.vs', [4, 7], { vtype: vtype(32, 4) }],
      [/vd overlaps vs2/, 'vsm4r.vs', [1, 1], E32],
      [/v3 can't start/, 'vaesem.vv', [4, 3], { vtype: vtype(32, 4) }],
      [/vd overlaps vs1/, 'vsha2ch.vv', [1, 2, 1], E32],
      [/vd overlaps vs2/, 'vsha2ms.vv', [1, 1, 2], E32],
      [/vd overlaps vs2/, 'vsm3me.vv', [2, 2, 4], { vtype: vtype(32, 2) }],
      [/vd overlaps vs2/, 'vsm3c.vi', [2, 2, 4], { vtype: vtype(32, 2) }],
    ],
  },
  {
    rule: 'what is written under a mask does not overlap it, unless it is a mask or one element',
    legal: [
      ['vadd.vv', [0, 2, 3, 1], {}],
      ['vmseq.vv', [0, 2, 3, 0], {}],
      ['vmadc.vvm', [0, 2, 3], {}],
      ['vredsum.vs', [0, 2, 3, 0], {}],
    ],
    illegal: [
      [/v0/, 'vadd.vv', [0, 2, 3, 0], {}],
      [/v0/, 'vle8.v', [0, 10, 0], {}],
      [/v0/, 'vid.v', [0, 0], {}],
      [/v0/, 'vmerge.vvm', [0, 2, 3], {}],
      [/v0/, 'vadc.vvm', [0, 2, 3], {}],
      [/v0/, 'vmsif.m', [0, 2, 0], {}],
    ],
  },
  {
    rule: 'a wider destination overlaps a source only with its highest registers',
    legal: [
      ['vwadd.vv', [2, 3, 5, 1], {}],
      ['vzext.vf4', [4, 7, 1], { vtype: vtype(32, 4) }],
      ['vwadd.wv', [2, 2, 5, 1], {}],
    ],
    illegal: [
      [/highest/, 'vwadd.vv', [2, 2, 5, 1], {}],
      [/highest/, 'vzext.vf4', [4, 6, 1], { vtype: vtype(32, 4) }],
      [/highest/, 'vwmul.vv', [4, 8, 4, 1], { vtype: vtype(8, 2) }],
      [/highest/, 'vwadd.vv', [2, 2, 5, 1], { vtype: vtype(8, 1 / 2) }],
      [/highest/, 'vluxei8.v', [4, 10, 4, 1], { vtype: vtype(32, 4) }],
    ],
  },
  {
    rule: 'a narrower destination overlaps a source only at its lowest register',
    legal: [
      ['vnsrl.wv', [2, 2, 5, 1], {}],
      ['vmseq.vv', [2, 2, 8, 1], { vtype: vtype(8, 2) }],
      ['vluxei64.v', [8, 10, 8, 1], {}],
    ],
    illegal: [
      [/lowest/, 'vnsrl.wv', [3, 2, 5, 1], {}],
      [/lowest/, 'vmseq.vv', [3, 2, 8, 1], { vtype: vtype(8, 2) }],
      [/lowest/, 'vluxei64.v', [9, 10, 8, 1], {}],
    ],
  },
  {
    rule: "a segment's fields are at most eight registers, up to v31, and overlap no index",
    legal: [
      ['vlseg8e8.v', [24, 10, 1], {}],
      ['vlseg4e8.v', [8, 10, 1], { vtype: vtype(8, 2) }],
      ['vluxseg2ei8.v', [2, 10, 4, 1], {}],
      ['vsuxseg2ei8.v', [2, 10, 3, 1], {}],
    ],
    illegal: [
      [/beyond v31/, 'vlseg8e8.v', [25, 10, 1], {}],
      [/more than 8/, 'vlseg5e8.v', [8, 10, 1], { vtype: vtype(8, 2) }],
      [/more than 8/, 'vsseg3e16.v', [8, 10, 1], { vtype: vtype(8, 2) }],
      [/vs2/, 'vluxseg2ei8.v', [2, 10, 3, 1], {}],
      [/v0/, 'vlseg2e8.v', [0, 10, 0], {}],
    ],
  },
  {
    rule: 'gathers, upward slides, compress and mask walks write beside their sources',
    legal: [
      ['vrgather.vv', [1, 2, 3, 1], {}],
      ['vslidedown.vi', [2, 2, 1, 1], {}],
      ['vslide1down.vx', [2, 2, 10, 1], {}],
    ],
    illegal: [
      [/vs2/, 'vrgather.vv', [2, 2, 3, 1], {}],
      [/vs1/, 'vrgather.vv', [3, 2, 3, 1], {}],
      [/vs1/, 'vrgatherei16.vv', [2, 8, 3, 1], {}],
      [/vs2/, 'vslideup.vi', [2, 2, 1, 1], {}],
      [/vs2/, 'vslide1up.vx', [2, 2, 10, 1], {}],
      [/vs2/, 'vcompress.vm', [2, 2, 3], {}],
      [/vs1/, 'vcompress.vm', [3, 2, 3], {}],
      [/vs2/, 'vmsbf.m', [2, 2, 1], {}],
      [/vs2/, 'viota.m', [2, 2, 1], {}],
    ],
  },
];

for (const { rule, legal, illegal } of rules) {
  test(rule, () => {
    for (const [name, values, state] of legal) assert.equal(why(name, values, state), undefined, `${name} ${values}`);
    for (const [reason, name, values, state] of illegal) {
      assert.match(why(name, values, state) ?? 'it is legal', reason, `${name} ${values}`);
    }
  });
}
