import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloudflareEmulator, type CloudflareEmulator } from '@xanthus/emulators';
import { startPlatform, type Platform } from '@xanthus/launch';
import { eventually, launchBrowser } from '@xanthus/testing';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, logIn, openTab, totpCode, type Tab } from './console.fixtures.js';

const ADA = { name: 'Ada Lovelace', email: 'ada@acme.example', password: 'correct horse battery' };
const BOB = { name: 'Bob Byron', email: 'bob@acme.example', password: 'staple battery horse' };
const CAROL = { name: 'Carol Shaw', email: 'carol@acme.example', password: 'battery staple horse' };

/** Nobody here yet; who Cloudflare says the token belongs to. */
const DORA = 'dora@acme.example';
const SECRET = 'a secret that has no way out';

let cloudflare: CloudflareEmulator;
let platform: Platform;
let browser: Browser;
let ada: Tab;

beforeAll(async () => {
  cloudflare = await startCloudflareEmulator({ email: DORA });
  [platform, browser] = await Promise.all([startPlatform({ env: { XANTHUS_CLOUDFLARE_URL: cloudflare.url, XANTHUS_CLOUDFLARE_VERIFY_SECONDS: '1' } }), launchBrowser()]);
  ada = await openTab(browser);
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await cloudflare?.stop();
});

const memberRow = (page: Page, name: string) => page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: name });

/** @returns the link, as the page shows it once */
const invite = async (page: Page, email: string, role: string): Promise<string> => {
  await page.getByRole('link', { name: 'Members' }).first().click();
  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByLabel('Role', { exact: true }).selectOption(role);
  await dialog.getByRole('button', { name: 'Make invitation' }).click();
  const link = await dialog.getByTestId('shown-once').innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('list', { name: 'Open invitations' }).getByText(email).waitFor();
  return link.trim();
};

const accept = async (link: string, who: { readonly name: string; readonly password: string }): Promise<Tab> => {
  const tab = await openTab(browser);
  await tab.page.goto(link);
  await tab.page.getByRole('heading', { name: 'Join Acme Ltd' }).waitFor();
  await tab.page.getByLabel('Your name').fill(who.name);
  await tab.page.getByLabel('Password').fill(who.password);
  await expectAccessible(tab.page);
  await tab.page.getByRole('button', { name: 'Join Acme Ltd' }).click();
  await tab.page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  return tab;
};

describe('an organisation with three people in three roles, in the console', () => {
  let bob: Tab;
  let carol: Tab;

  it('is made, and its owner invites an operator by a link that works once', async () => {
    const { page } = ada;
    await page.goto(platform.setupLink ?? '');
    await page.getByLabel('Your name').fill(ADA.name);
    await page.getByLabel('E-mail').fill(ADA.email);
    await page.getByLabel('Password').fill(ADA.password);
    await page.getByLabel('Organisation').fill('Acme Ltd');
    await page.getByLabel('Short name').fill('acme');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    const link = await invite(page, BOB.email, 'operator');
    bob = await accept(link, BOB);
    await memberRow(page, BOB.name).waitFor();
    await page.getByRole('list', { name: 'Open invitations' }).waitFor({ state: 'detached' });
    const late = await openTab(browser);
    await late.page.goto(link);
    await late.page.getByText('INVITATION.INVALID').waitFor();
    await late.context.close();
  });

  it('asks for a fresh proof before a role is defined, and then defines it', async () => {
    // In a page of its own: what stands between a page and its socket is a socket that knows later than both of them when one is closed.
    const page = await ada.context.newPage();
    // The log-in is minutes old here; a refusal as the gate gives it after ten of them stands for the wait.
    let refused = 0;
    await page.routeWebSocket(/\/ws$/, socket => {
      const server = socket.connectToServer();
      socket.onMessage(message => {
        const frame = JSON.parse(String(message)) as { op?: string; target?: string; inbox?: string };
        if (frame.op === 'cmd' && frame.target?.endsWith('.role.watcher.define') && refused++ === 0) {
          socket.send(JSON.stringify({ op: 'error', inbox: frame.inbox, data: { code: 'AUTH.PROOF_NEEDED', message: 'Prove again who you are.', retryable: false, details: { methods: ['password'] } } }));
        } else server.send(message);
      });
    });
    await page.goto(`${platform.url}/roles/new`);
    await page.getByRole('textbox', { name: 'Name' }).fill('watcher');
    await page.getByLabel('Description').fill('Looks on.');
    await page.getByLabel('See servers, their history and figures').check();
    await page.getByRole('checkbox', { name: 'Rename vps.server.rename' }).check();
    await page.getByLabel('Rename: where').selectOption('tag');
    await page.getByLabel('Rename: tag').fill('staging');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Define role' }).click();
    const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' });
    await dialog.getByLabel('Password').fill('not my password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByText('PROOF.REFUSED').waitFor();
    await dialog.getByLabel('Password').fill(ADA.password);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('list', { name: 'Own roles' }).getByText('watcher').waitFor();
    expect(refused).toBe(2);
    await page.getByRole('region', { name: 'Who may do what' }).getByText('tag:staging').waitFor();
    await expectAccessible(page);
    await page.close();
    carol = await accept(await invite(ada.page, CAROL.email, 'watcher'), CAROL);
  });

  it('changes rights while people work, and they see it at once', async () => {
    const { page } = ada;
    await bob.page.goto(`${platform.url}/servers`);
    await carol.page.goto(`${platform.url}/servers`);
    await bob.page.getByRole('link', { name: 'Adopt server' }).first().waitFor();
    await carol.page.getByRole('heading', { name: 'No servers yet' }).waitFor();

    await page.goto(`${platform.url}/members`);
    await page.getByLabel(`Role of ${BOB.name}`).selectOption('viewer');
    await bob.page.locator('[aria-disabled=true]', { hasText: 'Adopt server' }).first().waitFor();

    await page.goto(`${platform.url}/roles/watcher`);
    await page.getByText('2 permissions, for one member at once').waitFor();
    await page.getByLabel('See servers, their history and figures').uncheck();
    await page.getByRole('button', { name: 'Save role' }).click();
    await carol.page.getByRole('heading', { name: 'You may not see servers' }).waitFor();
    expect(carol.faults).toEqual([]);
  });

  it('says why somebody may do something, and what would change it', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/members`);
    await page.getByRole('link', { name: BOB.name }).click();
    const ask = async (what: string, allowed: boolean): Promise<string> => {
      await page.getByLabel('May do', { exact: true }).selectOption({ label: what });
      await page.getByRole('button', { name: 'Explain' }).click();
      const answer = page.locator(`[data-testid=explanation][data-allowed=${allowed}]`);
      await answer.waitFor();
      return answer.innerText();
    };
    expect(await ask('See servers, their history and figures', true)).toMatch(/viewer/);
    expect(await ask('Adopt a machine', false)).toMatch(/give the role operator/);
    await expectAccessible(page);
  });

  it('tells it all in the audit, in words, filtered; also by the address that security events had', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/security`);
    await page.waitForURL('**/audit?service=auth');
    const list = page.getByTestId('audit-list');
    await list.getByText(`made ${BOB.name} viewer`).first().waitFor();
    const find = async (words: string): Promise<void> => page.getByRole('searchbox', { name: 'Search events' }).fill(words);
    await find('accepted an invitation');
    for (const { name } of [BOB, CAROL]) await list.getByText(`${name} accepted an invitation`).first().waitFor();
    await list.getByText(`made ${BOB.name} viewer`).first().waitFor({ state: 'detached' });
    await find('defined role watcher');
    await list.getByText('defined role watcher').first().waitFor();
    await expectAccessible(page);
  });

  it('removes one of them, who is out at once', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/members`);
    await page.getByRole('link', { name: BOB.name }).click();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('their sessions here end').waitFor();
    await dialog.getByRole('button', { name: 'Remove member' }).click();
    await bob.page.getByText('Your session ended.').waitFor();
    expect(new URL(bob.page.url()).pathname).toBe('/login');
    await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
    await memberRow(page, BOB.name).waitFor({ state: 'detached' });
    await memberRow(page, CAROL.name).waitFor();
    expect([...ada.faults, ...bob.faults]).toEqual([]);
    await Promise.all([bob.context.close(), carol.context.close()]);
  });
});

describe('ways in, in the console', () => {
  it('a second factor: set up with the secret of the QR code, then asked for at the log-in', async () => {
    const { page, faults, context } = await openTab(browser);
    await logIn(page, platform.url, CAROL);
    await page.getByRole('link', { name: 'Profile' }).first().click();
    await page.getByRole('button', { name: 'Set up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'I have one' }).click();
    await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await dialog.getByText('Can’t scan it?').click();
    await expectAccessible(page);
    const secret = (await dialog.locator('code').innerText()).trim();
    await dialog.getByLabel('Code').fill(totpCode(secret));
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByText('Store your recovery codes').waitFor();
    const codes = (await dialog.getByTestId('shown-once').innerText()).trim().split(/\s+/);
    expect(new Set(codes).size).toBe(10);
    await dialog.getByRole('button', { name: 'I stored it' }).click();
    await page.getByText('10 recovery codes left').waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('E-mail').fill(CAROL.email);
    await page.getByLabel('Password').fill(CAROL.password);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByText('LOGIN.WRONG_CODE').waitFor();
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(codes[3] ?? '');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    // Back to where the log-out was.
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    await page.getByText('9 recovery codes left').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('an API key: shown once, good for what its role allows, refused once revoked', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/api-keys`);
    await page.getByRole('button', { name: 'Create API key' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Grafana');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const key = (await dialog.getByTestId('shown-once').innerText()).trim();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'I stored it' }).click();
    const get = async (path: string): Promise<number> => (await fetch(`${platform.url}${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await get('/api/vps')).toBe(200);
    expect(await get('/api/api-keys')).toBe(403);
    const row = page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Grafana' });
    await row.getByText(/used (just now|\d+ (?:s|min) ago)/).waitFor();
    expect(await page.content()).not.toContain(key);
    await row.getByRole('button', { name: 'Revoke Grafana' }).click();
    await dialog.getByRole('button', { name: 'Revoke key' }).click();
    await row.waitFor({ state: 'detached' });
    expect(await eventually(async () => (await get('/api/vps')) === 401)).toBe(true);
    expect(ada.faults).toEqual([]);
  });
});

describe('a second organisation, in the console', () => {
  it('is made by an operator of the installation, who goes there and back without a new log-in', async () => {
    const { page } = ada;
    const goTo = async (from: string, to: string): Promise<void> => {
      await page.getByRole('button', { name: `Organisation: ${from}` }).click();
      await page.getByRole('menuitem', { name: to }).click();
    };
    await goTo('Acme Ltd', 'This installation');
    const list = page.getByRole('list', { name: 'Organisations', exact: true });
    await list.getByText('Acme Ltd', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create organisation' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Globex');
    await dialog.getByRole('button', { name: 'Create organisation' }).click();
    await list.getByText('Globex', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Go to Globex' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await page.getByRole('button', { name: 'Organisation: Globex' }).waitFor();
    await page.getByRole('link', { name: 'Members' }).first().click();
    await memberRow(page, ADA.name).waitFor();
    expect(await page.content()).not.toContain(CAROL.name);
    await goTo('Globex', 'Acme Ltd');
    await page.getByRole('button', { name: 'Organisation: Acme Ltd' }).waitFor();
    await page.getByRole('link', { name: 'Members' }).first().click();
    await memberRow(page, CAROL.name).waitFor();
    expect(ada.faults).toEqual([]);
  });
});

describe('a Cloudflare account, in the console', () => {
  const steps = (page: Page) => page.getByRole('list', { name: 'Steps of the check' }).locator('li[data-status=passed]');

  it('is linked in five steps, one of several chosen', async () => {
    const { page } = ada;
    cloudflare.addAccount('Another account');
    const token = cloudflare.addToken().value;
    await page.goto(`${platform.url}/settings?tab=cloudflare`);
    await page.getByRole('button', { name: 'Link account' }).first().click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('link', { name: 'Make one' }).getAttribute('href')).toMatch(/^https:\/\/dash\.cloudflare\.com\/.*permissionGroupKeys=/);
    await dialog.getByLabel('API token').fill('not a token');
    await dialog.getByRole('button', { name: 'Link account' }).click();
    await dialog.locator('li[data-status=failed]').first().waitFor();
    await dialog.getByText('CLOUDFLARE.TOKEN_INVALID').last().waitFor();
    await dialog.getByLabel('API token').fill(token);
    await dialog.getByRole('button', { name: 'Link account' }).click();
    await dialog.getByLabel(cloudflare.account.name).check();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Link account' }).click();
    await page.getByRole('region', { name: cloudflare.account.name }).getByText('Token is good').waitFor();
    await page.getByLabel('Who comes with a token of this account').selectOption('viewer');
    await page.getByText('It holds at the next log-in.').first().waitFor();
    expect(await page.content()).not.toContain(token);
    await expectAccessible(page);
  });

  it('opens the door for who has a token of it, and closes it with the token', async () => {
    const { page, faults, context } = await openTab(browser);
    const token = cloudflare.addToken({ accounts: [cloudflare.account.id] }).value;
    await page.goto(`${platform.url}/login`);
    await page.getByRole('link', { name: 'Log in with a Cloudflare token' }).click();
    await page.getByLabel('API token').fill(token);
    await expectAccessible(page);
    // The log-in that follows waits until somebody saw all five.
    await page.route('**/api/auth/login', async route => {
      await steps(page).nth(4).waitFor();
      await route.continue();
    });
    await page.getByRole('button', { name: 'Check and log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await page.goto(`${platform.url}/profile`);
    await page.getByText(DORA).first().waitFor();
    cloudflare.revoke(token);
    await page.getByText('Your session ended.').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('the end of an organisation, in the console', () => {
  it('is exported to a file that holds everything but the secrets', async () => {
    const { page } = ada;
    await page.goto(`${platform.url}/secrets`);
    await page.getByRole('button', { name: 'Add secret' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('hetzner');
    await dialog.getByLabel('Value').fill(SECRET);
    await dialog.getByRole('button', { name: 'Keep secret' }).click();
    await page.getByRole('list', { name: 'Secrets' }).getByText('hetzner').waitFor();
    await page.goto(`${platform.url}/settings?tab=data`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export everything' }).click()]);
    const file = await readFile(await download.path(), 'utf8');
    expect(download.suggestedFilename()).toMatch(/^xanthus-acme-\d{4}-\d\d-\d\d\.jsonl$/);
    expect(file).toContain(CAROL.email);
    expect(file).toContain('RoleDefined');
    expect(file).not.toContain(SECRET);
    await expectAccessible(page);
  });

  it('is forgotten when its short name was typed; the receipt is there although the session ended', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Forget Acme Ltd…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 secret').waitFor();
    expect(await dialog.getByRole('button', { name: 'Forget for ever' }).getAttribute('aria-disabled')).toBe('true');
    await expectAccessible(page);
    await dialog.getByLabel('Type acme to confirm').fill('acme');
    await dialog.getByRole('button', { name: 'Forget for ever' }).click();
    await page.getByRole('heading', { name: 'Acme Ltd is forgotten' }).waitFor();
    await expectAccessible(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download receipt' }).click()]);
    const [, payload = ''] = (await readFile(await download.path(), 'utf8')).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).toMatchObject({ tenant: 'acme', secrets: 1 });
    await page.getByRole('link', { name: 'Go to the log-in' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(ada.faults).toEqual([]);
  });
});
