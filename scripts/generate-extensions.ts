/** Part of `npm run decode`: kernel/generated/extensions.h, what the names of extensions mean to the kernel's programs. */
import { fileURLToPath } from 'node:url';
import { brought, namesImplied } from '../isa/names/implications.js';
import { canonical } from '../isa/names/order.js';
import { probed } from '../isa/names/probed.js';

export const extensionsPath = fileURLToPath(new URL('../kernel/generated/extensions.h', import.meta.url));

/** The bits of all that a name brings. */
const bitsOf = (name: string) => {
  const all = brought([name]);
  return probed.reduce((bits, each, n) => (all.has(each) ? bits | (1n << BigInt(n)) : bits), 0n);
};

const hex = (bits: bigint) => `0x${bits.toString(16)}`;
const bit = (name: string) => hex(1n << BigInt(probed.indexOf(name)));

/** The header's text. */
export function extensionsHeader(): string {
  const lines = [...new Set([...probed, ...namesImplied])]
    .filter(bitsOf)
    .sort(canonical)
    .map((name) => `    {"${name}", ${hex(bitsOf(name))}},`);
  const vector = probed.reduce((bits, name, n) => (/^(v|zv)/.test(name) ? bits | (1n << BigInt(n)) : bits), 0n);
  return `/* Made by \`npm run decode\` from isa/: do not edit. */
#pragma once
#include <stdint.h>

/** Bits of riscv_hwprobe's key IMA_EXT_0 that the kernel itself asks for. */
enum : uint64_t {
  EXTENSION_FD = ${bit('d')},
  EXTENSION_C = ${bit('c')},
  EXTENSION_V = ${bit('v')},
  EXTENSION_SUPM = ${bit('supm')},
  EXTENSION_ZICBOZ = ${bit('zicboz')},
  EXTENSION_ZICBOM = ${bit('zicbom')},
  EXTENSION_ZICBOP = ${bit('zicbop')},
  EXTENSIONS_VECTOR = ${hex(vector)}, /* V and what needs it */
};

/** The bits that the name of an extension, as a device tree has it, stands for: its own and those of what it brings with it. */
static const struct {
  const char *name;
  uint64_t bits;
} extensions[] = {
${lines.join('\n')}
};
`;
}
