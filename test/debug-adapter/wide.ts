/** A chip whose vector hart has the largest registers that threads migrate with. */
export const wide = {
  name: 'wide',
  harts: [
    { count: 1, isa: 'rv64gc', role: 'application' },
    { count: 1, isa: 'rv64gcv', vlen: 4096, role: 'accelerator' },
  ],
  memoryMiB: 256,
  quantum: 1000,
};
