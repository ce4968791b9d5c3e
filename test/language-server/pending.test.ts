/** Requests that nobody waits for any more: cancelled ones, and those whose document has changed or gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver-protocol';
import { source } from '../../bench/language/source.js';
import { Client } from './fuzz/client.js';

const uri = 'file:///w/long.S';
const [HINTS, LENSES] = ['textDocument/inlayHint', 'textDocument/codeLens'];
const all = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };
const about = { textDocument: { uri }, range: all };

async function withLongFile(): Promise<Client> {
  const client = await Client.start(new Map(), {}, true);
  await client.open(uri, source(2000, 1));
  return client;
}

const refused = (answer: Promise<unknown>, code: number) =>
  assert.rejects(answer, (error: { code?: number }) => error.code === code);

test('a request that waits for others is answered as cancelled, and the others as they should be', async () => {
  const client = await withLongFile();
  const { connection } = client;
  const cancel = new CancellationTokenSource();
  const first = connection.sendRequest(HINTS!, about);
  const second = connection.sendRequest(HINTS!, about, cancel.token);
  const third = connection.sendRequest<unknown[]>(LENSES!, about);
  cancel.cancel();
  await refused(second, LSPErrorCodes.RequestCancelled);
  assert.ok(Array.isArray(await first));
  assert.ok((await third).length > 0);
  await client.stop();
});

test('a request that is being worked on is answered as cancelled', async () => {
  const client = await withLongFile();
  const cancel = new CancellationTokenSource();
  const answer = client.connection.sendRequest(HINTS!, about, cancel.token);
  let answered = false;
  const done = () => {
    answered = true;
  };
  answer.then(done, done);
  while (client.worked < 2) await turn();
  assert.equal(answered, false);
  cancel.cancel();
  await refused(answer, LSPErrorCodes.RequestCancelled);
  assert.ok((await client.connection.sendRequest<unknown[]>(HINTS!, about)).length > 0);
  await client.stop();
});

test('a request does not outlive its document, of which nothing is kept', async () => {
  const client = await withLongFile();
  const answers = [HINTS, LENSES, 'textDocument/hover'].map((method) =>
    client.connection.sendRequest(method!, { ...about, position: all.start }),
  );
  const refusals = answers.map((answer) => refused(answer, LSPErrorCodes.ContentModified));
  await client.close(uri);
  await Promise.all(refusals);
  assert.deepEqual(client.server.all, []);
  assert.deepEqual(client.published.at(-1), { uri, diagnostics: [] });
  const told = client.published.length;
  assert.deepEqual(await client.connection.sendRequest(LENSES!, about), []);
  assert.equal(await client.connection.sendRequest('textDocument/hover', { ...about, position: all.start }), null);
  for (let n = 0; n < 20; n++) await turn();
  assert.equal(client.published.length, told);
  await client.stop();
});

test('a request about a text that has changed since is refused, and asked again it is answered', async () => {
  const client = await withLongFile();
  const answer = client.connection.sendRequest(LENSES!, about);
  const refusal = refused(answer, LSPErrorCodes.ContentModified);
  await client.change(uri, 0, 0, '# more\n');
  await refusal;
  assert.ok((await client.connection.sendRequest<unknown[]>(LENSES!, about)).length > 0);
  await client.stop();
});

test('what includes a closed file is looked at as the file on the disk has it', async () => {
  const client = await Client.start(new Map([['/w/value.h', '#define VALUE 1\n']]));
  await client.open('file:///w/a.S', '#include "value.h"\n.if VALUE != 1\n.error "edited"\n.endif\n');
  await client.open('file:///w/value.h', '#define VALUE 2\n');
  const messages = async () => JSON.stringify(await client.diagnosticsOf('file:///w/a.S'));
  await client.everything();
  assert.match(await messages(), /edited/);
  await client.close('file:///w/value.h');
  await client.everything();
  assert.equal(await messages(), '[]');
  await client.stop();
});

test('what includes a file that changes on the disk is looked at anew', async () => {
  const files = new Map([['/w/value.h', '#define VALUE 1\n']]);
  const client = await Client.start(files);
  const including = 'file:///w/a.S';
  await client.open(including, '#include "value.h"\n.if VALUE != 1\n.error "edited"\n.endif\n');
  assert.deepEqual(await client.diagnosticsOf(including), []);
  files.set('/w/value.h', '#define VALUE 2\n');
  const told = client.published.length;
  const changes = [{ uri: 'file:///w/value.h', type: 2 }];
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  while (client.published.length === told) await turn();
  assert.match(JSON.stringify(client.published.at(-1)), /edited/);
  await client.stop();
});
