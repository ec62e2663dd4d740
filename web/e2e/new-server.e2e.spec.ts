/** A server from nothing, in a browser: the API of Hetzner is emulated, the machine behind it is a real sshd in a sandbox that runs our set-up. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHetznerEmulator, type HetznerEmulator } from '@xanthus/emulators';
import { startPlatform, type Platform } from '@xanthus/launch';
import { SET_UP_STEPS } from '@xanthus/proto/vps';
import { backingOf, startSandboxHost, type SandboxHost } from '@xanthus/sandbox';
import { freePort, launchBrowser, tempDir } from '@xanthus/testing';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, goTo, logIn, openTab, type Tab } from './console.fixtures.js';

const ADA = { email: 'ada@acme.example', password: 'correct horse battery', name: 'Ada Lovelace' };
/** Longer than any set-up of a sandbox, ms. */
const SET_UP = 150_000;

let folder: Awaited<ReturnType<typeof tempDir>>;
let host: SandboxHost;
let hetzner: HetznerEmulator;
let platform: Platform;
let browser: Browser;
let ada: Tab;

beforeAll(async () => {
  folder = await tempDir('xanthus-boxes-');
  host = await startSandboxHost({ folder: join(folder.path, 'boxes') });
  hetzner = await startHetznerEmulator({ backing: backingOf(host), actionTime: 100 });
  hetzner.setStock('cx33', false, 'fsn1');
  [platform, browser] = await Promise.all([startPlatform({ env: { XANTHUS_HETZNER_URL: hetzner.url, XANTHUS_SSH_ALLOW: 'loopback' } }), launchBrowser()]);
  await platform.setUp({ ...ADA, tenant: { slug: 'acme', name: 'Acme Ltd' } });
  ada = await openTab(browser);
  await logIn(ada.page, platform.url, ADA);
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await hetzner?.stop();
  await host?.stop();
  await folder?.remove();
});

const choose = (page: Page, value: string): Promise<void> => page.locator(`label[data-value="${value}"]`).click();
const go = (page: Page): Promise<void> => page.getByRole('button', { name: 'Continue', exact: true }).click();
const stateIs = (page: Page, state: string, timeout = SET_UP): Promise<void> => page.locator(`[data-testid=setup-state][data-state=${state}]`).waitFor({ timeout });

/** From the first step to the review; what was chosen before is chosen already. */
const toReview = async (page: Page, type: string, name: string, port: number): Promise<void> => {
  await page.goto(`${platform.url}/servers/new`);
  await choose(page, 'hetzner');
  await go(page);
  await go(page);
  await choose(page, 'fsn1');
  await go(page);
  await choose(page, type);
  await go(page);
  await page.getByLabel('Name').fill(name);
  await page.locator('[data-testid=name-check][data-state=free]').waitFor();
  await page.getByText('Advanced').click();
  await page.getByLabel('SSH port').fill(String(port));
};

describe('a new server, in a browser', () => {
  it('takes an account by its key, and says what is wrong with one', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/providers`);
    await page.getByRole('heading', { name: 'No provider yet' }).waitFor();
    await expectAccessible(page);
    await goTo(page, 'Servers');
    await page.getByRole('heading', { name: 'No servers yet' }).waitFor();
    await page.getByRole('link', { name: 'New server' }).first().click();
    await choose(page, 'hetzner');
    await expectAccessible(page);
    // By keyboard alone: the step is left with Enter, and the next one has the focus, so that it is read out.
    await page.getByRole('radio', { name: /Hetzner/ }).press('Enter');
    await page.locator('h2:focus', { hasText: 'Which account pays for it?' }).waitFor();
    const key = page.getByLabel('API token');
    expect(await key.getAttribute('type')).toBe('password');
    const connect = page.getByRole('button', { name: 'Check and connect' });
    for (const [wrong, code] of [['not-a-key', 'PROVIDER.KEY_MALFORMED'], ['a'.repeat(64), 'PROVIDER.KEY_REFUSED'], [hetzner.addToken({ access: 'read' }), 'PROVIDER.KEY_READ_ONLY']] as const) {
      await key.fill(wrong);
      await connect.click();
      await page.getByRole('alert').getByText(code).waitFor();
    }
    await expectAccessible(page);
    await key.fill(hetzner.token);
    await connect.click();
    await page.getByText('Falkenstein').waitFor();
    // Kept in the vault: neither the page nor what it remembers has it.
    expect(await page.evaluate(() => JSON.stringify(sessionStorage) + document.documentElement.outerHTML)).not.toContain(hetzner.token);
  });

  it('offers places and types with live prices; a sold-out type says so', async () => {
    const { page } = ada;
    await expectAccessible(page);
    await choose(page, 'fsn1');
    await go(page);
    await page.locator('label[data-value=cx23]').getByText('€4.15').waitFor();
    await page.getByRole('button', { name: 'Arm' }).click();
    await page.locator('label[data-value=cx23]').waitFor({ state: 'detached' });
    await page.locator('label[data-value=cax11]').waitFor();
    await page.getByRole('button', { name: 'All' }).click();
    await page.getByRole('button', { name: /^Memory/ }).click();
    await page.getByRole('button', { name: 'Memory, lowest first' }).click();
    await page.waitForURL(/sort=memory.*desc=true/);
    await page.locator('label[data-value=cx53]:first-child').waitFor();
    await page.locator('label[data-value=cx33][aria-disabled=true]').getByText('Available in').waitFor();
    await expectAccessible(page);
    await choose(page, 'cx23');
  });

  it('loses nothing on the way back, or by a reload', async () => {
    const { page } = ada;
    await go(page);
    await page.getByTestId('price').waitFor();
    const name = page.getByLabel('Name');
    await name.fill('web 1');
    await page.getByText('No spaces: use hyphens.').waitFor();
    await name.fill('web-1');
    await page.locator('[data-testid=name-check][data-state=free]').waitFor();
    await page.goBack();
    await page.locator('label[data-value=cx23] input:checked').waitFor({ state: 'attached' });
    await page.goForward();
    await page.getByTestId('price').waitFor();
    await page.reload();
    await page.getByTestId('price').getByText('€4.15').waitFor();
    expect(await name.inputValue()).toBe('web-1');
  });

  it('is made: every step is seen, also by another browser and after a reload', async () => {
    const { page } = ada;
    const port = await freePort();
    await page.getByText('Advanced').click();
    await page.getByLabel('SSH port').fill(String(port));
    await page.getByRole('button', { name: 'Show cloud-init' }).click();
    await page.getByTestId('cloud-init').getByText('#cloud-config').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create server' }).click();
    await page.waitForURL(/\/servers\/[0-9a-z]{26}\?tab=set-up$/);
    await page.getByTestId('setup-state').waitFor();
    expect(await page.locator('[data-step]').evaluateAll(steps => steps.map(s => (s as HTMLElement).dataset['step']))).toEqual([...SET_UP_STEPS]);
    await page.reload();
    const other = await openTab(browser, { width: 360, height: 800, theme: 'light' });
    await logIn(other.page, platform.url, ADA);
    await other.page.goto(page.url());
    await Promise.all([stateIs(page, 'finished'), stateIs(other.page, 'finished')]);
    for (const tab of [page, other.page]) expect(await tab.locator('[data-step]').evaluateAll(steps => steps.map(s => (s as HTMLElement).dataset['status']))).toEqual(SET_UP_STEPS.map(() => 'passed'));
    await page.getByTestId('setup-log').waitFor();
    await expectAccessible(page);
    await expectAccessible(other.page);
    expect(other.faults).toEqual([]);
    await other.context.close();
    await page.locator('[data-testid=server-status][data-state=reachable]').waitFor();
    expect(hetzner.servers().map(s => [s.name, s.status, s.type, s.location])).toEqual([['web-1', 'running', 'cx23', 'fsn1']]);
    await page.goto(`${platform.url}/servers`);
    const row = page.getByTestId('server-row');
    await row.getByText('Hetzner · cx23 · fsn1').waitFor();
    await row.getByText('€4.15').waitFor();
    await row.getByRole('button', { name: 'Copy address of web-1' }).waitFor();
    await expectAccessible(page);
  });

  it('leads back to the types when one was sold out meanwhile', async () => {
    const { page } = ada;
    await toReview(page, 'cpx22', 'web-2', await freePort());
    await page.getByLabel('Name').fill('web-1');
    await page.locator('[data-testid=name-check][data-state=bad]').waitFor({ state: 'attached' });
    await page.getByLabel('Name').fill('web-2');
    await page.locator('[data-testid=name-check][data-state=free]').waitFor();
    hetzner.setStock('cpx22', false);
    await page.getByRole('button', { name: 'Create server' }).click();
    // Whoever notices first: the command that asks, or the machine that is ordered.
    const failed = page.locator('[data-testid=setup-state][data-state=failed]');
    const refused = page.getByRole('button', { name: 'Choose another type' });
    await failed.or(refused).waitFor();
    await page.getByText('PROVIDER.SOLD_OUT').first().waitFor();
    if (await failed.count() > 0) await page.getByRole('link', { name: 'Make another one' }).click();
    else await refused.click();
    await page.locator('label[data-value=cpx22][aria-disabled=true]').waitFor();
    expect(hetzner.servers()).toHaveLength(1);
  });

  it('is cancelled: the dialog names what goes, and nothing is left at the provider', async () => {
    const { page } = ada;
    hetzner.neverBoot();
    await toReview(page, 'cx43', 'web-3', await freePort());
    await page.getByRole('button', { name: 'Create server' }).click();
    await page.locator('[data-step=server][data-status=passed]').waitFor({ timeout: SET_UP });
    expect(hetzner.server('web-3')).toBeDefined();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel making web-3?' });
    await dialog.getByText('This was made so far, and goes for good:').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel and delete' }).click();
    await page.getByRole('heading', { name: 'This server was removed' }).waitFor({ timeout: SET_UP });
    expect(hetzner.server('web-3')).toBeUndefined();
    expect(ada.faults).toEqual([]);
  });
});
