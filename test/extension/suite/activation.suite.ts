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

  it('leaves assembly of other processors alone, and takes RISC-V by whatever name', async () => {
    const written = async (name: string, text: string) => {
      const uri = vscode.Uri.joinPath(workspace(), name);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      return uri;
    };
    const languageOf = async (uri: vscode.Uri, expected: string) => {
      const document = await vscode.workspace.openTextDocument(uri);
      const now = () => vscode.workspace.textDocuments.find((each) => String(each.uri) === String(document.uri));
      for (let n = 0; n < 100 && now()?.languageId !== expected; n++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(now()?.languageId, expected);
    };
    await languageOf(await written('other.s', 'main: pushq %rbp\n movq %rsp, %rbp\n popq %rbp\n ret\n'), 'plaintext');
    await languageOf(await written('ours.asm', 'work: vsetvli t0, a0, e32, m1, ta, ma\n ret\n'), 'riscv-asm');
  });

  it('has its commands', async () => {
    const commands = await vscode.commands.getCommands(true);
    for (const command of ['runFile', 'debugFile', 'openSamples', 'showMigrationGraph'])
      assert.ok(commands.includes(`harthop.${command}`), command);
  });
});

function workspace(): vscode.Uri {
  return vscode.workspace.workspaceFolders![0]!.uri;
}
