/**
 * One way through the product in a browser whose clock is wrong by an hour: first start → server → application → domain → terminal → audit → undo, with what goes
 * wrong on the way. Each part in depth is in the spec of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { whyNoCluster } from '@xanthus/kubernetes-testbed/spec';
import { programBelow, startPlatform, type Platform } from '@xanthus/launch';
import { whyNoSandboxes } from '@xanthus/sandbox';
import { eventually, freePort, launchBrowser, startProxy, type TcpProxy } from '@xanthus/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible, glimpsed, goTo, logIn, openTab, shows, told, type Tab } from './console.fixtures.js';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' };
const GRACE = { email: 'grace@example.com', password: 'staple battery horse', name: 'Grace Hopper' };
const HOUR = 3_600_000;

const why = await whyNoSandboxes();
// A pipeline that can have none is told so, in red: there this way is what counts.
const skipped = why !== undefined && process.env['CI'] === undefined;
if (skipped) console.warn(`skipped: the journey: ${why}`);
const noCluster = why ?? await whyNoCluster();
if (!skipped && noCluster !== undefined) console.warn(`skipped: the journey's deployment: ${noCluster}`);
const withCluster = noCluster === undefined ? it : it.skip;
/** Longer than any set-up of a sandbox, or any deployment onto it, ms. */
const LONG = 150_000;

(skipped ? describe.skip : describe)('the journey, in a browser whose clock is an hour ahead', () => {
  let cf: CloudflareEmulator;
  let platform: Platform;
  let proxy: TcpProxy;
  let browser: Browser;
  let ada: Tab;
  let grace: Tab;
  let page: Page;
  let url: string;
  let token: string;
  let zone: string;
  let server: string;
  let member: string;
  let box: string;

  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${platform.url}${path}`, { method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json', origin: platform.url }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  };
  const named = (of: Page, name: string): Promise<void> => of.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const openRename = async (of: Page): Promise<Locator> => {
    await of.getByRole('button', { name: 'More actions' }).or(of.locator('header').getByRole('button', { name: /^(?:More|Actions)/ })).first().click();
    await of.getByRole('menuitem', { name: 'Rename…' }).click();
    return of.getByRole('dialog');
  };
  const rename = async (of: Page, name: string): Promise<void> => {
    const dialog = await openRename(of);
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
  };
  const about = async (of: Page, event: string, what: string): Promise<void> => {
    await of.getByRole('button', { name: `About “${event}”` }).first().click();
    await of.getByRole('menuitem', { name: what }).click();
  };

  beforeAll(async () => {
    if (why !== undefined) throw new Error(`The journey needs a sandbox: ${why}`);
    cf = await startCloudflareEmulator();
    const port = await freePort();
    proxy = await startProxy(port);
    url = `http://127.0.0.1:${proxy.port}`;
    [platform, browser] = await Promise.all([
      startPlatform({ sandbox: true, processes: true, args: ['--port', String(port)], env: { XANTHUS_ALLOWED_ORIGINS: url, XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_SSH_ALLOW: 'loopback', ...(noCluster === undefined ? { XANTHUS_SANDBOX_KUBERNETES: '1' } : {}) } }), launchBrowser(),
    ]);
    [ada, grace] = await Promise.all([openTab(browser), openTab(browser, { theme: 'light' })]);
    ({ page } = ada);
    await ada.context.addInitScript(ahead => {
      const Real = Date;
      class Wrong extends Real {
        constructor(...at: [] | [number]) { super(...(at.length === 0 ? [Real.now() + ahead] as const : at)); }
        static override now(): number { return Real.now() + ahead; }
      }
      globalThis.Date = Wrong as unknown as DateConstructor;
    }, HOUR);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([platform?.stop(), proxy?.stop()]);
    await cf?.stop();
  });

  it('begins: an organisation, and a server', async () => {
    await page.goto(`${url}/setup${new URL(platform.setupLink ?? '').hash}`);
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByLabel('Organisation').fill('Acme');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await shows(page, 'live');
    await page.getByRole('button', { name: 'Adopt sandbox' }).click();
    await page.locator('[data-testid=server-status][data-status=reachable]').waitFor();
    server = /servers\/([a-z0-9]{26})/.exec(page.url())?.[1] ?? '';
    // By the server's clock, not by the one that is wrong.
    await page.getByTestId('history').getByText(/^(?:just now|\d+ (?:s|min) ago)$/).first().waitFor();
    ({ access_token: token } = await api<{ access_token: string }>('POST', '/api/auth/login', { email: OWNER.email, password: OWNER.password }));
    ({ id: member } = await api<{ id: string }>('POST', '/api/members?wait=view', { ...GRACE, role: 'admin' }));
    await logIn(grace.page, url, GRACE);
    await grace.page.goto(`${url}/servers/${server}`);
    await named(grace.page, 'sandbox');
  });

  it('two who edit the same thing see each other', async () => {
    const dialog = await openRename(page);
    await rename(grace.page, 'from-grace');
    // Behind the open dialog.
    await page.getByText('from-grace').first().waitFor();
    await dialog.getByLabel('Name').fill('from-ada');
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
    await named(page, 'from-ada');
    await named(grace.page, 'from-ada');
    if (noCluster !== undefined) return;
    // Set up while the rest goes on: for the application.
    const { id: provider } = await api<{ id: string }>('POST', '/api/vps/providers', { kind: 'sandbox', name: 'Sandbox' });
    ({ id: box } = await api<{ id: string }>('POST', '/api/vps', { provider, name: 'box-1', location: 'here', type: 'sandbox-2', ssh_port: 2_222 }));
  });

  it('a right that is withdrawn while a dialog is open is missing when it is sent', async () => {
    const dialog = await openRename(grace.page);
    await dialog.getByLabel('Name').fill('too-late');
    await page.goto(`${url}/members/${member}`);
    await page.getByLabel(`Role of ${GRACE.name}`).selectOption('viewer');
    await told(page, `${GRACE.name} is viewer now; it holds at once.`);
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
    await dialog.getByText('DENIED').first().waitFor();
    await named(page, GRACE.name);
    expect((await api<{ data: { name: string } }>('GET', `/api/vps/${server}`)).data.name).toBe('from-ada');
  });

  it('without a network what is there can be read, and a command is refused and not kept for later', async () => {
    await page.goto(`${url}/servers/${server}?tab=history`);
    await page.getByText('Renamed to from-ada').waitFor();
    await proxy.cut();
    await ada.context.setOffline(true);
    await page.getByTestId('stale-notice').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Host name').waitFor();
    await rename(page, 'offline');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing was sent').waitFor();
    await expectAccessible(page);
    await proxy.heal();
    await ada.context.setOffline(false);
    await page.getByTestId('stale-notice').waitFor({ state: 'detached' });
    expect((await api<{ data: { name: string } }>('GET', `/api/vps/${server}`)).data.name).toBe('from-ada');
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
    await named(page, 'offline');
  });

  it('an application: says what it needs before anything is made', async () => {
    await goTo(page, 'Applications');
    await page.getByRole('link', { name: 'Look into the catalog' }).click();
    await page.getByTestId('catalog-card').first().waitFor();
    await page.getByLabel('Search the catalog').fill('code');
    await page.getByRole('link', { name: 'Deploy code-server', exact: true }).click();
    // Or, where the other server is set up by now, what else is missing.
    await page.getByText('No server has a Kubernetes yet').or(page.getByText('No domain is managed yet')).first().waitFor();
  });

  it('a domain: the gateway is killed in the middle, and the plan is applied all the same', async () => {
    ({ id: zone } = cf.addZone('example.com'));
    await api('POST', '/api/cloudflare-accounts', { token: cf.addToken().value, account: cf.account.id });
    await goTo(page, 'Domains');
    await page.getByRole('button', { name: 'Add example.com to Xanthus' }).click();
    await page.getByTestId('zone-row').getByRole('link', { name: 'example.com' }).click();
    await page.getByRole('button', { name: 'Add record' }).first().click();
    const form = page.getByRole('form', { name: 'New record' });
    await form.getByLabel('Name').fill('www');
    await form.getByLabel('IPv4 address').fill('192.0.2.10');
    await form.getByRole('button', { name: 'Add to changes' }).click();
    await page.getByRole('region', { name: 'Unsaved changes' }).getByRole('button', { name: 'Review plan' }).click();
    const apply = page.getByRole('button', { name: 'Apply to example.com' });
    await apply.waitFor();
    const bundle = 'gateway/server/dist/main.js';
    const gateway = await programBelow(platform.pid, bundle);
    const noticed = glimpsed(page, '[data-testid=stale-notice]');
    process.kill(gateway, 'SIGKILL');
    await noticed;
    await programBelow(platform.pid, bundle, gateway);
    await page.getByTestId('stale-notice').waitFor({ state: 'detached' });
    await apply.click();
    await page.locator('[data-testid=plan-state][data-state=applied]').waitFor();
    expect(cf.records(zone).map(r => r.content)).toEqual(['192.0.2.10']);
  });

  withCluster('the application, from its plan to running at its address', async () => {
    await api('POST', '/api/dns/configure', { domain: 'example.com', redirect_www: false });
    const state = async (path: string): Promise<string> => (await api<{ data: { state: string } }>('GET', path)).data.state;
    await eventually(async () => await state(`/api/vps/${box}/setup`) === 'finished' && await state(`/api/dns/domains/${zone}/configuration`) === 'configured', { timeout: LONG });
    await page.goto(`${url}/applications/new?entry=code-server`);
    await page.getByLabel('Subdomain').fill('code');
    await page.getByText('https://code.example.com is free.').waitFor();
    await page.getByRole('button', { name: 'See the plan' }).click();
    await page.getByRole('list', { name: 'Objects of the plan' }).getByText('code.example.com').first().waitFor();
    expect(cf.records(zone).map(r => r.name)).not.toContain('code.example.com');
    await page.getByRole('button', { name: 'Deploy code-server' }).click();
    await page.locator('header').getByText('Running', { exact: true }).first().waitFor({ timeout: LONG });
    expect(cf.records(zone).map(r => r.name)).toContain('code.example.com');
  });

  it('a terminal', async () => {
    await page.goto(`${url}/servers/${server}?tab=terminal`);
    await page.getByRole('link', { name: 'Open a terminal' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await page.waitForURL(/\/terminals\/[a-z0-9]{26}/);
    await page.locator('[data-testid=pane] [data-testid=terminal-state][data-state=live]').first().waitFor();
    await page.keyboard.type('echo $((6*7))\n');
    const screen = (): Promise<string> => page.locator('.xterm-rows').first().evaluate(e => [...e.children].map(row => (row.textContent ?? '').trimEnd()).join('\n'));
    await eventually(async () => /^42$/m.test(await screen()));
  });

  it('the audit has all of it, from the first to the last', async () => {
    // What is in sight is drawn, and a machine that was late for its sign of life has more events.
    await page.goto(`${url}/audit?thing=vps.server.${server}&type=ServerRenamed`);
    await page.locator('[data-type=ServerRenamed]').nth(2).waitFor();
    for (const type of ['SessionRequested', 'PlanApplied', ...(noCluster === undefined ? ['DeploymentStarted'] : [])]) {
      await page.goto(`${url}/audit?type=${type}`);
      await page.locator(`[data-type=${type}]`).first().waitFor();
    }
    await expectAccessible(page);
  });

  withCluster('all that the deployment led to is one course, over three services', async () => {
    type Told = { readonly type: string; readonly correlation_id: string; readonly actor: { readonly kind: string } };
    const events = async (query: string): Promise<Told[]> => {
      const response = await fetch(`${platform.url}/api/audit?${query}`, { headers: { authorization: `Bearer ${token}` } });
      return (await response.text()).trim().split('\n').map(line => (JSON.parse(line) as { event: Told }).event);
    };
    const [finished] = await events('type=DeploymentFinished');
    const course = await events(`correlation=${finished?.correlation_id}`);
    expect(course.map(e => e.type)).toEqual(expect.arrayContaining(['DeploymentStarted', 'DeploymentStepFinished', 'PlanApplyStarted', 'PlanApplied', 'DeploymentFinished']));
    expect(course[0]?.actor.kind).toBe('person');
    await page.goto(`${url}/audit?type=DeploymentFinished`);
    await page.locator('[data-type=DeploymentFinished]').first().click();
    await page.getByTestId('audit-event').getByRole('button', { name: /^About/ }).click();
    await page.getByRole('menuitem', { name: 'What led to it' }).click();
    await page.getByText('The work that it began, step by step').first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('why it is so, how it was, and what changed since', async () => {
    await page.goto(`${url}/servers/${server}`);
    await page.getByRole('button', { name: 'Why is it so: System' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Server facts observed').waitFor();
    await dialog.getByRole('button', { name: 'What led to it' }).click();
    await dialog.getByRole('list', { name: 'Chain of causes' }).getByRole('listitem').first().waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');

    await page.goto(`${url}/servers/${server}?tab=history`);
    await about(page, 'Renamed to from-grace', 'Look at this page as it was then');
    await named(page, 'from-grace');
    await page.getByTestId('past-frame').waitFor();
    const bar = page.getByRole('region', { name: 'Time travel' });
    await bar.getByText('You look at the past').waitFor();
    await expectAccessible(page);
    // Neither later events nor a way to do anything.
    expect(await page.getByText('Renamed to offline').count()).toBe(0);
    await page.getByRole('button', { name: 'Power', exact: true }).click();
    await page.getByRole('menu').getByText('You look at the past; nothing can be done in it.').first().waitFor();
    await page.keyboard.press('Escape');
    await bar.getByRole('button', { name: 'Next change' }).click();
    await named(page, 'from-ada');
    await bar.getByRole('button', { name: 'What changed since' }).click();
    await dialog.getByText('from-ada').first().waitFor();
    await dialog.getByText('offline').first().waitFor();
    await page.keyboard.press('Escape');
    // It goes along from page to page, and can be passed on.
    await goTo(page, 'Servers');
    await page.getByRole('link', { name: 'from-ada' }).first().waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'from-ada' }).first().waitFor();
    await bar.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('link', { name: 'offline', exact: true }).first().waitFor();
    expect(await page.getByTestId('past-frame').count()).toBe(0);
  });

  it('undo: shown before, done with one’s own rights, and an event of its own', async () => {
    await page.goto(`${url}/servers/${server}?tab=history`);
    await about(page, 'Renamed to from-ada', 'Undo…');
    const dialog = page.getByRole('dialog');
    // Somebody was there since: it is called otherwise by now.
    await dialog.getByText('It was changed again since then.').waitFor();
    await dialog.getByRole('row', { name: /offline.*from-grace/ }).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Undo it' }).click();
    await named(page, 'from-grace');
    await page.getByText('Renamed to from-grace').nth(1).waitFor();
    await about(page, 'Facts observed', 'Undo…');
    await dialog.getByText('This was seen, not done: nobody can make it unseen.').waitFor();
    expect([ada.faults, grace.faults]).toEqual([[], []]);
  });
});
