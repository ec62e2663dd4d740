/** From a catalog entry to an address that works, in a browser: a sandbox with a real Kubernetes behind real SSH, real Helm, and an emulated Cloudflare. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { whyNoCluster } from '@xanthus/kubernetes-testbed/spec';
import { startPlatform, type Platform } from '@xanthus/launch';
import { whyNoSandboxes } from '@xanthus/sandbox';
import { eventually, launchBrowser } from '@xanthus/testing';
import type { Browser, Page } from 'playwright-core';
import { APPLICATION_TABS } from '../src/applications/application-search.js';
import { violations } from './axe.fixtures.js';
import { expectAccessible, goTo, logIn, openTab, type Tab } from './console.fixtures.js';
import { settled } from './tour.fixtures.js';

/** Longer than any set-up of a sandbox, or any deployment onto it, ms. */
const LONG = 150_000;

const why = await whyNoSandboxes() ?? await whyNoCluster();
if (why !== undefined) console.warn(`skipped: applications, in a browser: ${why}`);

(why === undefined ? describe : describe.skip)('applications, in a browser', () => {
  let cf: CloudflareEmulator;
  let platform: Platform;
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  let token: string;
  let zone: string;

  /** The HTTP API, as a program uses it. */
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${platform.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: platform.url }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  };
  const records = (): string[] => cf.records(zone).map(r => `${r.type} ${r.name}`).toSorted();
  const status = (wanted: string): Promise<void> => page.getByRole('banner').getByText(wanted, { exact: true }).or(page.locator('header').getByText(wanted, { exact: true })).first().waitFor({ timeout: LONG });
  const section = (name: string): Promise<void> => page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name, exact: true }).click();
  const action = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
  };

  beforeAll(async () => {
    cf = await startCloudflareEmulator();
    [platform, browser] = await Promise.all([startPlatform({ sandbox: true, env: { XANTHUS_CLOUDFLARE_URL: cf.url, XANTHUS_SANDBOX_KUBERNETES: '1' } }), launchBrowser()]);
    const owner = await platform.setUp();
    token = owner.access_token;
    ({ id: zone } = cf.addZone('example.com'));
    cf.putRecord(zone, { type: 'A', name: 'www.example.com', content: '192.0.2.1', ttl: 300 });
    await api('POST', '/api/cloudflare-accounts', { token: cf.addToken().value, account: cf.account.id });
    await api('POST', `/api/dns/domains/${zone}/manage`, {});
    await api('POST', '/api/dns/configure', { domain: 'example.com', redirect_www: false });
    const { id: provider } = await api<{ id: string }>('POST', '/api/vps/providers', { kind: 'sandbox', name: 'Sandbox' });
    const { id: server } = await api<{ id: string }>('POST', '/api/vps', { provider, name: 'box-1', location: 'here', type: 'sandbox-2', ssh_port: 2_222 });
    await eventually(async () => {
      const { data } = await api<{ data: { state: string } }>('GET', `/api/vps/${server}/setup`);
      if (['failed', 'cancelled'].includes(data.state)) throw new Error(JSON.stringify(data));
      return data.state === 'finished';
    }, { timeout: LONG });
    await eventually(async () => (await api<{ data: { state: string } }>('GET', `/api/dns/domains/${zone}/configuration`)).data.state === 'configured', { timeout: LONG });
    tab = await openTab(browser);
    ({ page } = tab);
    await logIn(page, platform.url, owner);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    await cf?.stop();
  });

  it('shows what there is, and what a deploy would make', async () => {
    await goTo(page, 'Applications');
    await page.getByRole('heading', { name: 'No applications yet' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Look into the catalog' }).click();
    await page.getByTestId('catalog-card').first().waitFor();
    await expectAccessible(page);
    await page.getByLabel('Search the catalog').fill('code');
    await page.getByRole('link', { name: 'Deploy code-server', exact: true }).click();
    await page.getByLabel('Subdomain').fill('www');
    await page.getByText(/www\.example\.com/).first().waitFor();
    await page.getByLabel('Subdomain').fill('code');
    await page.getByText('https://code.example.com is free.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'See the plan' }).click();
    const objects = page.getByRole('list', { name: 'Objects of the plan' });
    await objects.getByText('Namespace', { exact: true }).waitFor();
    await objects.getByText('code.example.com').first().waitFor();
    await expectAccessible(page);
    expect(records()).toEqual(['A www.example.com']);
  });

  it('deploys exactly that, step by step, to running', async () => {
    await page.getByRole('button', { name: 'Deploy code-server' }).click();
    await page.getByRole('list', { name: 'Steps: Deploy' }).waitFor();
    await status('Running');
    expect(records()).toEqual(['A code.example.com', 'A www.example.com']);
    await page.getByTestId('pod').first().waitFor();
    await page.locator('[data-testid=pod][data-ready=true]').first().waitFor({ timeout: LONG });
    await expectAccessible(page);
    await section('Access');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('button', { name: 'Copy the password' }).waitFor();
  });

  it('changes values by a plan with a diff, and rolls back to the whole release of before', async () => {
    await section('Values');
    await page.getByLabel('YAML').fill('components:\n  app:\n    env:\n      NOTE: second\n');
    await page.getByRole('button', { name: 'See the plan' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Values, before and after').waitFor();
    await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
    await section('History');
    const releases = page.getByRole('list', { name: 'Releases' });
    await releases.locator('[data-revision="2"]').waitFor({ timeout: LONG });
    await status('Running');
    await releases.getByRole('button', { name: 'Roll back to revision 1' }).click();
    await dialog.getByRole('button', { name: 'Roll back', exact: true }).click({ timeout: LONG });
    await releases.locator('[data-revision="3"]').getByText('again 1').waitFor({ timeout: LONG });
    await status('Running');
    await expectAccessible(page);
  });

  it('has no part that axe objects to', async () => {
    for (const [, label] of APPLICATION_TABS) {
      await section(label);
      await settled(page);
      expect([label, await violations(page, ['header', 'main'])]).toEqual([label, []]);
    }
  });

  it('deletes what it made, names it first, and leaves the rest', async () => {
    await action('Delete…');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('list', { name: 'Objects of the plan' }).waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Type code-server to confirm').fill('code-server');
    for (const box of await dialog.locator('[data-warning] input[type=checkbox]').all()) await box.check();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'There is no such application' }).waitFor({ timeout: LONG });
    expect(records()).toEqual(['A www.example.com']);
    expect(tab.faults).toEqual([]);
  });
});
