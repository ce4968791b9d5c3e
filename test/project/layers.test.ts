import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTree, violations } from '../../scripts/layers.js';

test('imports go down only', () => {
  assert.deepEqual(checkTree(), []);
});

test('the layer check sees every way to import upwards or sideways', () => {
  const wrong = (file: string, source: string) => violations(file, source).length;
  assert.equal(wrong('isa/a.ts', "import { x } from '../emulator/x.js';"), 1);
  assert.equal(wrong('isa/a.ts', "import type { X } from '../emulator/x.js';"), 1);
  assert.equal(wrong('isa/vector/a.ts', "import { x } from '../rows.js';"), 0);
  assert.equal(wrong('isa/vector/a.ts', "import { x } from '../../emulator/x.js';"), 1);
  assert.equal(wrong('emulator/hart/a.ts', "import {\n  x,\n  y,\n} from '../../assembler/x.js';"), 1);
  assert.equal(wrong('emulator/a.ts', "export * from '../cli/x.js';"), 1);
  assert.equal(wrong('emulator/a.ts', "const x = await import('../cli/x.js');"), 1);
  assert.equal(wrong('emulator/a.ts', "import '../debug-adapter/x.js';"), 1);
  assert.equal(wrong('emulator/a.ts', "import { readFileSync } from 'node:fs';"), 1);
  assert.equal(wrong('emulator/a.ts', "import { readFileSync } from 'fs';"), 1);
  assert.equal(wrong('debug-adapter/session.ts', "import net from 'node:net';"), 1);
  assert.equal(wrong('debug-adapter/main.ts', "import net from 'node:net';"), 0);
  assert.equal(wrong('emulator/a.ts', "import { DebugSession } from '@vscode/debugadapter';"), 1);
  assert.equal(wrong('src/a.ts', "import * as vscode from 'vscode';"), 0);
  assert.equal(wrong('src/view/page/main.ts', "import * as vscode from 'vscode';"), 1);
  assert.equal(wrong('src/a.ts', "import { Machine } from '../emulator/machine.js';"), 1);
  assert.equal(wrong('src/a.ts', "import { LaunchArguments } from '../debug-adapter/arguments.js';"), 1);
  assert.equal(wrong('src/a.ts', "import type { LaunchArguments } from '../debug-adapter/arguments.js';"), 0);
  assert.equal(wrong('cli/a.ts', "import * as vscode from 'vscode';"), 1);
  assert.deepEqual(violations('isa/a.ts', "\nimport { x } from '../cli/x.js';"), [
    'isa/a.ts:2: imports ../cli/x.js: isa/ may import from isa/ only',
  ]);
});
