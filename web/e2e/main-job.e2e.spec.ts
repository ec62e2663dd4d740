import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { startPlatform, type Platform } from '@xanthus/launch';
import { eventually, freePort, launchBrowser, startProxy, startSshd, type TcpProxy, type TestSshd } from '@xanthus/testing';
import type { Browser } from 'playwright-core';
import { expectAccessible, goTo, logIn, openAccountMenu, openTab, readHistory, shows, told, type Tab } from './console.fixtures.js';

/** How long the network is away, ms: the case that the product promises, not a pause for something else. */
const CUT = 10_000;
/** Budget of performance.md, bytes as sent (gzip). */
const FIRST_LOAD = 200 * 1024;
const OWNER = { email: 'ada@acme.example', password: 'correct horse battery', name: 'Ada Lovelace' };
const GUEST = { email: 'bob@acme.example', password: 'staple battery horse', name: 'Bob Byron' };

let platform: Platform;
let proxy: TcpProxy;
let browser: Browser;
let sshd: TestSshd;
/** The address that browsers use: a proxy, so that the network can be cut. */
let url: string;
let owner: Tab;
let sandboxUrl: string;

beforeAll(async () => {
  const port = await freePort();
  proxy = await startProxy(port);
  url = `http://127.0.0.1:${proxy.port}`;
  [platform, browser, sshd] = await Promise.all([
    startPlatform({ sandbox: true, args: ['--port', String(port)], env: { XANTHUS_ALLOWED_ORIGINS: url, XANTHUS_SSH_ALLOW: 'loopback', XANTHUS_METRICS_INTERVAL_MS: '1000' } }),
    launchBrowser(), startSshd(),
  ]);
  owner = await openTab(browser);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([platform?.stop(), sshd?.stop(), proxy?.stop()]);
});

/** The HTTP API, past the proxy: what other people do while this browser is cut off. */
const api = async (method: string, path: string, token?: string, body?: unknown): Promise<{ status: number; body: { data?: never; code?: string } }> => {
  const response = await fetch(`${platform.url}${path}`, {
    method, headers: { 'content-type': 'application/json', origin: platform.url, ...(token ? { authorization: `Bearer ${token}` } : {}) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() as { data?: never; code?: string } };
};
const tokenOf = async (who: { email: string; password: string }): Promise<string> =>
  ((await api('POST', '/api/auth/login', undefined, { email: who.email, password: who.password })).body.data as unknown as { access_token: string }).access_token;

describe('the main job, in a browser', () => {
  it('goes from the set-up link to an organisation with an owner', async () => {
    const { page } = owner;
    const token = new URL(platform.setupLink ?? '').hash;
    // Nobody was ever logged in here: nothing is asked that must be refused.
    const refused: string[] = [];
    page.on('response', response => { if (response.status() === 401) refused.push(response.url()); });
    await page.goto(`${url}/login`);
    await page.getByRole('heading', { name: 'Nobody has set this up yet' }).waitFor();
    expect(refused).toEqual([]);
    await page.goto(`${url}/setup${token}`);
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill('too short');
    await page.getByText('3 more characters.').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByLabel('Organisation').fill('Acme Ltd');
    expect(await page.getByLabel('Short name').inputValue()).toBe('acme-ltd');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await page.getByRole('heading', { name: 'Welcome, Ada' }).waitFor();
    await shows(page, 'live');
    await expectAccessible(page);
  });

  it('adopts the sandbox with one click and shows its facts and figures live', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Adopt sandbox' }).click();
    await page.locator('[data-testid=server-status][data-status=reachable]').waitFor();
    sandboxUrl = page.url();
    await page.getByText('Host name').waitFor();
    await page.getByTestId('gauge-load1').getByRole('img', { name: /Load of sandbox, last \d+ min: now \d/ }).waitFor();
    await page.getByTestId('history').locator('[data-type=ServerFactsObserved]').first().waitFor();
    expect((await readHistory(page)).map(e => e.type).toReversed().slice(0, 3)).toEqual(['ServerAdopted', 'ServerBecameReachable', 'ServerFactsObserved']);
    await expectAccessible(page);
  });

  it('shows what happened during a cut of ten seconds: in order, none missing, none twice', async () => {
    const { page } = owner;
    const token = await tokenOf(OWNER);
    const id = sandboxUrl.split('/').at(-1) ?? '';
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByTestId('history').locator('li').nth(2).waitFor();
    const before = await readHistory(page);

    await proxy.cut();
    await page.getByTestId('stale-notice').waitFor();
    const cutAt = Date.now();
    for (const name of ['renamed-1', 'renamed-2', 'renamed-3']) expect((await api('POST', `/api/vps/${id}/rename`, token, { name })).status).toBeLessThan(300);
    await page.locator(':is([data-testid=connection][data-state=waiting],[data-testid=connection][data-state=reconnecting]):visible').waitFor();
    await wait(CUT - (Date.now() - cutAt));
    // Still what was known, and said to be.
    expect(await readHistory(page)).toEqual(before);
    expect(await page.getByTestId('stale-notice').innerText()).toMatch(/as of \d\d:\d\d:\d\d/);

    await proxy.heal();
    // Nobody has to wait for the next attempt, which may be 20 s away.
    const tryNow = page.getByRole('button', { name: 'Try now' });
    await tryNow.or(page.getByText('Renamed to renamed-3')).first().waitFor();
    // It may have come back by itself in this moment.
    await tryNow.click({ timeout: 5_000 }).catch(() => undefined);
    await page.getByText('Renamed to renamed-3').waitFor();
    await shows(page, 'live');
    const after = await readHistory(page);
    const renames = after.filter(e => e.type === 'ServerRenamed').map(e => /Renamed to \S+/.exec(e.text)?.[0]);
    expect(renames).toEqual(['Renamed to renamed-3', 'Renamed to renamed-2', 'Renamed to renamed-1']);
    expect(after.map(e => e.seq)).toEqual([...new Set(after.map(e => e.seq))].toSorted((a, b) => b - a));
    expect(after.slice(-before.length).map(e => e.seq)).toEqual(before.map(e => e.seq));
    await page.getByRole('heading', { level: 1, name: 'renamed-3' }).waitFor();
    await page.getByTestId('stale-notice').waitFor({ state: 'detached' });
  });

  it('is restored by a refresh of the page', async () => {
    const { page } = owner;
    const before = await readHistory(page);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'renamed-3' }).waitFor();
    await page.getByText('Renamed to renamed-3').waitFor();
    await page.getByText('Adopted sandbox').waitFor();
    expect((await readHistory(page)).slice(-before.length)).toEqual(before);
  });

  it('goes on by itself when everything was killed and started again', async () => {
    const { page } = owner;
    const before = await readHistory(page);
    await platform.kill9();
    await page.getByTestId('stale-notice').waitFor();
    platform = await platform.restart();
    await shows(page, 'live');
    const id = sandboxUrl.split('/').at(-1) ?? '';
    expect((await api('POST', `/api/vps/${id}/rename`, await tokenOf(OWNER), { name: 'renamed-4' })).status).toBeLessThan(300);
    await page.getByText('Renamed to renamed-4').waitFor();
    const after = await readHistory(page);
    expect(after.slice(-before.length).map(e => e.seq)).toEqual(before.map(e => e.seq));
    expect(after.map(e => e.seq)).toEqual([...new Set(after.map(e => e.seq))].toSorted((a, b) => b - a));
  });

  it('adopts a real machine after a live test and a confirmed host key, and blocks when the key changes', async () => {
    const { page } = owner;
    await page.goto(`${url}/servers/adopt`);
    // The whole way by keyboard: what is typed is taken apart when the field is left.
    const { keyboard } = page;
    const focused = async (name: string): Promise<void> => { await page.waitForFunction(wanted => ((document.activeElement as HTMLInputElement).labels?.[0]?.textContent ?? document.activeElement?.textContent) === wanted, name); };
    const reads = async (field: string, value: string): Promise<void> => { await eventually(async () => (await page.getByLabel(field, { exact: true }).inputValue()) === value); };
    await page.getByText('Enter the address of the machine.').waitFor();
    await focused('Address');
    await keyboard.type(`${sshd.user}@127.0.0.1:${sshd.port}`);
    await keyboard.press('Tab');
    await reads('Address', '127.0.0.1');
    await reads('Port', String(sshd.port));
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('web-1');
    await keyboard.press('Tab');
    await keyboard.press('ArrowRight', { delay: 100 });
    await page.getByRole('radio', { name: /Private key/, checked: true }).waitFor();
    await keyboard.press('Tab');
    await keyboard.insertText(sshd.privateKey);
    await keyboard.press('Tab');
    await focused('Passphrase');
    await keyboard.press('Enter');
    await page.locator('[data-stage=auth][data-status=passed]').waitFor();
    await page.locator('[data-stage=os][data-status=passed]').waitFor();
    await page.getByRole('region', { name: 'Host key' }).getByText(sshd.hostKey.fingerprint).waitFor();
    await expectAccessible(page);
    const adopt = page.getByRole('button', { name: 'Adopt server' });
    expect(await adopt.getAttribute('aria-disabled')).toBe('true');
    await page.getByText('Confirm the host key first.').waitFor();
    await page.getByLabel('This is the key of my machine').focus();
    await keyboard.press('Space');
    await keyboard.press('Tab');
    await focused('Adopt server');
    await keyboard.press('Enter');
    await page.locator('[data-testid=server-status][data-status=reachable]').waitFor();

    const changed = await sshd.swapHostKey();
    await page.locator('[data-testid=server-status][data-status=blocked]').waitFor();
    await page.getByText(changed.fingerprint).first().waitFor();
    await expectAccessible(page);
    await page.getByLabel('I compared it; this is my machine').check();
    await page.getByRole('button', { name: 'Accept new host key' }).click();
    await page.locator('[data-testid=server-status][data-status=reachable]').waitFor();
  });

  it('says what is wrong with a machine that cannot be reached', async () => {
    const { page } = owner;
    await page.goto(`${url}/servers/adopt`);
    await page.getByLabel('Address').fill(`root@127.0.0.1:${await freePort()}`);
    await page.getByRole('button', { name: 'Generate a key' }).click();
    await page.getByText(/echo 'ssh-ed25519 \S+ xanthus-1' >> ~\/\.ssh\/authorized_keys/).waitFor();
    await page.getByRole('radio', { name: /Password/ }).click();
    await page.getByRole('textbox', { name: 'Password' }).fill('whatever');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.locator('[data-stage=connect][data-status=failed]').getByText('SERVER.REFUSED').waitFor();
    await page.locator('[data-stage=helm][data-status=skipped]').waitFor();

    // A password goes only to a machine whose key somebody confirmed: the test waits there, and goes on with it.
    await page.getByLabel('Address').fill(`${sshd.user}@127.0.0.1:${sshd.port}`);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Waits for the host key').waitFor();
    await page.getByLabel('This is the key of my machine').check();
    await page.locator('[data-stage=auth][data-status=failed]').getByText('SERVER.AUTH_FAILED').waitFor();
  });

  it('shows a guest nothing and says DENIED; a right given shows at once, and gone at once when withdrawn', async () => {
    const { page } = owner;
    await page.goto(`${url}/members`);
    await page.getByRole('button', { name: 'Add member' }).first().click();
    await page.getByLabel('With a password').check();
    await page.getByLabel('Name').fill(GUEST.name);
    await page.getByLabel('E-mail').fill(GUEST.email);
    await page.getByLabel('Role', { exact: true }).selectOption('guest');
    await page.getByLabel('First password').fill(GUEST.password);
    await page.getByRole('dialog').getByRole('button', { name: 'Add member' }).click();
    const row = page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: GUEST.name });
    await row.waitFor();

    const guest = await openTab(browser);
    await logIn(guest.page, url, GUEST);
    await guest.page.getByText('You may not see servers').waitFor();
    await goTo(guest.page, 'Servers');
    await guest.page.getByRole('heading', { name: 'You may not see servers' }).waitFor();
    await expectAccessible(guest.page);
    await guest.page.goto(sandboxUrl);
    await guest.page.getByText('DENIED').waitFor();
    expect(await guest.page.content()).not.toContain('renamed-4');
    // And so says the gateway itself, whatever a page would ask.
    const token = await tokenOf(GUEST);
    expect(await api('GET', '/api/vps', token)).toMatchObject({ status: 403, body: { code: 'DENIED' } });
    expect(await api('DELETE', `/api/vps/${sandboxUrl.split('/').at(-1)}`, token)).toMatchObject({ status: 403, body: { code: 'DENIED' } });

    await guest.page.goto(`${url}/servers`);
    await row.getByLabel(`Role of ${GUEST.name}`).selectOption('viewer');
    await guest.page.getByTestId('server-row').filter({ hasText: 'renamed-4' }).waitFor();
    expect(await guest.page.getByRole('button', { name: 'Adopt server' }).getAttribute('aria-disabled')).toBe('true');
    await row.getByLabel(`Role of ${GUEST.name}`).selectOption('guest');
    await guest.page.getByRole('heading', { name: 'You may not see servers' }).waitFor();
    expect(await guest.page.getByTestId('server-row').count()).toBe(0);
    expect(guest.faults).toEqual([]);
    await guest.context.close();
  });

  it('makes a credential that is shown once, and revokes it when that was confirmed', async () => {
    const { page } = owner;
    await page.goto(`${url}/credentials`);
    await page.getByRole('button', { name: 'Create credential' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('billing');
    await dialog.getByLabel('Role').selectOption('operator');
    await dialog.getByText('works with its servers').waitFor();
    await dialog.getByLabel('May follow the events of servers').check();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const shown = await dialog.getByTestId('creds').innerText();
    expect(shown).toMatch(/BEGIN NATS USER JWT[\s\S]+BEGIN USER NKEY SEED/);
    await dialog.getByText('This is shown once and kept nowhere.').waitFor();
    await dialog.getByRole('button', { name: 'Copy credential' }).waitFor();
    await expectAccessible(page);
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: 'Download' }).click()]);
    expect(download.suggestedFilename()).toBe('billing.creds');
    const file = await readFile(await download.path(), 'utf8');
    expect(file.trim()).toBe(shown.trim());
    await dialog.getByRole('button', { name: 'I stored it' }).click();

    const row = page.getByRole('list', { name: 'Credentials' }).getByRole('listitem').filter({ hasText: 'billing' });
    await row.getByText('operator · follows events of servers').waitFor();
    await page.reload();
    await row.waitFor();
    const seed = /SU[A-Z2-7]{50,}/.exec(file)?.[0] ?? '';
    expect(seed).not.toBe('');
    expect(await page.content()).not.toContain(seed);
    await expectAccessible(page);

    await row.getByRole('button', { name: 'Revoke billing' }).click();
    await dialog.getByText('This can’t be undone').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row.waitFor();
    await row.getByRole('button', { name: 'Revoke billing' }).click();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await told(page, 'Credential revoked');
    await row.waitFor({ state: 'detached' });
  });

  it('works on a phone, in light, by keyboard', async () => {
    const phone = await openTab(browser, { width: 390, height: 844, theme: 'light' });
    await logIn(phone.page, url, OWNER);
    // Every page, narrow and light: `pages.e2e.spec.ts`.
    for (const path of ['/', '/servers', ...['', '?tab=metrics', '?tab=settings'].map(part => new URL(sandboxUrl).pathname + part), '/servers/adopt', '/members', '/settings']) {
      await phone.page.goto(`${url}${path}`);
      await shows(phone.page, 'live');
      await expectAccessible(phone.page);
      expect(await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    await phone.page.keyboard.press('Control+k');
    await phone.page.getByRole('combobox').fill('renamed');
    await phone.page.keyboard.press('Enter');
    await phone.page.getByRole('heading', { level: 1, name: 'renamed-4' }).waitFor();
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });

  it('ends another session from here, and that page says so', async () => {
    const { page } = owner;
    const other = await openTab(browser);
    await logIn(other.page, url, OWNER);
    await page.goto(`${url}/sessions`);
    const sessions = page.getByRole('list', { name: 'Open sessions' }).getByRole('listitem');
    await sessions.filter({ hasText: 'this one' }).waitFor();
    // Newest first: the one that was just opened.
    await sessions.filter({ hasText: 'Chrom' }).filter({ hasNotText: 'this one' }).first().getByRole('button', { name: 'End' }).click();
    await other.page.getByText('Your session ended.').waitFor();
    expect(new URL(other.page.url()).pathname).toBe('/login');
    await other.page.reload();
    await other.page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(other.faults).toEqual([]);
    await other.context.close();
    await shows(page, 'live');
  });

  it('removes a server only when its name was typed, and keeps its history', async () => {
    const { page } = owner;
    await page.goto(sandboxUrl);
    const actions = page.getByRole('button', { name: 'Actions' });
    await actions.click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    await page.getByRole('textbox', { name: 'Type renamed-4 to confirm' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The focus is where it was: who works by keyboard is not sent to the top of the page.
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Actions');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    const remove = page.getByRole('button', { name: 'Remove server' });
    expect(await remove.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('Type renamed-4 to confirm').fill('renamed-4');
    await remove.click();
    await page.getByRole('heading', { level: 1, name: 'Servers' }).waitFor();
    await page.goto(sandboxUrl);
    await page.getByRole('heading', { name: 'This server was removed' }).waitFor();
    expect((await readHistory(page))[0]?.type).toBe('ServerDeleted');
  });

  it('logs out, and stays out', async () => {
    const { page, faults } = owner;
    await openAccountMenu(page);
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.goto(sandboxUrl);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    await expectAccessible(page);
    expect(faults).toEqual([]);
    // Scripts and styles of a first load, as they came over the wire.
    const bytes = await page.evaluate(() => performance.getEntriesByType('resource').filter(r => /\.(?:js|css)$/.test(r.name)).reduce((sum, r) => sum + (r as PerformanceResourceTiming).encodedBodySize, 0));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(FIRST_LOAD);
  });
});
