/** `docs/sdk.md` and the client in `docs/gateway.md` do what they say, on a real gateway; the bundle works in a page without a bundler. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, launchBrowser } from '@xanthus/testing';
import { renameServer } from '@xanthus/proto/vps';
import { WebSocket } from 'ws';
import { connect, until, XanthusError } from './index.js';
import { startRealGateway, type RealGateway } from './real-gateway.fixtures.js';
import type { Client } from './types.js';

const DOCS = join(import.meta.dirname, '../../../docs');
const blocks = (text: string, language: string): string[] => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(m => m[1] ?? '');
const sdk = await readFile(join(DOCS, 'sdk.md'), 'utf8');
const EXAMPLES = blocks(sdk, 'js');
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...parts: string[]) => (...given: unknown[]) => Promise<void>;

let g: RealGateway;
let x: Client;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xanthus-documentation-'));
  g = await startRealGateway();
  await g.put('acme.servers.s1', { name: 'web-1' });
  for (let n = 0; n < 3; n++) await g.event('s1', n);
  x = await g.client();
});
afterAll(async () => {
  await g?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('docs/sdk.md', () => {
  it('has its examples', () => expect(EXAMPLES.length).toBeGreaterThanOrEqual(10));

  it.each(EXAMPLES.map((code, n) => [`${n + 1}: ${code.split('\n').find(line => line !== '' && !line.startsWith('import'))?.slice(0, 60) ?? ''}`, code]))('example %s', async (_, code) => {
    const printed: string[] = [];
    const given = {
      connect, until, XanthusError, WebSocket, renameServer, url: `http://127.0.0.1:${g.proxy.port}`, freshAccessToken: () => g.token(),
      console: { log: (...parts: unknown[]) => printed.push(parts.map(String).join(' ')) },
      render: () => {}, rebuild: () => {}, handle: () => Promise.resolve(), send: (subject: string, payload: unknown) => g.nc.publish(subject, JSON.stringify(payload)),
      ...(/const x = /.test(code) ? {} : { x }),
    };
    await new AsyncFunction(...Object.keys(given), code.replace(/^import .*$/gm, ''))(...Object.values(given));
    expect(printed).toEqual([...code.matchAll(/\/\/ → (.*)$/gm)].map(m => m[1]));
  });
});

it('a page without a bundler imports the bundle as a module', async () => {
  const out = join(folder, 'xanthus.js');
  const cli = join(createRequire(import.meta.url).resolve('rolldown/package.json'), '../bin/cli.mjs');
  await promisify(execFile)(process.execPath, [cli, join(import.meta.dirname, 'index.ts'), '--format', 'esm', '--platform', 'browser', '--minify', '-o', out]);
  await writeFile(join(folder, 'index.html'), blocks(sdk, 'html')[0] ?? '');
  await writeFile(join(folder, 'page.js'), blocks(sdk, 'js page')[0] ?? '');
  const gateway = await g.another({ XANTHUS_WEB_DIR: folder });
  const browser = await launchBrowser();
  try {
    await gateway.ready();
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(String(error)));
    await page.addInitScript(`sessionStorage.token = ${JSON.stringify(g.token())}`);
    await page.goto(gateway.url);
    // Not waitForFunction: the page's policy forbids eval.
    await eventually(async () => errors.length > 0 || (await page.title()) !== 'waiting');
    expect([await page.title(), errors]).toEqual(['acme: 1 server, VPS', []]);
  } finally {
    await browser.close();
    await gateway.stop();
  }
});
