import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { startPlatform, type Platform } from '@xanthus/launch';
import { eventually, launchBrowser } from '@xanthus/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible, goTo, logIn, openTab, type Tab } from './console.fixtures.js';

let cf: CloudflareEmulator;
let platform: Platform;
let browser: Browser;
let tab: Tab;
let page: Page;
let token: string;
let zone: string;
let old: string;

/** The HTTP API, as a program uses it. */
const api = async (method: string, path: string, body: unknown): Promise<void> => {
  const response = await fetch(`${platform.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: platform.url }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
};
const content = (): string[] => cf.records(zone).map(r => `${r.type} ${r.name} ${r.content}`).sort();
const record = (name: string, type = 'A'): Locator => page.locator(`[data-testid=record][data-name="${name}"][data-type=${type}]`);
const unsaved = (): Locator => page.getByRole('region', { name: 'Unsaved changes' });
const state = (wanted: string): Promise<void> => page.locator(`[data-testid=plan-state][data-state=${wanted}]`).waitFor();
const part = (name: string): Promise<void> => page.getByRole('navigation', { name: 'Parts of this domain' }).getByRole('link', { name }).click();
const editor = (name: string | RegExp): Locator => page.getByRole('form', { name });

beforeAll(async () => {
  cf = await startCloudflareEmulator();
  [platform, browser] = await Promise.all([startPlatform({ env: { XANTHUS_CLOUDFLARE_URL: cf.url } }), launchBrowser()]);
  const owner = await platform.setUp();
  token = owner.access_token;
  ({ id: zone } = cf.addZone('example.com'));
  cf.addZone('later.example', { status: 'pending' });
  ({ id: old } = cf.putRecord(zone, { type: 'A', name: 'old.example.com', content: '192.0.2.1', ttl: 300 }));
  for (const n of [1, 2, 3, 4, 5, 6]) cf.putRecord(zone, { type: 'TXT', name: `note-${n}.example.com`, content: `"note ${n}"`, ttl: 300 });
  tab = await openTab(browser);
  ({ page } = tab);
  await logIn(page, platform.url, owner);
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await cf?.stop();
});

describe('domains, in a browser', () => {
  it('lead to the settings while no account is linked, then show the zones of the account', async () => {
    await goTo(page, 'Domains');
    await page.getByRole('heading', { name: 'No Cloudflare account is linked' }).waitFor();
    await expectAccessible(page);
    expect(await page.getByRole('link', { name: 'Settings → Cloudflare' }).getAttribute('href')).toBe('/settings?tab=cloudflare');
    await api('POST', '/api/cloudflare-accounts', { token: cf.addToken().value, account: cf.account.id });
    await page.reload();
    const row = page.getByTestId('zone-row').filter({ hasText: 'example.com' }).first();
    await row.getByText('not managed').waitFor();
    await page.getByTestId('zone-row').filter({ hasText: 'later.example' }).getByText('Pending').waitFor();
    await row.getByRole('button', { name: 'Add example.com to Xanthus' }).click();
    await row.getByText('7 records, 0 ours').waitFor();
    await expectAccessible(page);
    await row.getByRole('link', { name: 'example.com' }).click();
    await record('old.example.com').waitFor();
  });

  it('collects new records, with what is wrong said while it is typed', async () => {
    await page.getByRole('button', { name: 'Add record' }).click();
    const form = editor('New record');
    await form.getByLabel('Name').fill('www');
    await form.getByLabel('IPv4 address').fill('192.0.2');
    await form.getByText('An A record needs an IPv4 address, as 192.0.2.1.').waitFor();
    await expectAccessible(page);
    await form.getByLabel('IPv4 address').fill('192.0.2.10');
    await form.getByText('An A record needs').waitFor({ state: 'detached' });
    await form.getByRole('button', { name: 'Add to changes' }).click();
    await page.getByRole('button', { name: 'Add record' }).click();
    await form.getByLabel('Type').selectOption('MX');
    await form.getByLabel('Name').fill('@');
    await form.getByLabel('Mail server').fill('mx.example.net');
    await form.getByRole('button', { name: 'Add to changes' }).click();
    await unsaved().getByText('2 unsaved changes: 2 new').waitFor();
    await expectAccessible(page);
    expect(cf.records(zone)).toHaveLength(7);
  });

  it('shows what a plan would do, asks twice where mail is touched, and applies it', async () => {
    await unsaved().getByLabel('Why').fill('The shop opens');
    await unsaved().getByRole('button', { name: 'Review plan' }).click();
    await page.locator('[data-testid=change][data-op=create]').filter({ hasText: 'www.example.com' }).getByText('A 192.0.2.10 · Automatic').waitFor();
    await expectAccessible(page);
    const apply = page.getByRole('button', { name: 'Apply to example.com' });
    expect(await apply.getAttribute('aria-disabled')).toBe('true');
    expect(cf.records(zone)).toHaveLength(7);
    await page.getByLabel('Yes, change where mail goes').check();
    await apply.click();
    await state('applied');
    expect(content()).toEqual(expect.arrayContaining(['A www.example.com 192.0.2.10', 'MX example.com mx.example.net']));
    // No name server of the zone can be reached from a test: that is said, not guessed.
    await page.getByTestId('visibility').getByText('Not known').waitFor();
    await expectAccessible(page);
  });

  it('edits in place, many at once, and goes back to editing from a plan', async () => {
    await part('Records');
    await page.getByRole('button', { name: 'Edit A www' }).click();
    await editor('Edit A www').getByLabel('IPv4 address').fill('192.0.2.11');
    await editor('Edit A www').getByRole('button', { name: 'Keep change' }).click();
    await record('www.example.com').getByText('changed').waitFor();
    await page.getByLabel('Select MX @').check();
    await page.getByLabel('Select A www').check();
    await page.getByLabel('Set TTL of the selected records').selectOption('600');
    await unsaved().getByText('2 unsaved changes: 2 changed').waitFor();
    await unsaved().getByRole('button', { name: 'Review plan' }).click();
    const change = page.locator('[data-testid=change][data-op=update]').filter({ hasText: 'www.example.com' });
    await change.getByText('A 192.0.2.10').waitFor();
    await change.getByText('A 192.0.2.11').waitFor();
    await page.getByRole('button', { name: 'Edit again' }).click();
    await unsaved().getByText('2 unsaved changes: 2 changed').waitFor();
    await page.getByRole('button', { name: 'Actions of MX @' }).click();
    await page.getByRole('menuitem', { name: 'Forget this change' }).click();
    await unsaved().getByRole('button', { name: 'Review plan' }).click();
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('applied');
    expect(content()).toContain('A www.example.com 192.0.2.11');
  });

  it('touches a record of somebody else only when it was adopted', async () => {
    await part('Records');
    await page.getByRole('button', { name: 'Actions of A old' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await unsaved().getByRole('button', { name: 'Review plan' }).click();
    await unsaved().getByTestId('obstacles').getByText('192.0.2.1').waitFor();
    expect(cf.records(zone).map(r => r.id)).toContain(old);
    await unsaved().getByRole('button', { name: 'Adopt it and plan again' }).click();
    await page.locator('[data-testid=change][data-op=delete]').filter({ hasText: 'old.example.com' }).waitFor();
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('applied');
    expect(cf.records(zone).map(r => r.id)).not.toContain(old);
  });

  it('takes a plan back as a new plan', async () => {
    await page.getByRole('button', { name: 'Undo as a new plan' }).click();
    await page.locator('[data-testid=change][data-op=create]').filter({ hasText: 'old.example.com' }).waitFor();
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('applied');
    expect(content()).toContain('A old.example.com 192.0.2.1');
  });

  it('reads a zone file, says which line is wrong, and exports what it reads back', async () => {
    await part('Records');
    await page.getByRole('button', { name: 'Zone file…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Zone file' }).fill('$TTL 300\nshop IN A 192.0.2\n');
    await dialog.getByRole('button', { name: 'Review plan' }).click();
    await dialog.getByText(/Line 2: .*IPv4/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('textbox', { name: 'Zone file' }).fill('$TTL 300\nshop IN A 192.0.2.30\nshop IN TXT ( "one " "two" )\n');
    await dialog.getByRole('button', { name: 'Review plan' }).click();
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('applied');
    expect(content()).toContain('A shop.example.com 192.0.2.30');
    await part('Records');
    await record('shop.example.com', 'TXT').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    expect(download.suggestedFilename()).toBe('example.com.zone');
    expect(await readFile(await download.path(), 'utf8')).toMatch(/^shop\S*\s+300\s+IN\s+A\s+192\.0\.2\.30/m);
  });

  it('tells who changed what and why, and has the zone as it was', async () => {
    await part('History');
    await page.getByLabel('Of one name').fill('www');
    const entries = page.getByTestId('entry');
    await entries.nth(1).getByRole('link', { name: 'The shop opens' }).waitFor();
    await entries.nth(2).waitFor({ state: 'detached' });
    await entries.first().getByText('You').waitFor();
    await expectAccessible(page);
    await entries.first().getByRole('button', { name: 'Undo this change of www.example.com' }).click();
    await page.locator('[data-testid=change][data-op=update]').getByText('A 192.0.2.11').waitFor();
    await page.getByRole('button', { name: 'Throw away' }).click();

    await part('History');
    const since = await page.getByLabel('Date and time').getAttribute('min');
    await page.getByLabel('Date and time').fill(new Date(Date.parse(`${since}`) + 1_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19));
    await page.getByRole('button', { name: 'Show the zone then' }).click();
    await page.getByRole('dialog').getByText('7 records then').waitFor();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Plan back to it' }).click();
    await page.locator('[data-testid=change][data-op=delete]').filter({ hasText: 'shop.example.com' }).first().waitFor();
    await page.getByTestId('risk').first().waitFor();
    await page.getByRole('button', { name: 'Throw away' }).click();
  });

  it('finds what was changed outside: one is accepted, one taken back, one adopted', async () => {
    const there = (name: string) => cf.records(zone).find(r => r.name === name && r.type === 'A') ?? cf.putRecord(zone, { type: 'A', name, content: '' });
    cf.removeRecord(zone, there('shop.example.com').id);
    cf.putRecord(zone, { ...there('www.example.com'), content: '192.0.2.99' });
    cf.putRecord(zone, { type: 'A', name: 'stray.example.com', content: '192.0.2.66', ttl: 300 });
    await part('Drift');
    await page.getByRole('button', { name: 'Compare now' }).click();
    const [missing, changed, unknown] = ['missing', 'changed', 'unknown'].map(kind => page.locator(`[data-testid=finding][data-kind=${kind}]`)) as [Locator, Locator, Locator];
    await missing.getByText('shop.example.com').waitFor();
    await changed.getByText('A 192.0.2.99').waitFor();
    await unknown.getByText('stray.example.com').waitFor();
    await expectAccessible(page);
    await missing.getByRole('button', { name: 'Accept…' }).click();
    await page.getByRole('dialog').getByText('It stays deleted').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    await missing.waitFor({ state: 'detached' });
    await unknown.getByRole('button', { name: 'Adopt…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Adopt' }).click();
    await unknown.waitFor({ state: 'detached' });
    await changed.getByRole('button', { name: 'Plan back' }).click();
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('applied');
    expect(content()).toEqual(expect.arrayContaining(['A www.example.com 192.0.2.11', 'A stray.example.com 192.0.2.66']));
    await part('Drift');
    await page.getByRole('heading', { name: 'Cloudflare has exactly what was left there' }).waitFor();
  });

  it('fails half-way with a reason, and goes on when a person says so', async () => {
    await part('Records');
    await page.getByRole('button', { name: 'Edit A stray' }).click();
    await editor('Edit A stray').getByLabel('IPv4 address').fill('192.0.2.67');
    await editor('Edit A stray').getByRole('button', { name: 'Keep change' }).click();
    await unsaved().getByRole('button', { name: 'Review plan' }).click();
    cf.fail({ path: /batch$/, status: 403, times: 1 });
    await page.getByRole('button', { name: 'Apply to example.com' }).click();
    await state('failed');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Go on' }).click();
    await state('applied');
    expect(content()).toContain('A stray.example.com 192.0.2.67');
  });

  it('configures the domain step by step, and takes it back to what was before', async () => {
    await part('TLS');
    await page.getByRole('button', { name: 'Configure example.com' }).click();
    await page.locator('[data-testid=domain-state][data-state=configured]').waitFor();
    await page.locator('[data-testid=certificate][data-state=valid]').getByText(/\d days left/).waitFor();
    await expectAccessible(page);
    expect(cf.certificates().filter(c => !c.revoked_at)).toHaveLength(1);
    await page.getByRole('button', { name: 'Renew now' }).click();
    await page.getByText('renewed once').waitFor();
    // The new one is in force first.
    await eventually(async () => cf.certificates().map(c => c.revoked_at !== undefined).join() === 'true,false');
    await page.getByRole('button', { name: 'Undo the configuration…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTestId('restores').getByText(/SSL becomes \w+ again\./).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Undo the configuration' }).click();
    await page.locator('[data-testid=domain-state][data-state=undone]').waitFor();
    expect(cf.certificates().every(c => c.revoked_at !== undefined)).toBe(true);
    expect(tab.faults).toEqual([]);
  });

  it('holds on a narrow screen in the light', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'light' });
    for (const name of ['Records', 'Plans', 'History', 'Drift', 'TLS']) {
      await part(name);
      await page.locator('main :is(table, li, h2)').first().waitFor();
      expect({ name, wider: await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) }).toEqual({ name, wider: 0 });
      await expectAccessible(page);
    }
    await page.setViewportSize({ width: 1280, height: 820 });
  });

  it('releases the zone, and its records stay', async () => {
    await page.goto(`${platform.url}/domains`);
    await page.getByRole('button', { name: 'Release example.com' }).click();
    const before = content();
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: 'Add example.com to Xanthus' }).waitFor();
    expect(content()).toEqual(before);
    expect(tab.faults).toEqual([]);
  });
});
