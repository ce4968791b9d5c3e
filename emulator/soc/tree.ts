/** The device tree of a SoC (Devicetree Specification 0.4; node shapes as QEMU's virt machine has them, so that the same images run on both). */
import { CACHE_BLOCK } from '../../isa/cache.js';
import { canonicalNames, isaString } from '../../isa/isa-string.js';
import type { Device } from '../devices/bus.js';
import { cells64, type Interrupts, reg, TreeBuilder } from './fdt.js';
import type { Soc } from './soc.js';

export interface TreeOptions {
  readonly bootargs?: string;
  /** Physical addresses of the initial RAM disk. */
  readonly initrd?: { readonly start: number; readonly end: number };
  readonly ramBase: number;
}

/** The flattened tree: harts, memory, devices, boot arguments. */
export function deviceTree(soc: Soc, devices: readonly Device[], options: TreeOptions): Uint8Array<ArrayBuffer> {
  const tree = new TreeBuilder();
  const interrupts: Interrupts = { harts: soc.harts.map(() => tree.phandle()), plic: tree.phandle() };
  const root = { '#address-cells': 2, '#size-cells': 2, compatible: 'harthop,soc', model: `harthop,${soc.name}` };
  tree.node('', root, () => {
    const { initrd } = options;
    tree.node('chosen', {
      bootargs: options.bootargs ?? '',
      'linux,initrd-start': initrd && cells64(initrd.start),
      'linux,initrd-end': initrd && cells64(initrd.end),
      'stdout-path': '/soc/serial@10000000',
    });
    tree.node(`memory@${options.ramBase.toString(16)}`, {
      device_type: 'memory',
      reg: reg(options.ramBase, soc.memoryBytes),
    });
    tree.node('cpus', { '#address-cells': 1, '#size-cells': 0, 'timebase-frequency': soc.timebase }, () => {
      soc.harts.forEach(({ isa }, n) => {
        const has = (extension: string) => isa.extensions.has(extension);
        const block = (extension: string) => (has(extension) ? CACHE_BLOCK : undefined);
        const cpu = {
          device_type: 'cpu',
          reg: n,
          status: 'okay',
          compatible: 'riscv',
          'riscv,isa': isaString(isa.extensions),
          'riscv,isa-base': 'rv64i',
          'riscv,isa-extensions': canonicalNames(isa.extensions),
          'mmu-type': `riscv,${has('Sv57') ? 'sv57' : has('Sv48') ? 'sv48' : 'sv39'}`,
          'riscv,cbom-block-size': block('Zicbom'),
          'riscv,cbop-block-size': block('Zicbop'),
          'riscv,cboz-block-size': block('Zicboz'),
          'clock-frequency': soc.clock,
        };
        tree.node(`cpu@${n}`, cpu, () =>
          tree.node('interrupt-controller', {
            '#interrupt-cells': 1,
            'interrupt-controller': true,
            compatible: 'riscv,cpu-intc',
            phandle: interrupts.harts[n],
          }),
        );
      });
    });
    const bus = { '#address-cells': 2, '#size-cells': 2, compatible: 'simple-bus', ranges: true } as const;
    tree.node('soc', bus, () => {
      for (const device of devices) device.node(tree, interrupts);
    });
  });
  return tree.encode();
}
