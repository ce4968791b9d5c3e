#!/usr/bin/env node
/** The `harthop` command from a checkout: sees to the packages, then runs the sources. */
import { setup } from './setup.mjs';

setup();
const { command } = await import('./command.mjs');
await import(await command());
