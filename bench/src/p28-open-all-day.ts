/** P28: a working day of the console's life with 50 live servers, in minutes: does its heap grow? */
import type { NatsConnection } from '@nats-io/transport-node';
import { Views } from '@xanthus/jetstream';
import { signalSubject, viewKey } from '@xanthus/proto';
import { metricsView, serverEvents } from '@xanthus/proto/vps';
import { launchBrowser } from '@xanthus/testing';
import type { Benchmark } from './benchmark.js';
import { logIn, newPage, type ConsolePage } from './console.js';
import { withPlatform } from './platform.js';
import { eventOf, writeServers } from './server-events.js';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery' };
const SERVERS = 50;
/** Samples of one server in eight hours, one each ten seconds. */
const SAMPLES = 8 * 360;
/** Pages that stay open for a part of the day, each; gone round several times. */
const PATHS = ['/', '/servers', '/servers/ID?tab=metrics', '/servers/ID?tab=history', '/alerts', '/audit'] as const;
const PARTS = 12;

interface Counted { readonly heap: number; readonly nodes: number; readonly listeners: number }

const counted = async (page: ConsolePage): Promise<Counted> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { heap: usedSize / 1_048_576, nodes, listeners: jsEventListeners };
};

/** One turn of ten seconds of all servers, as the watch tells it: a sample in the view and a signal each. */
const turn = async (vps: NatsConnection, views: Views, tenant: string, ids: readonly string[], n: number): Promise<void> => {
  await Promise.all(ids.map(async (id, i) => {
    const sample = { ...metricsView.example, at: new Date().toISOString(), load1: ((n * 7 + i) % 100) / 50, cpu: ((n + i * 3) % 100) / 100 };
    vps.publish(signalSubject({ tenant, service: 'vps', aggregate: 'server', id }, 'metrics'), JSON.stringify(sample));
    await views.putSample(viewKey(tenant, 'metrics', id), sample);
  }));
};

/** The session renews its token, as it does when another page of the browser went on elsewhere; by the clock it would every eight minutes. */
const renewed = async (page: ConsolePage): Promise<void> => {
  const answer = page.waitForResponse(r => r.url().endsWith('/api/auth/refresh'));
  await page.evaluate("(() => { const tabs = new BroadcastChannel('xanthus.session'); tabs.postMessage('switched'); tabs.close(); })()");
  if (!(await answer).ok()) throw new Error(`The session was not renewed: ${(await answer).status()}.`);
};

/** The network goes, something happens meanwhile, and it comes back. */
const cut = async (page: ConsolePage, meanwhile: () => Promise<void>): Promise<void> => {
  const connection = (state: string) => page.locator(`[data-testid=connection]${state}:visible`).first().waitFor({ timeout: 120_000 });
  await page.context().setOffline(true);
  await connection(':not([data-state=live])');
  await meanwhile();
  await page.context().setOffline(false);
  await connection('[data-state=live]');
};

export const p28: Benchmark = {
  id: 'p28',
  title: 'the console open all day with 50 live servers: heap',
  run: ({ quick, progress }) => withPlatform({}, async world => {
    const vps = await world.as('vps');
    await writeServers(vps, [world.tenant], SERVERS);
    const views = new Views(vps, 'vps');
    const ids = (await world.ask<{ items: { id: string }[] }>('GET', '/api/vps?limit=1000')).items.map(s => s.id);
    const browser = await launchBrowser();
    try {
      const page = await newPage(browser);
      await logIn(page, world.platform.url, OWNER);
      const turns = quick ? 120 : SAMPLES;
      const measured: Counted[] = [];
      const go = async (path: string): Promise<void> => {
        // Within the page, as a person does: a load would begin with an empty heap.
        await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path.replace('ID', ids[0] ?? ''))}); dispatchEvent(new PopStateEvent('popstate'))`);
        await page.getByRole('heading', { level: 1 }).waitFor();
      };
      for (let part = 0; part < PARTS; part++) {
        for (const path of PATHS) {
          await go(path);
          await renewed(page);
          for (let i = 0; i < turns / PARTS / PATHS.length; i++) {
            await turn(vps, views, world.tenant, ids, part * 1_000 + i);
            if (i % 30 === 0) {
              const [subject, body] = eventOf(world.tenant, ids[i % ids.length] ?? '', 'ServerFactsObserved', { ...serverEvents.ServerFactsObserved.example, hostname: `web-${part}-${i}` });
              await vps.request(subject, body, { timeout: 20_000 });
            }
          }
        }
        await cut(page, async () => { for (let i = 0; i < 3; i++) await turn(vps, views, world.tenant, ids, part * 1_000 + 900 + i); });
        await go('/');
        measured.push(await counted(page));
        progress(`${part + 1} of ${PARTS}: ${measured.at(-1)?.heap.toFixed(1)} MB, ${measured.at(-1)?.nodes} nodes`);
      }
      await views.stop();
      // The first round loads the parts of the bundle and fills what is bounded.
      const [before, after] = [measured[1], measured.at(-1)];
      if (!before || !after) throw new Error('nothing was measured');
      const growth = (100 * (after.heap - before.heap)) / before.heap;
      return {
        rows: [
          { what: 'heap after garbage collection, after a sixth of the day', unit: 'MB', ours: before.heap },
          { what: 'heap at the end of the day', unit: 'MB', ours: after.heap, budget: `grows < 10 % (grew ${growth.toFixed(1)} %)`, met: growth < 10 },
        ],
        notes: [
          `${(turns * SERVERS).toLocaleString('en')} samples (${SERVERS} servers, one each ten seconds, ${((turns * 10) / 3_600).toFixed(1)} h) were shown as fast as the product takes them, over ${PATHS.length} pages in turn, ${PARTS} times round. The session renewed its token ${PARTS * PATHS.length} times (by the clock: 60), the network was cut and came back ${PARTS} times. DOM nodes ${before.nodes} → ${after.nodes}, listeners ${before.listeners} → ${after.listeners}.`,
        ],
      };
    } finally {
      await browser.close();
    }
  }),
};
