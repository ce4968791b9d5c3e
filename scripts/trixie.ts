/**
 * `npm run tools`: newer tools of others than the system may have (QEMU 10 for programs and for whole machines, binutils 2.44, GCC 14) and real
 * riscv64 programs, from Debian trixie into .cache/trixie. They come from the mirror that this machine's apt is configured with, are
 * checked against the Debian keyring by apt itself, and are only unpacked: nothing is installed, and the system's apt keeps its own state.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const cache = fileURLToPath(new URL('../.cache/trixie', import.meta.url));
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SUITE = 'trixie';

/** Packages for this machine's architecture; what they depend on comes along. */
const TOOLS = ['qemu-user', 'qemu-system-riscv', 'binutils-riscv64-unknown-elf'];
/** The installer of riscv64, which is a kernel and an initial RAM disk, as a package for every architecture. */
const PROGRAMS = ['debian-installer-13-netboot-riscv64'];

/** GCC 14, which makes vectors of loops; of it the compiler alone. */
const COMPILER = ['gcc-14-riscv64-linux-gnu'];

/** A failure that its reader can do something about. */
class Unavailable extends Error {}

const fail = (why: string): never => {
  throw new Unavailable(why);
};

/** The Debian archive that apt is configured with. */
function mirror(): string {
  const asked = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(ORIGIN)|$(LABEL)|$(REPO_URI)', 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  if (asked.error) return fail('needs apt: this is no Debian machine');
  const lines = asked.stdout.split('\n').map((line) => line.split('|'));
  const uri = lines.find(([origin, label]) => origin === 'Debian' && label === 'Debian')?.[2];
  return uri ?? fail('apt knows no Debian archive: check its sources, and run `apt-get update`');
}

/** An apt of our own for one architecture: it believes that nothing is installed. */
class Apt {
  private readonly folder: string;
  private readonly options: string[];

  constructor(readonly architecture: string) {
    this.folder = join(cache, `apt-${architecture}`);
    const path = (name: string) => join(this.folder, name);
    for (const each of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(path(each), { recursive: true });
    writeFileSync(path('status'), '');
    writeFileSync(path('sources.list'), `deb [signed-by=${KEYRING}] ${mirror()} ${SUITE} main\n`);
    const settings = {
      'Dir::State': path('state'),
      'Dir::State::status': path('status'),
      'Dir::Cache': path('cache'),
      'Dir::Etc::sourcelist': path('sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'APT::Architecture': architecture,
      'APT::Architectures': architecture,
      'APT::Sandbox::User': '',
      'Debug::NoLocking': '1',
      'Acquire::Retries': '3',
    };
    this.options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  private run(...words: string[]): void {
    const { status, stdout, stderr } = spawnSync('apt-get', [...this.options, ...words], { encoding: 'utf8' });
    if (status !== 0) fail(`apt-get ${words[0]} for ${this.architecture}: ${`${stderr}${stdout}`.trim()}`);
  }

  /** Unpack packages and what they depend on into a folder. */
  unpack(packages: readonly string[], into: string): void {
    this.run('update', '--error-on=any');
    this.run('install', '--yes', '--download-only', '--no-install-recommends', ...packages);
    const archives = join(this.folder, 'cache/archives');
    for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['--extract', join(archives, file), into]);
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** Half a gigabyte of emulators of other machines, and all documentation. */
function prune(root: string): void {
  const programs = join(root, 'usr/bin');
  for (const file of readdirSync(programs)) if (!file.includes('riscv64')) rmSync(join(programs, file));
  for (const folder of ['usr/share', 'usr/sbin', 'etc', 'var'])
    rmSync(join(root, folder), { recursive: true, force: true });
}

/** The tools may need a newer C library than the system's: each is started by the loader that came with it. Static ones need none. */
function wrap(root: string, bin: string): void {
  mkdirSync(bin, { recursive: true });
  const within = (folder: string) => readdirSync(join(root, 'usr/lib', folder));
  const loaderOf = (folder: string) => within(folder).find((name) => name.startsWith('ld-linux'));
  const libraries = within('.').find((name) => name.endsWith('-linux-gnu') && loaderOf(name))!;
  const loader = loaderOf(libraries)!;
  for (const tool of readdirSync(join(root, 'usr/bin'))) {
    if (tool.startsWith('qemu-') && !tool.startsWith('qemu-system-')) {
      symlinkSync(join('../root/usr/bin', tool), join(bin, tool));
      continue;
    }
    const usr = '"$(dirname "$0")/../root/usr';
    const path = `${usr}/lib/${libraries}`;
    const script = `#!/bin/sh\nexec ${path}/${loader}" --library-path ${path}" ${usr}/bin/${tool}" "$@"\n`;
    writeFileSync(join(bin, tool), script, { mode: 0o755 });
  }
}

/** The kernel, and of its initial RAM disk the shell and the C library. */
function keepPrograms(root: string, to: string): void {
  const images = join(root, 'usr/lib/debian-installer/images/13/riscv64/text/debian-installer/riscv64');
  mkdirSync(to, { recursive: true });
  renameSync(join(images, 'linux'), join(to, 'linux'));
  const input = gunzipSync(readFileSync(join(images, 'initrd.gz')));
  const wanted = ['*bin/busybox', '*/libc.so.6'];
  const { status, stderr, error } = spawnSync('cpio', ['-i', '-d', '--quiet', ...wanted], { cwd: root, input });
  if (status !== 0) fail(`needs cpio: ${error?.message ?? stderr}`);
  renameSync(join(root, 'usr/bin/busybox'), join(to, 'busybox'));
  renameSync(join(root, 'usr/lib/riscv64-linux-gnu/libc.so.6'), join(to, 'libc.so.6'));
}

/** The compiler proper, what it includes by itself, and what it is linked with; started by the loader that came with it. */
function keepCompiler(root: string, to: string): void {
  const target = 'riscv64-linux-gnu/14';
  const within = (folder: string) => readdirSync(join(root, 'usr', folder));
  const libraries = within('lib').find(
    (name) => name.endsWith('-linux-gnu') && within(`lib/${name}`).some((each) => each.startsWith('ld-linux')),
  )!;
  const loader = within(`lib/${libraries}`).find((name) => name.startsWith('ld-linux'))!;
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  renameSync(join(root, 'usr/libexec/gcc-cross', target, 'cc1'), join(to, 'cc1.real'));
  renameSync(join(root, 'usr/lib/gcc-cross', target, 'include'), join(to, 'include'));
  renameSync(join(root, 'usr/lib', libraries), join(to, 'lib'));
  const here = '"$(dirname "$0")';
  const script = `#!/bin/sh\nexec ${here}/lib/${loader}" --library-path ${here}/lib" ${here}/cc1.real" -isystem ${here}/include" "$@"\n`;
  writeFileSync(join(to, 'cc1'), script, { mode: 0o755 });
}

/** Unpack packages and keep of them what `keep` takes, once. */
function once(packages: readonly string[], keep: (root: string) => void): void {
  const done = join(cache, `.unpacked-${packages.join('+')}`);
  if (existsSync(done)) return;
  mkdirSync(cache, { recursive: true });
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  console.log(`harthop: ${packages.join(', ')} of Debian ${SUITE} into .cache/trixie`);
  const fresh = join(cache, 'partial');
  rmSync(fresh, { recursive: true, force: true });
  new Apt(architecture).unpack(packages, fresh);
  keep(fresh);
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(done, '');
}

function main(): void {
  once(TOOLS, (fresh) => {
    const [root, bin] = ['root', 'bin'].map((name) => join(cache, name)) as [string, string];
    for (const old of [root, bin]) rmSync(old, { recursive: true, force: true });
    prune(fresh);
    renameSync(fresh, root);
    wrap(root, bin);
  });
  once(COMPILER, (fresh) => keepCompiler(fresh, join(cache, 'gcc')));
  once(PROGRAMS, (fresh) => keepPrograms(fresh, join(cache, 'riscv64')));
}

try {
  main();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`harthop: ${error.message}`);
  process.exitCode = 2;
}
