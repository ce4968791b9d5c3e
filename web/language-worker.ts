/** The language server in a web worker: messages are objects that are posted. What it reads of the workspace the client reads for it. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser.js';
import { socNamed } from '../emulator/soc/presets.js';
import { ClientFiles } from '../language-server/client-files.js';
import { Server } from '../language-server/server.js';

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
const files = new ClientFiles(
  (path) => connection.sendRequest('harthop/readFile', { path }),
  (path) => server.changed(path),
);
const server = new Server(connection, {
  chip(name) {
    if (/[./\\]/.test(name))
      throw new Error(`${name}: a chip's description in a file is not read in the browser; name a preset`);
    return socNamed(name);
  },
  readFile: (path) => files.read(path),
  forget: (path) => files.forget(path),
  later(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
});
connection.listen();
