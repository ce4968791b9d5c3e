/** The kernel's reader of ISA strings and lists, compiled for this machine, beside the project's own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalNames, isaString, parseIsa } from '../../isa/isa-string.js';
import { available, spelled } from '../../isa/names/known.js';
import { probed } from '../../isa/names/probed.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';

/** Reads trees of one property: a line of words is a list, one of a single word a string. */
const main = `#include <stdio.h>
#include <string.h>
#include "kernel/isa.h"
static char line[65536];
static struct property list;
struct property tree_property(struct node n, const char *name) { (void)n, (void)name; return list; }
const char *tree_string(struct node n, const char *name) { (void)n, (void)name; return line; }
int main(void) {
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\\n")] = 0;
    list = (struct property){0};
    if (strchr(line, ' ')) {
      list = (struct property){line, (uint32_t)strlen(line) + 1};
      for (char *c = line; *c; c++) if (*c == ' ') *c = 0;
    }
    printf("%lx\\n", (unsigned long)isa_read((struct node){0}));
  }
}`;

const bitsOf = (extensions: ReadonlySet<string>) =>
  probed.reduce((bits, name, n) => (extensions.has(spelled(name)) ? bits | (1n << BigInt(n)) : bits), 0n);

test('the kernel takes ISA strings as the project does', needs('clang-19'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-isa-'));
  try {
    const [source, program] = [join(folder, 'main.c'), join(folder, 'main')];
    writeFileSync(source, main);
    execFileSync('clang-19', ['-std=c17', '-Wno-everything', '-I.', '-o', program, source, 'kernel/isa.c']);
    const r = new Random(11);
    const names = available.filter((name) => name.length > 1);
    const isas = [
      'rv64imac',
      'RV64GC',
      'rv64gcv',
      'rv64gcsvinval',
      'rv64i2p1m2p0a2p1f2p2d2p2c2p0v1p0',
      'rva23s64_zvkng',
    ];
    for (let n = 0; n < 300; n++) {
      const more = Array.from({ length: r.below(6) }, () => r.pick(names) + r.pick(['', '1p0', '2p0']));
      isas.push(['rv64gcv', ...more].join('_'));
    }
    // Older trees have strings that name everything, newer ones lists. Of profiles only what they stand for is in a tree.
    const all = isas.map((isa) => parseIsa(isa).extensions);
    const lines = [
      ...isas.map((isa, n) => (isa.startsWith('rva') ? isaString(all[n]!) : isa)),
      ...all.map((extensions) => canonicalNames(extensions).join(' ')),
    ];
    const bits = execFileSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
      .trim()
      .split('\n');
    lines.forEach((line, n) => {
      const missing = bitsOf(all[n % all.length]!) & ~BigInt(`0x${bits[n]}`);
      const more = BigInt(`0x${bits[n]}`) & ~bitsOf(all[n % all.length]!);
      const told = probed.filter((_, bit) => ((missing | more) >> BigInt(bit)) & 1n);
      // That C and D have Zcd follows from both together, which the kernel leaves to lists.
      assert.deepEqual(n < all.length ? told.filter((name) => name !== 'zcd') : told, [], line);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
