/** The script of a browser's worker: it is sent files, and sends back what their run was. */
import { type Files, onEveryEngine } from './run.js';

const worker = globalThis as unknown as {
  onmessage: (event: { data: Files }) => void;
  postMessage(message: unknown): void;
};
worker.onmessage = ({ data }) => {
  onEveryEngine(data).then(
    (answer) => worker.postMessage({ answer }),
    (error: Error) => worker.postMessage({ error: error.stack }),
  );
};
