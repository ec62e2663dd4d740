#!/usr/bin/env node
// Runs a TypeScript file of this workspace from source: node infra/launch/bin/run.mjs <file.ts> [arguments]
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, ...rest] = process.argv.slice(2);
if (!file || !existsSync(file)) {
  console.error(file ? `There is no file ${file}.` : 'Usage: node infra/launch/bin/run.mjs <file.ts> [arguments]');
  process.exit(2);
}
process.setSourceMapsEnabled(true);
register('./support/ts-hooks.mjs', import.meta.url);
process.argv = [process.argv[0], resolve(file), ...rest];
await import(pathToFileURL(resolve(file)).href);
