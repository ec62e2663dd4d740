/** An organisation with something on every page, and all the pages: for looking at each of them, by a spec and by `npm run screens`. */
import { readFile } from 'node:fs/promises';
import { startCloudflareEmulator } from '@xanthus/emulators';
import { startPlatform, type Platform } from '@xanthus/launch';
import { eventually } from '@xanthus/testing';
import type { Page } from 'playwright-core';
import { APPLICATION_TABS } from '../src/applications/application-search.js';
import { ZONE_TABS } from '../src/dns/zone-search.js';
import { SERVER_TABS } from '../src/server/server-search.js';

export interface TourPage { /** Of its picture: small letters, digits and hyphens. */ readonly name: string; readonly path: string }
export interface Tour {
  readonly platform: Platform;
  readonly owner: typeof OWNER;
  readonly pages: readonly TourPage[];
  stop(): Promise<void>;
}

/** Longer than any set-up of a sandbox, or any deployment onto it, ms. */
const LONG = 180_000;
const OWNER = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace', tenant: { slug: 'acme', name: 'Acme Cloud' } };

type Ask = <T = { id: string }>(method: string, path: string, body?: object) => Promise<T>;
const asker = (url: string, token: string): Ask => async <T>(method: string, path: string, body?: object): Promise<T> => {
  const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: url }, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
};

const fillPeople = async (ask: Ask): Promise<{ readonly member: string }> => {
  const [{ id: member }] = await Promise.all([
    ask('POST', '/api/members?wait=view', { email: 'grace@example.com', name: 'Grace Hopper', password: 'correct horse battery', role: 'operator' }),
    ask('POST', '/api/invitations', { email: 'linus@example.com', role: 'viewer' }),
    ask('POST', '/api/roles/restarter', { description: 'Restarts what is staging.', grants: [{ permission: 'vps.read', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' }] }),
    ask('POST', '/api/api-keys', { name: 'Grafana', role: 'viewer', expires_at: new Date(Date.now() + 90 * 86_400_000).toISOString() }),
    ask('POST', '/api/secrets', { name: 'registry', kind: 'registry-password', value: 'hunter2-hunter2', description: 'Private images' }),
    ask('POST', '/api/ssh-keys', { name: 'laptop' }),
  ]);
  return { member };
};

const adopted = async (ask: Ask): Promise<string> => {
  const { id } = await ask('POST', '/api/vps/adopt-sandbox?wait=view', { name: 'play-1' });
  await eventually(async () => (await ask<{ data: { status: string } }>('GET', `/api/vps/${id}`)).data.status === 'reachable', { timeout: LONG });
  return id;
};

/** With an application in a real cluster it takes minutes: for pictures only. */
const deployed = async (ask: Ask, zone: string): Promise<{ readonly server: string; readonly application: string }> => {
  await ask('POST', '/api/dns/configure', { domain: 'example.com', redirect_www: false });
  const { id: provider } = await ask('POST', '/api/vps/providers', { kind: 'sandbox', name: 'Sandbox' });
  const { id: server } = await ask('POST', '/api/vps', { provider, name: 'web-1', location: 'here', type: 'sandbox-2', ssh_port: 2_222 });
  await eventually(async () => (await ask<{ data: { state: string } }>('GET', `/api/vps/${server}/setup`)).data.state === 'finished', { timeout: LONG, every: 500 });
  await eventually(async () => (await ask<{ data: { state: string } }>('GET', `/api/dns/domains/${zone}/configuration`)).data.state === 'configured', { timeout: LONG });
  const { id: plan, hash } = await ask<{ id: string; hash: string }>('POST', '/api/applications/plan', { wish: { kind: 'deploy', name: 'Team notes', entry: 'code-server', server, zone, subdomain: 'code' }, reason: 'For the team' });
  const { id: application } = await ask('POST', '/api/applications', { plan, hash, accept: ['admin', 'simulated', 'memory', 'cpu', 'disk'] });
  await eventually(async () => (await ask<{ data: { status: string } }>('GET', `/api/applications/${application}`)).data.status === 'running', { timeout: LONG, every: 500 });
  return { server, application };
};

const tabsOf = (name: string, path: string, tabs: readonly (readonly [string, string])[]): TourPage[] => tabs.map(([tab], i) => (i === 0 ? { name, path } : { name: `${name}-${tab}`, path: `${path}?tab=${tab}` }));

/** Pages that are one thing's, and pages with parts; every other route is a page as it stands. */
const partsOf = (things: { readonly server: string; readonly application?: string; readonly zone: string; readonly member: string; readonly session: string }): Readonly<Record<string, readonly TourPage[]>> => ({
  '/servers/$id': tabsOf('server', `/servers/${things.server}`, SERVER_TABS),
  '/applications/$id': things.application === undefined ? [] : tabsOf('application', `/applications/${things.application}`, APPLICATION_TABS),
  '/applications/new': [{ name: 'deploy', path: '/applications/new?entry=code-server' }],
  '/domains/$id': tabsOf('domain', `/domains/${things.zone}`, ZONE_TABS),
  // They lead elsewhere.
  '/settings': [],
  '/security': [],
  '/recordings/$id': [{ name: 'recording', path: `/recordings/${things.session}` }],
  '/members/$id': [{ name: 'member', path: `/members/${things.member}` }],
  '/roles/$name': [{ name: 'role', path: '/roles/restarter' }],
  $: [{ name: 'not-found', path: '/no-such-page' }],
});

/** Every route behind the log-in, read from the router itself: a new page is on the tour without being named here. */
const routesOf = async (): Promise<string[]> => [...(await readFile(new URL('../src/app/router.tsx', import.meta.url), 'utf8')).matchAll(/under\('([^']*)'\)/g)].map(m => m[1] ?? '');

/** The pages before the log-in are the specs' own. `application`: with a cluster. */
export const startTour = async (options: { readonly application?: boolean } = {}): Promise<Tour> => {
  const cf = await startCloudflareEmulator();
  let platform: Platform | undefined;
  try {
    platform = await startPlatform({ sandbox: true, env: { XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_METRICS_INTERVAL_MS: '1000', ...(options.application ? { XANTHUS_SANDBOX_KUBERNETES: '1' } : {}) } });
    const owner = await platform.setUp(OWNER);
    const ask = asker(platform.url, owner.access_token);
    const { id: zone } = cf.addZone('example.com');
    for (const [type, name, content] of [['A', 'www', '192.0.2.1'], ['A', 'api', '192.0.2.2'], ['CNAME', 'shop', 'www.example.com'], ['TXT', 'note', '"hello"']] as const) cf.putRecord(zone, { type, name: `${name}.example.com`, content, ttl: 300 });
    await ask('POST', '/api/cloudflare-accounts', { token: cf.addToken().value, account: cf.account.id });
    const [{ member }, server] = await Promise.all([fillPeople(ask), adopted(ask), ask('POST', `/api/dns/domains/${zone}/manage`, {})]);
    const { id: session } = await ask('POST', '/api/terminal/sessions?wait=view', { server, title: 'database' });
    await ask('DELETE', `/api/terminal/sessions/${session}?wait=view`);
    const things = { server, zone, member, session, ...(options.application ? await deployed(ask, zone) : {}) };
    const parts = partsOf(things);
    const pages = (await routesOf()).flatMap(route => parts[route] ?? [{ name: route === '/' ? 'dashboard' : route.slice(1).replaceAll('/', '-'), path: route }]);
    const running = platform;
    return { platform, owner, pages, async stop() { await running.stop(); await cf.stop(); } };
  } catch (error) {
    await platform?.stop();
    await cf.stop();
    throw error;
  }
};

/** Everything of the page has come: nothing waits, nothing breathes. */
export const settled = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Skeletons breathe; so do the dots of what is under way, which may do so for ever.
  await page.waitForFunction(() => document.querySelector('main [aria-busy=true], div.animate-breathe') === null && document.fonts.status === 'loaded' && document.getAnimations().every(a => a.playState !== 'running'));
};

/** The page follows what the system likes. */
export const inTheme = async (page: Page, theme: 'dark' | 'light'): Promise<void> => {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.waitForFunction(wanted => document.documentElement.dataset['theme'] === wanted, theme);
};
