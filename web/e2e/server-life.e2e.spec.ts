import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { startPlatform, type Platform } from '@xanthus/launch';
import { backingOf, startSandboxHost, type SandboxHost } from '@xanthus/sandbox';
import { eventually, launchBrowser, tempDir } from '@xanthus/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible, goTo, logIn, openTab, told, type Tab } from './console.fixtures.js';

/** A machine at the emulator is a real sshd in a jail; its port needs no rights of root. */
const SSH_PORT = 2222;

let folder: Awaited<ReturnType<typeof tempDir>>;
let host: SandboxHost;
let hetzner: HetznerEmulator;
let platform: Platform;
let browser: Browser;
let tab: Tab;
let page: Page;
let token: string;
let made: string;

/** The HTTP API, as a program uses it. */
const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${platform.url}${path}`, {
    method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: platform.url }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json() as { data?: T; code?: string; message?: string };
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.code} ${answer.message}`);
  return answer.data as T;
};
const openTabOf = (id: string, part = 'overview'): Promise<unknown> => page.goto(`${platform.url}/servers/${id}${part === 'overview' ? '' : `?tab=${part}`}`);
const operation = (kind: string, state: string): Promise<void> => page.locator(`[data-testid=operation][data-kind=${kind}][data-state=${state}]`).waitFor();

beforeAll(async () => {
  folder = await tempDir('xanthus-machines-');
  host = await startSandboxHost({ folder: folder.path });
  hetzner = await startHetznerEmulator({ backing: backingOf(host), actionTime: 200 });
  [platform, browser] = await Promise.all([
    startPlatform({ env: { XANTHUS_HETZNER_URL: hetzner.url, XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '1000' } }), launchBrowser(),
  ]);
  const owner = await platform.setUp();
  token = owner.access_token;
  tab = await openTab(browser);
  ({ page } = tab);
  await logIn(page, platform.url, owner);
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await hetzner?.stop();
  await host?.stop();
  await folder?.remove();
});

describe('the life of a server, in a browser', () => {
  beforeAll(async () => {
    // The wizard has a spec of its own; here the server is made as a program does it.
    const account = await api<{ id: string }>('POST', '/api/vps/providers', { kind: 'hetzner', name: 'Shop', key: { value: hetzner.token } });
    ({ id: made } = await api<{ id: string }>('POST', '/api/vps', { provider: account.id, name: 'web-1', location: 'fsn1', type: 'cx23', ssh_port: SSH_PORT }));
  });

  it('shows what it is, what it costs and how it is', async () => {
    await openTabOf(made);
    await page.getByTestId('gauge-load1').getByRole('img', { name: /now \d/ }).waitFor({ timeout: 120_000 });
    await page.getByTestId('server-cost').waitFor();
    await page.getByText('hetzner · cx23 · fsn1').waitFor();
    await expectAccessible(page);
    await page.getByTestId('server-cost').click();
    await page.getByRole('dialog').getByText('IPv4 address').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
  });

  it('hands out its kubeconfig, applies what was looked at, and keeps a snapshot', async () => {
    await openTabOf(made, 'settings');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Get kubeconfig…' }).click({ timeout: 120_000 });
    await dialog.getByText('is recorded in the history').waitFor();
    await dialog.getByRole('button', { name: 'Get kubeconfig' }).click();
    await dialog.getByTestId('shown-once').getByText('kind: Config').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Done' }).click();

    const objects = page.getByLabel('Kubernetes objects', { exact: true });
    await objects.fill('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n');
    const apply = page.getByRole('button', { name: 'Apply', exact: true });
    expect(await apply.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'See what it would do' }).click();
    const plan = page.getByTestId('manifest-plan');
    await plan.getByText('Namespace/shop').waitFor();
    await plan.getByText('would be made').waitFor();
    await expectAccessible(page);
    await apply.click();
    await page.locator('[data-testid=manifest-plan][data-applied=true]').waitFor();

    await page.getByRole('button', { name: 'Make one' }).click();
    await dialog.getByLabel('Description').fill('before the upgrade');
    await dialog.getByRole('button', { name: 'Make snapshot' }).click();
    await operation('create-snapshot', 'finished');
    await page.getByRole('list', { name: 'Snapshots' }).getByText('before the upgrade').waitFor();
    expect(hetzner.snapshots().map(i => i.description)).toEqual(['before the upgrade']);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialog.getByRole('button', { name: 'Delete snapshot' }).click();
    await operation('delete-snapshot', 'finished');
    expect(hetzner.snapshots()).toEqual([]);
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByTestId('history').locator('[data-type=KubeconfigRead]').waitFor();
    await page.getByTestId('history').locator('[data-type=ManifestApplied]').waitFor();
    await openTabOf(made);
  });

  it('shuts it down when that was confirmed, and says why what can’t be done can’t', async () => {
    await page.getByRole('button', { name: 'Power' }).click();
    await page.getByRole('menuitem', { name: /Switch on.*It is switched on already/ }).waitFor();
    await page.getByRole('menuitem', { name: 'Shut down' }).click();
    await page.getByRole('dialog').getByText('costs as much as one that runs').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
    await operation('shutdown', 'finished');
    await page.getByText('It is switched off.').waitFor();
    expect(hetzner.server('web-1')?.status).toBe('off');
    await expectAccessible(page);
  });

  it('gives it another type, for another price', async () => {
    await openTabOf(made, 'settings');
    await page.getByRole('button', { name: 'Change type…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /^cx33/ }).check({ force: true });
    await dialog.getByText(/web-1 becomes cx33: €\d+\.\d\d more a month/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Change type' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await operation('resize', 'finished');
    expect(hetzner.server('web-1')?.type).toBe('cx33');
    await page.getByText('hetzner · cx33 · fsn1').waitFor();

    await page.getByRole('button', { name: 'Power' }).click();
    await page.getByRole('menuitem', { name: 'Switch on' }).click();
    await operation('power-on', 'finished');
    await page.locator('[data-testid=server-status][data-status=reachable]').waitFor();
  });

  it('adds its costs up', async () => {
    await goTo(page, 'Costs');
    await page.getByTestId('cost-row').filter({ hasText: 'web-1' }).getByText('cx33').waitFor();
    await page.getByTestId('cost-so-far').filter({ hasText: /^€\d+\.\d\d$/ }).waitFor();
    const days = page.getByRole('slider', { name: /Costs by day/ });
    await days.press('End');
    expect(await days.getAttribute('aria-valuetext')).toMatch(/€\d+\.\d+, expected$/);
    await expectAccessible(page);
  });

  it('finds what somebody changed at the provider, and changes it back', async () => {
    hetzner.renameOutside('web-1', 'web-1-old');
    await page.getByRole('link', { name: 'Drift', exact: true }).click();
    await page.getByRole('button', { name: 'Compare now' }).click();
    const finding = page.locator('[data-testid=drift][data-kind=renamed]');
    await finding.getByText('web-1-old', { exact: true }).waitFor();
    await expectAccessible(page);
    await finding.getByRole('button', { name: 'Rename it back…' }).click();
    await page.getByRole('dialog').getByText('At the provider it is called web-1 again.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Rename it back' }).click();
    await finding.waitFor({ state: 'detached' });
    expect(hetzner.servers().map(s => s.name)).toEqual(['web-1']);
  });

  it('deletes it when its name was typed: here, at the provider, and its costs end', async () => {
    await openTabOf(made, 'settings');
    await page.getByRole('button', { name: 'Delete server…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This goes, for good').waitFor();
    await dialog.getByText(/You no longer pay up to €\d/).waitFor();
    await expectAccessible(page);
    const remove = dialog.getByRole('button', { name: 'Delete server' });
    expect(await remove.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('Type web-1 to confirm').fill('web-1');
    await remove.click();
    await page.getByRole('heading', { name: 'This server was removed' }).waitFor();
    await eventually(() => { expect([hetzner.servers(), hetzner.sshKeys(), host.list()]).toEqual([[], [], []]); return true; });
    await goTo(page, 'Costs');
    await page.getByTestId('cost-row').filter({ hasText: 'web-1' }).getByText(/deleted/).waitFor();
    expect(tab.faults).toEqual([]);
  });
});

describe('a machine that was there before', () => {
  let attic: string;
  let machine: string;
  /** As if a service on it had written it. */
  const log = (line: string): Promise<void> => appendFile(join(folder.path, 'machines', machine, 'disk/var/log/sandbox/system.log'), `Nov 21 10:00:00 attic shop[7]: ${line}\n`);

  beforeAll(async () => {
    const key = await api<{ id: string; public_key: string }>('POST', '/api/ssh-keys', { name: 'attic-key' });
    await api('POST', '/api/ssh-keys', { name: 'laptop' });
    ({ id: machine } = await host.create({ name: 'attic', ssh_keys: [key.public_key], delay_ms: 0 }));
    const { address, ssh_port } = await host.settled(machine);
    const target = { name: 'attic', host: address, port: ssh_port, user: 'root', auth: { ssh_key: key.id } };
    const test = await api<{ host_key: { fingerprint: string } }>('POST', '/api/vps/test-connection', target);
    ({ id: attic } = await api<{ id: string }>('POST', '/api/vps/adopt', { ...target, host_key: test.host_key.fingerprint }));
  });

  it('shows the course of its figures, read out by keyboard, and no price', async () => {
    await openTabOf(attic, 'metrics');
    const cpu = page.getByTestId('chart-cpu').getByRole('slider', { name: 'CPU of attic' });
    await cpu.waitFor();
    await cpu.press('End');
    expect(await cpu.getAttribute('aria-valuetext')).toMatch(/: \d+ %$/);
    await expectAccessible(page);
    await page.getByRole('link', { name: '30 days' }).click();
    await page.waitForURL(/span=30d/);
    await openTabOf(attic);
    await page.getByText('Adopted machine').waitFor();
    expect(await page.getByTestId('server-cost').count()).toBe(0);
    await page.getByRole('button', { name: 'Power' }).click();
    await page.getByRole('menuitem', { name: /Cut power.*Only a provider can do this/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('follows its log, holds it still, and finds a line', async () => {
    await openTabOf(attic, 'logs');
    const lines = page.getByRole('log', { name: 'System log of attic' });
    await lines.getByText('this is a sandbox of Xanthus').waitFor();
    await page.locator('[data-testid=log-following][data-following=live]').waitFor();
    await log('<b>first</b> order \u001B[31mfailed\u001B[0m');
    await lines.getByText('<b>first</b> order').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await log('second order done');
    await page.getByText('Paused, one new line waits').waitFor();
    expect(await lines.getByText('second order').count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await lines.getByText('second order').waitFor();
    await page.getByLabel('Search in the log').fill('FAILED');
    await page.getByRole('button', { name: 'Only lines with it' }).click();
    await page.getByText('1 of 3 lines').waitFor();
    expect(await lines.locator('mark').innerText()).toBe('failed');
    await expectAccessible(page);
  });

  it('gets a time zone, tags and a key from its settings', async () => {
    await openTabOf(attic, 'settings');
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Time zone' }).fill('europe/berlin');
    await dialog.getByText(/Europe\/Berlin is UTC\+[12] now\./).waitFor();
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Europe/Berlin', { exact: true }).waitFor();

    await page.getByLabel('Tags').fill('Shop, eu');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await told(page, 'Tags saved');
    expect(await page.getByLabel('Tags').inputValue()).toBe('shop, eu');

    const keys = page.getByRole('list', { name: 'Keys that may log in to attic' });
    await keys.getByText('Xanthus logs in with it').waitFor();
    expect(await keys.getByRole('button', { name: 'Remove' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Add key' }).click();
    expect(await dialog.getByLabel('Key').locator('option').allInnerTexts()).toEqual(['laptop', 'Another, pasted below']);
    await dialog.getByRole('button', { name: 'Add key' }).click();
    await expectKeys(keys, 2);
    await expectAccessible(page);
    await keys.getByRole('button', { name: 'Remove', disabled: false }).last().click();
    await dialog.getByRole('button', { name: 'Remove key' }).click();
    await expectKeys(keys, 1);
    expect(tab.faults).toEqual([]);
  });
});

const expectKeys = (keys: Locator, count: number): Promise<void> => keys.getByRole('listitem').nth(count - 1).waitFor().then(() => keys.getByRole('listitem').nth(count).waitFor({ state: 'detached' }));
