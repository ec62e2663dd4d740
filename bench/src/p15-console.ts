/** P15: what a browser that was never here before loads and shows, and how long another page takes. */
import { launchBrowser } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { logIn, newPage, type Chromium, type ConsolePage } from './console.js';
import { latencyOf, median } from './measure.js';
import { withPlatform, type World } from './platform.js';
import { writeServers } from './server-events.js';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery' };
const ROUTES = ['Servers', 'Applications', 'Domains', 'Terminals', 'Costs', 'Members', 'Roles', 'Dashboard'] as const;

interface Visit { readonly paint: number; readonly shown: number; readonly bytes: number }

/** In the page, as text: the benchmarks know no DOM. Waits for `h1` and for everything that is still on its way; answers the time, ms since the navigation began. */
const shown = (heading: string): string => `(async () => {
  const isThere = () => document.querySelector('h1')?.textContent === ${JSON.stringify(heading)} && document.querySelector('main div.animate-breathe, main [aria-busy=true]') === null;
  while (!isThere()) await new Promise(resolve => { requestAnimationFrame(resolve); });
  return performance.now();
})()`;
/** First contentful paint, ms since the navigation began, and the bytes of scripts and styles as they came over the wire. */
const LOADED = `({
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  bytes: performance.getEntriesByType('resource').filter(r => /\\.(?:js|css)$/.test(r.name)).reduce((sum, r) => sum + r.encodedBodySize, 0),
})`;
/** Clicks on a link of the sidebar without a hover before, which would load ahead; answers when, ms. */
const click = (label: string): string => `(() => {
  const link = [...document.querySelectorAll('nav[aria-label=Main] a')].find(a => a.textContent.trim() === ${JSON.stringify(label)});
  const from = performance.now();
  link.click();
  return from;
})()`;

const visit = async (page: ConsolePage, url: string, heading: string): Promise<Visit> => {
  await page.goto(url);
  const at = await page.evaluate<number>(shown(heading));
  return { ...(await page.evaluate<{ paint: number; bytes: number }>(LOADED)), shown: at };
};

/** From the click to the page with its data, ms. */
const change = async (page: ConsolePage, label: string): Promise<number> => {
  const from = await page.evaluate<number>(click(label));
  return (await page.evaluate<number>(shown(label))) - from;
};

const visits = async (browser: Chromium, world: World, rounds: number): Promise<{ readonly anonymous: Visit[]; readonly signedIn: Visit[]; readonly first: number[]; readonly again: number[] }> => {
  const found = { anonymous: [] as Visit[], signedIn: [] as Visit[], first: [] as number[], again: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    const cold = await newPage(browser);
    found.anonymous.push(await visit(cold, `${world.platform.url}/login`, 'Log in'));
    await logIn(cold, world.platform.url, OWNER);
    const state = await cold.context().storageState();
    await cold.context().close();
    // logged in, and nothing in its cache
    const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, storageState: state });
    const page = await context.newPage();
    found.signedIn.push(await visit(page, `${world.platform.url}/`, 'Dashboard'));
    for (const label of ROUTES) found.first.push(await change(page, label));
    for (const label of ROUTES) found.again.push(await change(page, label));
    await context.close();
  }
  return found;
};

export const p15: Benchmark = {
  id: 'p15',
  title: 'the console: first paint, another page, bundle',
  run: ({ quick, progress }) => withPlatform({}, async world => {
    progress('50 servers');
    await writeServers(await world.as('vps'), [world.tenant], 50);
    const browser = await launchBrowser();
    try {
      await visits(browser, world, 1);
      progress('cold visits');
      const { anonymous, signedIn, first, again } = await visits(browser, world, quick ? 1 : 5);
      const kilobytes = (all: readonly Visit[]): number => Math.max(...all.map(v => v.bytes)) / 1_024;
      const row = (what: string, unit: Row['unit'], ours: number, budget: number): Row => ({ what, unit, ours, budget: `< ${budget} ${unit}`, met: ours < budget });
      const [cold, warm] = [latencyOf(first), latencyOf(again)];
      return {
        rows: [
          row('first paint of the log-in page, cold cache', 'ms', median(anonymous.map(v => v.paint)), 1_000),
          row('first paint of the dashboard, logged in, cold cache', 'ms', median(signedIn.map(v => v.paint)), 1_000),
          { what: 'the dashboard with all its data, cold cache', unit: 'ms', ours: median(signedIn.map(v => v.shown)) },
          { ...row('another page, seen before, with its data', 'ms', warm.p50, 100), ours_p99: warm.p99 },
          { ...row('another page, its part of the bundle not loaded yet', 'ms', cold.p50, 100), ours_p99: cold.p99 },
          row('scripts and styles of the log-in page, as sent', 'KB', kilobytes(anonymous), 170),
          row('scripts and styles of the dashboard, as sent', 'KB', kilobytes(signedIn), 195),
        ],
        notes: ['Chromium on the same two cores as the product and its 50 servers, over loopback; scripts come compressed (brotli where the browser takes it). Links are clicked without a hover before, which would load ahead. Budget of the bundle: what the first page loads.'],
      };
    } finally {
      await browser.close();
    }
  }),
};
