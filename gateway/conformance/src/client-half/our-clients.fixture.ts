/** The clients that we know: our SDK, and the one that `docs/gateway.md` shows, run as it stands there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from './program.js';

const HERE = import.meta.dirname;

/** One file, so that each row's process starts at once. */
export const bundledSdk = async (folder: string): Promise<Command> => {
  const out = join(folder, 'sdk-client.mjs');
  const cli = join(createRequire(import.meta.url).resolve('rolldown/package.json'), '../bin/cli.mjs');
  await promisify(execFile)(process.execPath, [cli, join(HERE, 'sdk-client.fixture.ts'), '--format', 'esm', '--platform', 'node', '-o', out]);
  return { command: [process.execPath, out] };
};

export const documentedCode = async (): Promise<string> => /^```js client\n([\s\S]*?)^```/m.exec(await readFile(join(HERE, '../../../../docs/gateway.md'), 'utf8'))?.[1] ?? '';
/** Run from this folder, so that `ws` is found. */
export const clientOf = (code: string): Command => ({ command: [process.execPath, '--input-type=module', '--eval', code], cwd: HERE });
