/**
 * `npm run images`: builds firmware/ and kernel/ into images/*.elf with clang and lld, with debug information and the same bytes
 * everywhere (file names are relative to the project; no build id, no time of day).
 * `npm run images -- --check` builds into a temporary folder instead and fails where images/ differs; names after it choose images.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const clang = process.env.CLANG ?? 'clang-19';
const lld = process.env.LLD ?? 'ld.lld-19';

interface Image {
  /** Folder of the sources; its link.ld places them. */
  readonly folder: string;
  readonly march: string;
}

/** No floating point in C code: both save the registers of others, in assembly with an `.option arch` of its own. */
const march = 'rv64imac_zicsr_zifencei';
export const images: Record<string, Image> = {
  firmware: { folder: 'firmware', march },
  kernel: { folder: 'kernel', march },
};

const compile = [
  '--target=riscv64-unknown-elf',
  '-mabi=lp64',
  '-mcmodel=medany',
  '-mno-relax',
  '-ffreestanding',
  '-nostdlib',
  '-fno-pic',
  '-fno-builtin',
  '-fno-common',
  '-fno-stack-protector',
  '-fomit-frame-pointer',
  '-fno-asynchronous-unwind-tables',
  '-O2',
  '-g',
  '-gdwarf-5',
  '-std=c17',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-unused-parameter',
  '-Wno-gnu-binary-literal',
  `-ffile-prefix-map=${root}/=`,
  `-ffile-prefix-map=${root}=.`,
  `-fdebug-compilation-dir=.`,
  '-Ifirmware/include',
];

/** Run a tool from the project's folder; its messages go to ours. @throws Error when it fails or is missing */
export function run(tool: string, args: readonly string[]): void {
  const { status, error } = spawnSync(tool, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw new Error(`${tool} can't be run (${error.message}): install clang-19 and lld-19`);
  if (status !== 0) throw new Error(`${tool} failed: ${args.at(-1)}`);
}

/** Compile sources (C or assembly, paths from the project's folder) and link them by a linker script. */
export function build(
  sources: readonly string[],
  script: string,
  output: string,
  options: readonly string[] = [],
): void {
  const objects = mkdtempSync(join(tmpdir(), 'harthop-objects-'));
  try {
    const object = (source: string) => join(objects, `${source.replaceAll('/', '-')}.o`);
    for (const source of sources) run(clang, [...compile, ...options, '-c', source, '-o', object(source)]);
    run(lld, [
      '--no-relax',
      '--build-id=none',
      '-z',
      'norelro',
      '-z',
      'max-page-size=4096',
      '-T',
      script,
      '-o',
      output,
      ...sources.map(object),
    ]);
  } finally {
    rmSync(objects, { recursive: true });
  }
}

/** All C and assembly files below a folder, in an order that does not depend on the file system. */
function sourcesOf(folder: string): string[] {
  return (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => /\.[cS]$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Build one image of the table. */
export function buildImage(name: string, output: string): void {
  const image = images[name];
  if (!image) throw new Error(`no image named ${name}; there are ${Object.keys(images).join(', ')}`);
  const options = [`-march=${image.march}`, `-I${image.folder}`, `-I${image.folder}/include`];
  build(sourcesOf(image.folder), `${image.folder}/link.ld`, output, options);
}

function main(args: string[]): number {
  const check = args.includes('--check');
  const named = args.filter((arg) => !arg.startsWith('--'));
  const names = named.length
    ? named
    : Object.keys(images).filter((name) => existsSync(join(root, images[name].folder)));
  const folder = check ? mkdtempSync(join(tmpdir(), 'harthop-images-')) : join(root, 'images');
  mkdirSync(folder, { recursive: true });
  let different = 0;
  for (const name of names) {
    const output = join(folder, `${name}.elf`);
    buildImage(name, output);
    if (!check) continue;
    const kept = join(root, 'images', `${name}.elf`);
    if (existsSync(kept) && readFileSync(kept).equals(readFileSync(output))) continue;
    console.error(`images/${name}.elf is not what its sources build: run \`npm run images\` and commit it`);
    different++;
  }
  if (check) rmSync(folder, { recursive: true });
  return different ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
