#!/usr/bin/env node
/** The `harthop` command from a checkout: sees to the packages, then runs the sources. */
import { setup } from './setup.mjs';

setup();
const { register } = await import('tsx/esm/api');
register();
await import('../cli/main.ts');
