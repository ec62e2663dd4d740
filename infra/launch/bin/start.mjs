#!/usr/bin/env node
// `npm start`: installs what is missing, builds what changed, then becomes the launcher (the same process: signals and exit codes are its own).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, checkNode, install, root } from './support/workspace.mjs';

checkNode();
const say = line => process.stdout.write(`${line}\n`);
const asks = process.argv.slice(2).some(a => ['--help', '-h', 'credentials', 'setup-link', 'rotate-master-key', 'rotate-data-keys', 'receipt', 'verify-receipt'].includes(a));
await install(asks ? line => process.stderr.write(`${line}\n`) : say); // `credentials` and `receipt` print a file on their standard output
await build(asks ? line => process.stderr.write(`${line}\n`) : say);
process.setSourceMapsEnabled(true);
process.env.NODE_ENV ??= 'production';
await import(pathToFileURL(join(root, 'infra/launch/dist/main.js')).href);
