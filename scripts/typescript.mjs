/** `node --import ./scripts/typescript.mjs FILE.ts`: runs the sources as they are. What was made of them is kept in node_modules/.cache. */
import { register } from 'node:module';

process.setSourceMapsEnabled(true);
register('./typescript-hooks.mjs', import.meta.url);
