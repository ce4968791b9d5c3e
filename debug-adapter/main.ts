/** The debug adapter as a program: `main [--port N]`. Nothing imports this file; who wants to serve imports server.ts. */
import { preparePlatform } from './platform.js';
import { serve } from './server.js';

preparePlatform();

const [option, value, ...more] = process.argv.slice(2);
const port = option === undefined ? undefined : Number(value);
const valid = port === undefined || (/^\d+$/.test(value ?? '') && port <= 65535);
if ((option !== undefined && option !== '--port') || !valid || more.length) {
  process.stderr.write(
    'usage: debug-adapter [--port N]\nServes the Debug Adapter Protocol on stdin and stdout, or on 127.0.0.1, port N (0: any free one).\n',
  );
  process.exit(2);
}
serve(port).catch((error: Error) => {
  process.stderr.write(`harthop dap: ${error.message}\n`);
  process.exit(2);
});
