import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('the extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension('harthop.harthop');
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('gives assembly files their language', async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(workspace(), 'daxpy.S'));
    assert.equal(document.languageId, 'riscv-asm');
  });

  it('has its commands', async () => {
    const commands = await vscode.commands.getCommands(true);
    for (const command of ['harthop.runFile', 'harthop.debugFile']) assert.ok(commands.includes(command), command);
  });
});

function workspace(): vscode.Uri {
  return vscode.workspace.workspaceFolders![0]!.uri;
}
