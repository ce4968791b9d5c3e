/** The GDB server packet by packet: what it answers, harts that differ, interrupts, and what no client should send. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { Debuggee } from '../../debug-adapter/debuggee.js';
import { Images } from '../../debug-adapter/images.js';
import { nodeHost } from '../../debug-adapter/node-host.js';
import { recorded } from '../../debug-adapter/recorded.js';
import { Image } from '../../debug-adapter/symbols/image.js';
import { boot } from '../../emulator/boot.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { fromHex, hexOfText, packetOf, PacketReader } from '../../gdb-server/packets.js';
import { type End, GdbServer } from '../../gdb-server/server.js';
import { root } from '../debug-adapter/conversation.js';

/** A client that sends what it likes. */
class Client {
  readonly ends: End[] = [];
  private readonly reader = new PacketReader();
  private readonly answers: string[] = [];
  /** Acknowledgements as they came: `+` and `-`. */
  marks = '';
  private wake: () => void = () => {};
  private readonly server: GdbServer;

  private constructor(
    readonly debuggee: Debuggee,
    byKind: boolean,
  ) {
    const breathe = () => new Promise<void>((done) => setImmediate(done));
    this.server = new GdbServer(
      debuggee,
      (bytes) => this.hear(bytes),
      (how) => this.ends.push(how),
      breathe,
      0,
      byKind,
    );
  }

  /** A client of a machine that runs a program; it stands at its first instruction. */
  static async of(source: string, soc = 'app1-vec1', byKind = false): Promise<Client> {
    const { elf, diagnostics } = assemble([{ name: 'test.S', text: source }], { directory: root });
    assert.ok(elf, JSON.stringify(diagnostics));
    const host = await nodeHost(root);
    const image = async (role: 'kernel' | 'firmware') => {
      const { path, data } = await host.image(role);
      return new Image(role, path, data);
    };
    const [program, kernel, firmware] = [
      new Image('program', 'test.elf', elf),
      await image('kernel'),
      await image('firmware'),
    ];
    const machine = await Machine.create(socNamed(soc));
    boot(machine, { firmware: firmware.elf, kernel: kernel.elf, initrd: initrd(elf, ['test'], []) });
    const target = recorded(machine);
    const mark = target.breakpoints.add({ va: program.elf.entry });
    while (target.run(1e7).reason !== 'breakpoint');
    target.breakpoints.remove(mark);
    return new Client(new Debuggee(target, new Images([program, kernel, firmware], host)), byKind);
  }

  private hear(bytes: Uint8Array): void {
    for (const byte of bytes) if (byte === 0x2b || byte === 0x2d) this.marks += String.fromCharCode(byte);
    for (const incoming of this.reader.push(bytes))
      if (incoming.kind === 'packet') this.answers.push(String.fromCharCode(...incoming.data));
    this.wake();
  }

  raw(bytes: Uint8Array | string): void {
    this.server.receive(typeof bytes === 'string' ? Uint8Array.from(bytes, (each) => each.charCodeAt(0)) : bytes);
  }

  async next(): Promise<string> {
    while (!this.answers.length) {
      await new Promise<void>((done) => {
        this.wake = done;
      });
    }
    return this.answers.shift()!;
  }

  ask(packet: string): Promise<string> {
    this.raw(packetOf(packet));
    return this.next();
  }

  vanish(): Promise<void> {
    return this.server.vanish();
  }

  get silent(): boolean {
    return this.answers.length === 0;
  }
}

const counting = `.globl _start
_start: li a0, 0
1:      addi a0, a0, 1
        j 1b
`;

const little = (digits: string) => fromHex(digits)!.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

test('packets: escapes there and back, damaged ones are asked for again, what is between them is passed over', () => {
  const reader = new PacketReader();
  const content = 'X#$}*\u0000ÿ';
  const [found] = reader.push(packetOf(content));
  assert.deepEqual(found, { kind: 'packet', data: Uint8Array.from(content, (each) => each.charCodeAt(0)) });
  const bytes = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
  assert.deepEqual(reader.push(bytes('+garbage$g#00')), [{ kind: 'damaged' }]);
  assert.deepEqual(reader.push(bytes('$g#zz')), [{ kind: 'damaged' }]);
  assert.deepEqual(reader.push(bytes('-\u0003')), [{ kind: 'again' }, { kind: 'interrupt' }]);
  assert.deepEqual(reader.push(bytes('$g#')), []);
  assert.deepEqual(reader.push(bytes('67')), [{ kind: 'packet', data: bytes('g') }]);
});

test('a thread for each hart; one that lacks vectors has none to show, and its name says what it is', async () => {
  const client = await Client.of(counting);
  assert.match(await client.ask('qSupported:swbreak+'), /qXfer:features:read\+.*ReverseStep\+;ReverseContinue\+/);
  assert.equal(await client.ask('?'), 'T05thread:1;');
  assert.equal(await client.ask('qfThreadInfo'), 'm1,2');
  assert.equal(await client.ask('qsThreadInfo'), 'l');
  const name = fromHex(await client.ask('qThreadExtraInfo,2'))!;
  assert.equal(new TextDecoder().decode(name), 'hart 1 · rv64gcv_zvl256b · M · idle');
  let description = '';
  for (let more = true; more; ) {
    const part = await client.ask(`qXfer:features:read:target.xml:${description.length.toString(16)},400`);
    more = part.startsWith('m');
    description += part.slice(1);
  }
  const number = (register: string) =>
    new RegExp(`name="${register}" bitsize="\\d+" regnum="(\\d+)"`).exec(description)![1]!;
  const p = (register: string) => `p${Number(number(register)).toString(16)}`;
  assert.equal(await client.ask(p('v0')), 'x'.repeat(64));
  assert.equal(await client.ask(p('vlenb')), 'x'.repeat(16));
  assert.equal(await client.ask('Hg2'), 'OK');
  assert.equal(await client.ask(p('v0')), '0'.repeat(64));
  assert.equal(little(await client.ask(p('vlenb'))), 32n);
  assert.equal(little(await client.ask(p('priv'))), 3n);
  const v0 = Number(number('v0')).toString(16);
  assert.equal(await client.ask(`P${v0}=${'01'.repeat(32)}`), 'OK');
  assert.equal(await client.ask(p('v0')), '01'.repeat(32));
  assert.equal(await client.ask('Hg1'), 'OK');
  assert.equal(await client.ask(`P${v0}=${'01'.repeat(32)}`), 'E01');
});

test('steps, breakpoints and an interrupt; back by a step and to the start', async () => {
  const client = await Client.of(counting);
  await client.ask('qSupported:swbreak+');
  const pc = async () => little((await client.ask('g')).slice(-16));
  const entry = await pc();
  assert.equal(await client.ask('vCont?'), 'vCont;c;C;s;S');
  assert.equal(await client.ask('vCont;s:1;c'), 'T05thread:1;');
  assert.notEqual(await pc(), entry);
  const loop = await pc();
  assert.equal(await client.ask(`Z0,${(loop + 2n).toString(16)},2`), 'OK');
  assert.equal(await client.ask('vCont;c'), 'T05thread:1;swbreak:;');
  assert.equal(await pc(), loop + 2n);
  assert.equal(await client.ask('bs'), 'T05thread:1;');
  assert.equal(await pc(), loop);
  assert.equal(await client.ask(`z0,${(loop + 2n).toString(16)},2`), 'OK');
  client.raw(packetOf('vCont;c'));
  await new Promise((done) => setTimeout(done, 50));
  assert.ok(client.silent);
  client.raw('\u0003');
  assert.match(await client.next(), /^T02thread:[12];$/);
  assert.equal(await client.ask('Hc1'), 'OK');
  assert.equal(await client.ask('bc'), 'T05thread:1;replaylog:begin;');
  assert.equal(await pc(), 0x8000_0000n);
});

test('a step back is that of the thread where it stopped, or that was chosen since', async () => {
  const client = await Client.of(counting);
  await client.ask('qSupported:swbreak+');
  // GDB looks at the other thread.
  for (const packet of ['Hg2', 'Hc0']) assert.equal(await client.ask(packet), 'OK');
  assert.equal(await client.ask('bs'), 'T05thread:1;');
  // The user chooses it.
  assert.equal(await client.ask('T2'), 'OK');
  assert.equal(await client.ask('bs'), 'T05thread:2;');
});

const leaving = `.globl _start
_start: li a0, 0
        vsetivli zero, 4, e64, m1, ta, ma
        li a7, 93
        li a0, 5
        ecall
`;

test('a process for each kind of hart: attached to one by one, each with its own registers, and told of the end one by one', async () => {
  const client = await Client.of(leaving, 'app2-vec1', true);
  // Who can't attach to more than one has them all as one.
  assert.match(await client.ask('qSupported:multiprocess+;swbreak+'), /multiprocess\+/);
  assert.equal(await client.ask('qfThreadInfo'), 'mp1.1,p1.2,p1.3');
  assert.match(await client.ask('vAttach;2'), /^E/);
  assert.equal(await client.ask('!'), 'OK');
  assert.equal(await client.ask('?'), 'T05thread:p1.1;');
  assert.equal(await client.ask('qfThreadInfo'), 'mp1.1,p1.2');
  const vectors = async () => {
    let description = '';
    for (let part = 'm'; part.startsWith('m'); description += part.slice(1))
      part = await client.ask(`qXfer:features:read:target.xml:${description.length.toString(16)},1000`);
    return /name="v0" bitsize="(\d+)"/.exec(description)?.[1];
  };
  assert.equal(await vectors(), undefined);
  for (const refused of [
    'Hgp2.3',
    'Tp2.3',
    'vAttach;9',
    'vAttach;',
    'D;2',
    'vKill;7',
    'vCont;c:p2.-1',
    'Hgp1.3',
    'Hgq',
  ])
    assert.equal(await client.ask(refused), 'E01', refused);
  // A hart of a process that is not attached runs along, and stops at nothing: the thread goes there and comes back.
  const { entry } = client.debuggee.images.program.elf;
  const at = (offset: bigint) => (entry + offset).toString(16);
  assert.equal(await client.ask(`Z0,${at(6n)},2`), 'OK');
  assert.equal(await client.ask('vCont;c:p1.-1'), 'W05;process:1');
  assert.equal(await client.ask('qfThreadInfo'), 'l');

  const other = await Client.of(leaving, 'app2-vec1', true);
  await other.ask('qSupported:multiprocess+;swbreak+');
  await other.ask('!');
  assert.equal(await other.ask('vAttach;2'), 'T05thread:p2.3;');
  assert.equal(await other.ask('qfThreadInfo'), 'mp1.1,p1.2,p2.3');
  assert.equal(await other.ask('Hgp2.0'), 'OK');
  assert.equal(await other.ask(`Z0,${at(6n)},2`), 'OK');
  assert.equal(await other.ask('vCont;c'), 'T05thread:p2.3;swbreak:;');
  assert.equal(await other.ask('vCont;c:p1.-1;c:p2.-1'), 'W05;process:2');
  assert.equal(await other.ask('vCont;c:p1.-1'), 'W05;process:1');
  assert.deepEqual(other.ends, []);

  const killing = await Client.of(leaving, 'app2-vec1', true);
  await killing.ask('qSupported:multiprocess+');
  await killing.ask('!');
  await killing.ask('vAttach;2');
  assert.equal(await killing.ask('vKill;1'), 'OK');
  assert.deepEqual(killing.ends, []);
  assert.equal(await killing.ask('D;2'), 'OK');
  assert.deepEqual(killing.ends, ['kill']);
});

test('memory is read and written as the hart sees it; what is not there is an error', async () => {
  const client = await Client.of(counting);
  // Its stack: the kernel brings other pages when they are touched first.
  const va = client.debuggee.target.harts[0]!.x(2).toString(16);
  assert.equal(await client.ask(`M${va},2:abcd`), 'OK');
  assert.equal(await client.ask(`m${va},4`), 'abcd0000');
  assert.equal(await client.ask(`X${va},3:}\u0003#`.replace('}', '\u0001')), 'OK');
  assert.equal(await client.ask(`m${va},4`), '01032300');
  assert.equal(await client.ask('m0,4'), 'E02');
  assert.equal(await client.ask('M0,1:00'), 'E02');
  assert.equal(
    await client
      .ask(`qRcmd,${hexOfText('help')}`)
      .then((digits) => new TextDecoder().decode(fromHex(digits)).split(' ')[0]),
    'help',
  );
});

test('what no client should send is answered by an error or by nothing known, and the server lives', async () => {
  const client = await Client.of(counting);
  const wrong = [
    'p',
    'pzz',
    'pffffffff',
    'P0',
    'P0=1',
    'Pzz=00',
    'G00',
    'm',
    'm1',
    'mzz,1',
    'M1,1',
    'M1,2:00',
    'X1,9:0',
    'Hg99',
    'Hgzz',
    'T',
    'T7',
  ];
  const worse = [
    'Z0,zz,2',
    'Z2,1000,0',
    'Z2,1000,ffff',
    'vCont;',
    'vCont;x',
    'vCont;c:9',
    'vCont;szz',
    'qXfer:features:read:target.xml:0',
    'qRcmd,0',
    'z0',
  ];
  for (const packet of [...wrong, ...worse]) assert.match(await client.ask(packet), /^E0\d$/, packet);
  for (const packet of [
    '',
    'y',
    'qNothing',
    'Z9,0,0',
    'vMustReplyEmpty',
    'b',
    'bx',
    'qXfer:auxv:read::0,1',
    '!',
    'R00',
    'z9,0,0',
  ])
    assert.equal(await client.ask(packet), '', packet);
  let random = 12345;
  const letters = '?qQvHTgGpPmMXZzcb0123456789abcdef,;:=-';
  for (let count = 0; count < 300; count++) {
    const packet = Array.from({ length: (random >> 8) % 12 }, () => {
      random = (random * 1103515245 + 12345) & 0x7fffffff;
      return letters[(random >> 8) % letters.length];
    }).join('');
    random = (random * 1103515245 + 12345) & 0x7fffffff;
    // These let the program run, which has no end.
    if (/^(c|vCont;c|bc)/.test(packet)) continue;
    await client.ask(packet);
  }
  client.raw('$?#00');
  assert.ok(client.marks.endsWith('-'));
  assert.match(await client.ask('?'), /^T05thread:\d;/);
});

test('a client that detaches, kills or vanishes ends the conversation once, and takes its breakpoints along', async () => {
  for (const [how, end] of [
    ['D', 'detach'],
    ['k', 'kill'],
    ['vKill;1', 'kill'],
    ['', 'detach'],
  ] as const) {
    const client = await Client.of(counting);
    const { entry } = client.debuggee.images.program.elf;
    assert.equal(await client.ask(`Z0,${(entry + 2n).toString(16)},2`), 'OK');
    if (how) client.raw(packetOf(how));
    else {
      client.raw(packetOf('vCont;c:2'));
      await new Promise((done) => setTimeout(done, 20));
    }
    await client.vanish();
    assert.deepEqual(client.ends, [end], how);
    for (let runs = 0; runs < 3; runs++) assert.equal(client.debuggee.target.run(1000).reason, 'budget', how);
  }
});
