/** P26: the audit page over a million events of a real product, in a real Chromium. */
import type { NatsConnection } from '@nats-io/transport-node';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { eventSubject, type Actor } from '@xanthus/proto';
import { launchBrowser } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { logIn, newPage, type ConsolePage } from './console.js';
import { median } from './measure.js';
import { withPlatform, type World } from './platform.js';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery' };
const MILLION = 1_000_000;
/** What is looked for: one in so many. */
const RARE = 100_000;
const STREAMS = [
  { user: 'vps', stream: 'VPS', aggregate: 'server', type: 'TimeZoneSet', data: (i: number) => ({ from: 'Etc/UTC', to: `Etc/GMT-${i % 12}` }) },
  { user: 'terminals', stream: 'TERMINALS', aggregate: 'files', type: 'FileRead', data: (i: number) => ({ path: `/var/log/app-${i % 977}.log`, size: i % 65_536 }) },
] as const;

/** Events of two services, turn about, as they would have written them; every `RARE`th of one course. Answers what is looked for. */
const fill = async (world: World, count: number): Promise<string> => {
  const rare = newId();
  const things = Array.from({ length: 200 }, () => newId());
  const writers: NatsConnection[] = [];
  for (const { user } of STREAMS) writers.push(await world.as(user));
  const event = (i: number): [string, string] => {
    const { user, aggregate, type, data } = STREAMS[i % STREAMS.length] as (typeof STREAMS)[number];
    const id = things[i % things.length] as string;
    const ref = { tenant: world.tenant, service: user, aggregate, id };
    const actor: Actor = { kind: 'system', id: 'bench' };
    return [eventSubject(ref), JSON.stringify(buildEnvelope(ref, { event: { type, data: data(i) }, schema: 1 }, { tenant: world.tenant, id, actor, now: new Date().toISOString(), command_id: newId(), correlation_id: i % RARE === RARE - 1 ? rare : newId() }))];
  };
  for (let i = 0; i < count;) {
    const end = Math.min(count, i + 2_000);
    const acks: Promise<{ json(): unknown }>[] = [];
    for (; i < end; i++) {
      const [subject, body] = event(i);
      const nc = writers[i % writers.length] as NatsConnection;
      // One in a hundred is waited for: the stream takes what one connection sends in order.
      if (i >= end - 2 * STREAMS.length || i % 100 < STREAMS.length) acks.push(nc.request(subject, body, { timeout: 60_000 }));
      else nc.publish(subject, body);
    }
    for (const ack of await Promise.all(acks)) { const { error } = ack.json() as { error?: { description: string } }; if (error) throw new Error(error.description); }
  }
  return rare;
};

const sealed = async (world: World): Promise<number> => (await world.ask<{ items: { data: { events: number; stream: string } }[] }>('GET', '/api/audit/chains')).items.reduce((n, { data, ...rest }) => n + ((data ?? rest) as { events: number }).events, 0);

/** In the page, as text: the benchmarks know no DOM. From the click on the link to the newest events, painted, ms. */
const OPENED = `(async () => {
  const frame = () => new Promise(resolve => { requestAnimationFrame(resolve); });
  const link = [...document.querySelectorAll('nav a')].find(a => a.getAttribute('href')?.startsWith('/audit'));
  const from = performance.now();
  link.click();
  while (!document.querySelector('[data-testid=audit-list] [data-event]')) await frame();
  await frame();
  return performance.now() - from;
})()`;
const scrolled = (frames: number, by: string): string => `(async () => {
  const box = document.querySelector('[data-testid=audit-list]');
  const times = [];
  let before = await new Promise(resolve => { requestAnimationFrame(resolve); });
  for (let i = 0; i < ${frames}; i++) {
    ${by};
    const now = await new Promise(resolve => { requestAnimationFrame(resolve); });
    times.push(now - before);
    before = now;
  }
  return times;
})()`;
/** Somewhere in the whole, until every row in sight is read, ms; and whether they are in order. */
const jumped = (part: number): string => `(async () => {
  const frame = () => new Promise(resolve => { requestAnimationFrame(resolve); });
  const box = document.querySelector('[data-testid=audit-list]');
  const from = performance.now();
  box.scrollTop = (box.scrollHeight - box.clientHeight) * ${part};
  await frame(); await frame();
  const inSight = () => [...box.querySelectorAll('[data-row]')].filter(r => { const y = r.getBoundingClientRect(), b = box.getBoundingClientRect(); return y.bottom > b.top && y.top < b.bottom; });
  while (inSight().length === 0 || inSight().some(r => !r.dataset.event)) await frame();
  const took = performance.now() - from;
  const times = inSight().map(r => r.querySelector('time').dateTime);
  return { took, ordered: times.every((t, i) => i === 0 || times[i - 1] >= t), row: Number(inSight()[0].dataset.row) };
})()`;

const heapOf = async (page: ConsolePage): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
};

export const p26: Benchmark = {
  id: 'p26',
  title: 'the audit page: 1,000,000 events',
  run: ({ quick, progress }) => withPlatform({}, async world => {
    const count = quick ? 20_000 : MILLION;
    const before = await sealed(world).catch(() => 0);
    progress(`storing ${count} events`);
    const rare = await fill(world, count);
    for (let n = 0; n < before + count;) {
      n = await sealed(world);
      progress(`${n} events are sealed`);
      await new Promise(resolve => setTimeout(resolve, n < before + count ? 2_000 : 0));
    }
    const browser = await launchBrowser();
    try {
      const page = await newPage(browser);
      await logIn(page, world.platform.url, OWNER);
      const opens: number[] = [];
      for (let i = 0; i < (quick ? 1 : 5); i++) {
        if (i > 0) await page.getByRole('link', { name: 'Dashboard' }).first().click();
        await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
        opens.push(await page.evaluate<number>(OPENED));
      }
      const shown = Number(await page.getByTestId('audit-count').getAttribute('data-count'));
      if (shown < count) throw new Error(`${shown} of ${count} events are on the scroll bar.`);
      progress('scrolling');
      const wheel = await page.evaluate<number[]>(scrolled(240, 'box.scrollTop += 300'));
      const dragged = await page.evaluate<number[]>(scrolled(120, 'box.scrollTop = (box.scrollHeight - box.clientHeight) * (i / 120)'));
      const jumps: number[] = [];
      for (const part of [0.5, 0.13, 0.87, 0.31, 1]) {
        const { took, ordered, row } = await page.evaluate<{ took: number; ordered: boolean; row: number }>(jumped(part));
        if (!ordered || Math.abs(row - part * shown) > shown / 20 + 50) throw new Error(`At ${part} there is row ${row}, ${ordered ? '' : 'not '}in order.`);
        jumps.push(took);
      }
      const heap = await heapOf(page);
      progress('a rare filter');
      const from = performance.now();
      await page.goto(`${world.platform.url}/audit?correlation=${rare}`);
      await page.getByText('All of the log was looked through.').waitFor({ timeout: 120_000 });
      const found = Number(await page.getByTestId('audit-count').getAttribute('data-count'));
      const filtered = performance.now() - from;
      if (found !== Math.floor(count / RARE)) throw new Error(`${found} of ${Math.floor(count / RARE)} events were found.`);
      const row = (what: string, unit: Row['unit'], ours: number, budget: number): Row => ({ what, unit, ours, budget: `< ${budget} ${unit}`, met: ours < budget });
      const at = (all: readonly number[], part: number): number => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * part)] ?? Number.NaN;
      return {
        rows: [
          row('the newest events, painted', 'ms', median(opens), 500),
          { ...row('a frame while scrolling, 300 px each', 'ms', at(wheel, 0.5), 17), ours_p99: at(wheel, 0.99) },
          { what: 'a frame while the bar is dragged from end to end', unit: 'ms', ours: at(dragged, 0.5), ours_p99: at(dragged, 0.99) },
          { what: 'anywhere in the whole, all rows in sight read', unit: 'ms', ours: median(jumps), ours_p99: Math.max(...jumps) },
          { what: 'heap after all that', unit: 'MB', ours: heap },
          { what: 'one in 100,000 found, with loading the console, all looked through', unit: 'ms', ours: filtered },
        ],
        notes: [
          `${count.toLocaleString('en')} events of two services, turn about, sealed by the service audit; Chromium on the same two cores as the product. A frame at 60 Hz is 16.7 ms.`,
          'The count on the scroll bar, the place and order of the rows after each leap, and the number found are compared with what was written.',
        ],
      };
    } finally {
      await browser.close();
    }
  }),
};
