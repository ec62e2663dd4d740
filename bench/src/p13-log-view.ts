/** P13: a log of a million lines in the log viewer, in a real Chromium. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchBrowser } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { newPage, type Chromium, type ConsolePage } from './console.js';
import { median } from './measure.js';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));
const MILLION = 1_000_000;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

/** The page is served as a gateway would: from files. */
const serve = async (folder: string): Promise<{ readonly url: string; readonly server: Server }> => {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname).replace(/\/$/, '/index.html');
    readFile(join(folder, path)).then(data => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(data), () => response.writeHead(404).end());
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
};

/** In the page, as text: the benchmarks know no DOM. From the beginning until the newest line is painted, ms. */
const opened = (last: number): string => `(async () => {
  const frame = () => new Promise(resolve => { requestAnimationFrame(resolve); });
  await document.fonts.ready;
  const from = performance.now();
  startBench();
  while (!document.querySelector('[data-line="${last}"]')) await frame();
  await frame();
  return performance.now() - from;
})()`;
/** From the last letter typed until all is counted, ms. */
const searched = (text: string, count: string): string => `(async () => {
  const frame = () => new Promise(resolve => { requestAnimationFrame(resolve); });
  const field = document.querySelector('input[type=search]');
  const from = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)});
  field.dispatchEvent(new Event('input', { bubbles: true }));
  while (document.querySelector('#log-found').textContent !== ${JSON.stringify(count)} || document.querySelector('section').innerText.includes('Searching')) await frame();
  return performance.now() - from;
})()`;
/** How long each frame took while it was scrolled through, ms. */
const SCROLLED = `(async () => {
  const box = document.querySelector('[role=log]');
  const times = [];
  let before = await new Promise(resolve => { requestAnimationFrame(resolve); });
  for (let i = 0; i < 120; i++) {
    box.scrollTop -= 340;
    const now = await new Promise(resolve => { requestAnimationFrame(resolve); });
    times.push(now - before);
    before = now;
  }
  return { times, blank: document.querySelectorAll('[data-line]').length === 0 };
})()`;

interface Round { readonly open: number; readonly rare: number; readonly none: number; readonly heap: number; readonly frames: readonly number[] }

const round = async (browser: Chromium, url: string, lines: number): Promise<Round> => {
  const page: ConsolePage = await newPage(browser);
  try {
    await page.goto(`${url}bench/?lines=${lines}`);
    const open = await page.evaluate<number>(opened(lines - 1));
    const text = await page.locator(`[data-line="${lines - 1}"]`).innerText();
    if (!text.includes(`user=${(lines - 1) % 4_096}`)) throw new Error(`The last line is not the last one: ${text}`);
    const found = Math.floor((lines - 5_001) / 10_000) + 1;
    const rare = await page.evaluate<number>(searched('needle', found.toLocaleString('en-GB')));
    const none = await page.evaluate<number>(searched('there is no such text', '0'));
    await page.evaluate(searched('', ''));
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const usage = await session.send('Runtime.getHeapUsage') as { usedSize: number; backingStorageSize?: number; embedderHeapUsedSize?: number };
    const { times, blank } = await page.evaluate<{ times: number[]; blank: boolean }>(SCROLLED);
    if (blank) throw new Error('Nothing was drawn after scrolling.');
    return { open, rare, none, heap: (usage.usedSize + (usage.backingStorageSize ?? 0) + (usage.embedderHeapUsedSize ?? 0)) / 2 ** 20, frames: times };
  } finally {
    await page.context().close();
  }
};

export const p13: Benchmark = {
  id: 'p13',
  title: 'log viewer: 1,000,000 lines',
  run: async ({ quick, progress }) => {
    const lines = quick ? 100_000 : MILLION;
    const folder = await mkdtemp(join(tmpdir(), 'xanthus-p13-'));
    progress('building the page');
    await promisify(execFile)('npx', ['vite', 'build', '--config', 'bench/vite.config.ts', '--outDir', folder, '--logLevel', 'warn'], { cwd: WEB });
    const { url, server } = await serve(folder);
    const browser = await launchBrowser();
    try {
      const rounds: Round[] = [];
      for (let i = 1; i <= (quick ? 1 : 3); i++) {
        progress(`round ${i}`);
        rounds.push(await round(browser, url, lines));
      }
      const row = (what: string, unit: Row['unit'], ours: number, budget: number): Row => ({ what, unit, ours, budget: `≤ ${budget} ${unit}`, met: ours <= budget });
      const frames = rounds.flatMap(r => r.frames).toSorted((a, b) => a - b);
      return {
        rows: [
          row('opened at the tail, painted', 'ms', median(rounds.map(r => r.open)), 500),
          row('a search, all counted: one line in 10,000', 'ms', median(rounds.map(r => r.rare)), 1_000),
          row('a search that finds nothing', 'ms', median(rounds.map(r => r.none)), 1_000),
          row('heap with all lines, after a collection', 'MB', Math.max(...rounds.map(r => r.heap)), 150),
          { what: 'a frame while scrolling through', unit: 'ms', ours: median(frames), ours_p99: frames[Math.floor(frames.length * 0.99)] ?? Number.NaN },
        ],
        notes: [
          `${lines.toLocaleString('en')} lines of a hundred letters on average, some in colour, given to the viewer in one go; line wrap as preset (on), 1,440 × 900.`,
          'Heap: V8’s, and what its buffers hold beside it. The last line shown and the number of lines found are compared with what was written.',
        ],
      };
    } finally {
      await browser.close();
      await new Promise(resolve => { server.close(resolve); });
      await rm(folder, { recursive: true, force: true });
    }
  },
};
