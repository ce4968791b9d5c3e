/** Pointer masking, as programs ask for it (prctl's PR_SET_TAGGED_ADDR_CTRL): on every hart that the program comes to, or not at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { readSoc, type Soc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { compiled } from './programs.js';

const masked = `at first 0
reserved -22, too many -22, nothing for calls -22
for the machine only: 0, now 7000000
counter 6
write -1, errno 14
sixteen: 0, now 10000000
for calls too: 0, now 7000001
written
write 8
vectors: 11 12 13 14
in a thread: 7, change -16, same 0
fault at 1234560
`;
const refused = 'at first -22\nset -22\n';

const chip = (...harts: object[]) => readSoc({ name: 'test', harts }, 'test');
const application = (isa: string) => ({ count: 2, isa, role: 'application' });
const accelerator = (isa: string) => ({ isa, role: 'accelerator' });

const chips: [story: string, soc: Soc, expected: string, status: number][] = [
  ['on every hart', socNamed('all-rva23'), masked, 3],
  ['on accelerators too', chip(application('rv64gc_supm'), accelerator('rva23s64')), masked, 3],
  ['not on accelerators, so nowhere', chip(application('rv64gc_supm'), accelerator('rv64gcv')), refused, 0],
  ['not on accelerators of another class', chip(application('rva23s64'), accelerator('rv64gcv_xhartdot')), refused, 0],
  ['on accelerators only', socNamed('app2-rva23'), refused, 0],
  ['on one hart of two', chip({ isa: 'rv64gc_supm' }, { isa: 'rv64gc' }), refused, 0],
];

for (const [story, soc, console, status] of chips)
  test(`pointer masking ${story}`, needs('riscv64-linux-gnu-gcc'), async () => {
    const outcome = await onMachine(soc, { program: compiled('masking') });
    assert.deepEqual({ console: outcome.console, status: outcome.status }, { console, status });
  });
