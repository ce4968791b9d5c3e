/** `npm run demo`: a matrix product on a chip with two application harts and one vector hart, from a fresh clone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

setup();
const program = 'examples/dgemm.S';
const arguments_ = ['run', '--soc', 'app2-vec1', '--picture', program];
const lines = readFileSync(join(root, program), 'utf8').split('\n').length;
console.log(`${program} (${lines} lines of assembly) on two application harts without vectors and one vector hart:`);
console.log(`harthop ${arguments_.join(' ')}\n`);
process.chdir(root);
process.argv.splice(2, process.argv.length, ...arguments_);
await import('./harthop.mjs');
