/** The device tree of a SoC (Devicetree Specification 0.4; node shapes as QEMU's virt machine has them, so that the same images run on both). */
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
      soc.harts.forEach(({ isaString, isa }, n) => {
        const cpu = {
          device_type: 'cpu',
          reg: n,
          status: 'okay',
          compatible: 'riscv',
          'riscv,isa': isaString,
          'riscv,isa-base': 'rv64i',
          'riscv,isa-extensions': [...isa.extensions].map((e) => e.toLowerCase()),
          'mmu-type': 'riscv,sv39',
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
