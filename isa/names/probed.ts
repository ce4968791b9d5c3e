/** Extensions as programs ask a kernel for them. */

/**
 * Which extension each bit of riscv_hwprobe's key IMA_EXT_0 stands for, the lowest bit first (Linux, "RISC-V Hardware Probing Interface").
 * Bit 0 stands for F and D, which D is.
 */
export const probed: readonly string[] = [
  ...[
    'd',
    'c',
    'v',
    'zba',
    'zbb',
    'zbs',
    'zicboz',
    'zbc',
    'zbkb',
    'zbkc',
    'zbkx',
    'zknd',
    'zkne',
    'zknh',
    'zksed',
    'zksh',
  ],
  ...['zkt', 'zvbb', 'zvbc', 'zvkb', 'zvkg', 'zvkned', 'zvknha', 'zvknhb', 'zvksed', 'zvksh', 'zvkt', 'zfh', 'zfhmin'],
  ...['zihintntl', 'zvfh', 'zvfhmin', 'zfa', 'ztso', 'zacas', 'zicond', 'zihintpause', 'zve32x', 'zve32f', 'zve64x'],
  ...['zve64f', 'zve64d', 'zimop', 'zca', 'zcb', 'zcd', 'zcf', 'zcmop', 'zawrs', 'supm', 'zicntr', 'zihpm', 'zfbfmin'],
  ...['zvfbfmin', 'zvfbfwma', 'zicbom', 'zaamo', 'zalrsc', 'zabha', 'zalasr', 'zicbop', 'zilsd', 'zclsd'],
];
