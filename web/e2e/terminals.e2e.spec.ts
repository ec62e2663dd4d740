/** Terminals in a browser: the whole product in processes of its own, a sandbox with a real sshd and real programs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { programBelow, startPlatform, type Platform } from '@xanthus/launch';
import { whyNoSandboxes } from '@xanthus/sandbox';
import { eventually, launchBrowser } from '@xanthus/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { expectAccessible, glimpsed, logIn, openTab, type Tab } from './console.fixtures.js';

const BOB = { email: 'bob@acme.example', password: 'staple battery horse', name: 'Bob Byron' };
/** The screen as text; the browser of a spec has no graphics card, so that it is drawn as such. */
const rows = (page: Page): Promise<string[]> => page.locator('[data-testid=pane][data-focused=true] .xterm-rows').first().evaluate(e => [...e.children].map(row => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd()));
const text = async (page: Page): Promise<string> => (await rows(page)).join('\n');
const says = (page: Page, what: string | RegExp): Promise<unknown> => eventually(async () => { const now = await text(page); return typeof what === 'string' ? now.includes(what) : what.test(now); });
/** Every cell with its look; where the cursor stands is drawn apart and blinks. */
const cells = (page: Page): Promise<string[]> => page.locator('.xterm-rows').first().evaluate(e => [...e.children].map(row => [...row.children].flatMap((span) => {
  const look = [...span.classList].filter(c => !c.startsWith('xterm-cursor')).join(' ');
  return [...(span.textContent ?? '')].map(c => `${c}|${look}|${(span as HTMLElement).style.color}|${(span as HTMLElement).style.backgroundColor}`);
}).join('\n')));
const state = (page: Page, wanted: string): Promise<void> => page.locator(`[data-testid=pane] [data-testid=terminal-state][data-state=${wanted}]`).first().waitFor();

const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: terminals, in a browser: ${why}`);

(why === undefined ? describe : describe.skip)('terminals, in a browser', () => {
  let platform: Platform;
  let browser: Browser;
  let ada: Tab;
  let bob: Tab;
  let page: Page;
  let server: string;
  let session: string;
  let token: string;
  let bobId: string;

  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${platform.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: platform.url }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${answer}`);
    return (JSON.parse(answer) as { data: T }).data;
  };
  /** What was open has gone, and gives the focus back to its button in a moment: only then it is the shell's to keep. */
  const intoShell = async (closed: Locator): Promise<void> => {
    await closed.first().waitFor({ state: 'detached' });
    const field = page.locator('.xterm-helper-textarea').first();
    await eventually(async () => { await field.focus(); await page.evaluate(() => new Promise(resolve => { setTimeout(() => requestAnimationFrame(resolve)); })); return await field.evaluate(e => document.activeElement === e); });
  };
  /** Onto the clipboard and out of it again, as a hand does. */
  const paste = (what: string): Promise<void> => page.locator('.xterm-helper-textarea').first().evaluate((field, data) => {
    const clipboard = new DataTransfer();
    clipboard.setData('text/plain', data);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }));
  }, what);

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform({ sandbox: true, processes: true, env: { XANTHUS_SSH_ALLOW: 'loopback' } }), launchBrowser()]);
    const owner = await platform.setUp();
    token = owner.access_token;
    ({ id: server } = await api<{ id: string }>('POST', '/api/vps/adopt-sandbox', {}));
    ({ id: bobId } = await api<{ id: string }>('POST', '/api/members?wait=view', { ...BOB, role: 'admin' }));
    [ada, bob] = await Promise.all([openTab(browser), openTab(browser, { theme: 'light' })]);
    ({ page } = ada);
    await Promise.all([logIn(page, platform.url, owner), logIn(bob.page, platform.url, BOB)]);
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  it('opens one from the server, types, and has the size of its window', async () => {
    await page.goto(`${platform.url}/servers/${server}?tab=terminal`);
    await page.getByRole('link', { name: 'Open a terminal' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Survives this page').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await page.waitForURL(/\/terminals\/[a-z0-9]{26}/);
    session = /\/terminals\/([a-z0-9]{26})/.exec(page.url())?.[1] ?? '';
    await state(page, 'live');
    await says(page, /\$ ?$/m);
    await page.keyboard.type("PS1='> '; export LC_ALL=C.UTF-8; clear; stty size; echo $((6*7))\n");
    await says(page, /^42$/m);
    const size = async (): Promise<readonly number[]> => (await text(page)).split('\n').filter(l => /^\d+ \d+$/.test(l)).at(-1)?.split(' ').map(Number) ?? [];
    const [tall = 0, wide = 0] = await size();
    await page.setViewportSize({ width: 900, height: 600 });
    await eventually(async () => (await rows(page)).length < tall);
    await page.keyboard.type('clear; stty size; echo $((7*7))\n');
    await says(page, /^49$/m);
    const [low = 0, narrow = 0] = await size();
    expect([low < tall, narrow < wide, low]).toEqual([true, true, (await rows(page)).length]);
    await page.getByTestId('recording').waitFor();
    await expectAccessible(page);
  });

  it('asks before it pastes lines, takes out what is no text, and finds what is on the screen', async () => {
    const dialog = page.getByRole('dialog');
    await paste('echo first\necho \u001b[201~second\u0003\n');
    await dialog.getByText('Taken out: Escape, Ctrl C').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.keyboard.type('clear; echo nothing was typed\n');
    await says(page, /^nothing was typed$/m);
    expect(await text(page)).not.toContain('first');
    await paste('echo first\necho second\n');
    await dialog.getByText('nothing runs before you press Enter').waitFor();
    await dialog.getByRole('button', { name: 'Paste', exact: true }).click();
    await page.keyboard.press('Enter');
    await says(page, /^second$/m);

    await page.keyboard.press('Control+Shift+F');
    const search = page.getByLabel('Search this terminal');
    await search.fill('^second$');
    await page.getByTestId('search-count').getByText('nothing found').waitFor();
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await page.getByTestId('search-count').getByText('1 of 1').waitFor();
    await search.fill('(');
    await page.getByTestId('search-count').getByText('no pattern yet').waitFor();
    await search.press('Escape');
    await page.keyboard.press('Alt+Shift+Slash');
    await dialog.getByText('Leave the terminal with the keyboard').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.xterm-helper-textarea').first().focus();
    await page.keyboard.press('Alt+Shift+X');
    expect(await page.evaluate(() => document.activeElement?.closest('[role=toolbar]') !== null)).toBe(true);
  });

  it('answers what a program asks once, and shows the same screen, cell by cell, after a reload in the middle of an editor', async () => {
    await page.locator('.xterm-helper-textarea').first().focus();
    await page.keyboard.type("clear; printf '\\033[c'; read -rs -t 60 -d c one; read -rs -t 1 -d c two; echo answers: ${#one} ${#two}\n");
    await says(page, /^answers: [1-9]\d* 0$/m);
    // Of Debian's; a sandbox has no /etc/alternatives, behind which `vim` is.
    if (!existsSync('/usr/bin/vim.basic')) return console.warn('no vim on this machine: not tried');
    await page.keyboard.type("clear; for i in $(seq 60); do echo \"key$i: value # grüße €$i\"; done > notes.yaml; vim.basic -u NONE -c 'set nocompatible number hlsearch encoding=utf-8 showmode' -c 'syntax on' -c '/value' notes.yaml\n");
    await says(page, /^ +1 key1: value # grüße €1$/m);
    await page.keyboard.type('20Gowhile a page is reloaded ✓');
    await says(page, /while a page is reloaded ✓/);
    await says(page, /-- INSERT --/);
    const before = await cells(page);
    await page.reload();
    await state(page, 'live');
    await says(page, /-- INSERT --/);
    await eventually(async () => { expect(await cells(page)).toEqual(before); return true; });
    await page.keyboard.type('!');
    await says(page, /reloaded ✓!/);
    await page.keyboard.press('Escape');
    await page.keyboard.type(':q!\n');
    await says(page, /^> *$/m);
  });

  it('comes back in place when the gateway is killed', async () => {
    await page.keyboard.type('clear; echo before the fall\n');
    await says(page, /^before the fall$/m);
    const gateway = await programBelow(platform.pid, 'gateway/server/dist/main.js');
    const noticed = glimpsed(page, '[data-testid=reconnecting]');
    process.kill(gateway, 'SIGKILL');
    await noticed;
    await programBelow(platform.pid, 'gateway/server/dist/main.js', gateway);
    await eventually(async () => {
      await page.keyboard.press('r');
      return await page.locator('[data-testid=pane] [data-state=live]').count() > 0;
    }, { every: 250 });
    await page.keyboard.type('\u0015echo $((50+5))\n');
    await says(page, /^55$/m);
    expect(await text(page)).toContain('before the fall');
  });

  it('shows it to who is invited, who sees it live and cannot type', async () => {
    await page.getByRole('button', { name: 'Share…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Member').selectOption(bobId);
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
    await dialog.locator('[data-testid=participant][data-role=observer]').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await bob.page.goto(`${platform.url}/terminals/${session}`);
    await says(bob.page, 'before the fall');
    await bob.page.getByText('read only').waitFor();
    await bob.page.keyboard.type('echo intruder\n');
    // The window that the killed gateway served counts for most of a minute more.
    await page.getByTestId('viewers').click();
    await page.locator('[data-testid=viewer][data-role=observer]').getByText('Bob Byron').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await intoShell(page.locator('[data-testid=viewer]'));
    await page.keyboard.type('echo seen by both\n');
    await Promise.all([says(page, /^seen by both$/m), says(bob.page, /^seen by both$/m)]);
    expect(await text(page)).not.toContain('intruder');
    await eventually(async () => { expect(await rows(bob.page)).toEqual(await rows(page)); return true; });
    await expectAccessible(bob.page);
  });

  it('ends for everybody when an administrator ends it, with the reason, and offers another', async () => {
    await bob.page.getByRole('button', { name: 'Terminal menu' }).click();
    await bob.page.getByRole('menuitem', { name: 'End somebody else’s session…' }).click();
    await bob.page.getByLabel('Reason').fill('Maintenance begins');
    await bob.page.getByRole('button', { name: 'End it now' }).click();
    await Promise.all([page, bob.page].map(p => p.getByTestId('ended').getByText('Maintenance begins').waitFor()));
    await expectAccessible(page);
    await page.locator('.xterm-helper-textarea').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByTestId('tab').nth(1).waitFor();
    await eventually(async () => await page.locator('[data-testid=pane] [data-state=live]').count() > 0);
    expect([ada.faults, bob.faults]).toEqual([[], []]);
  });

  it('is among the recordings: found, played from there, verified', async () => {
    await page.goto(`${platform.url}/recordings`);
    await page.locator(`[data-testid=recording-row] a[href="/recordings/${session}"]`).waitFor();
    await expectAccessible(page);
    await page.locator(`[data-testid=recording-row] a[href="/recordings/${session}"]`).click();
    await page.getByLabel('Search in what the screen showed').fill('SEEN BY both');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('list', { name: 'Found' }).getByRole('button').last().click();
    const shown = (): Promise<string> => page.getByTestId('recording-screen').locator('.xterm-rows').evaluate(e => (e.textContent ?? '').replaceAll('\u00a0', ' '));
    await eventually(async () => (await shown()).includes('seen by both'));
    await page.getByLabel('Speed').selectOption('16');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Play again' }).waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('as the log says').waitFor();
    await expectAccessible(page);
    expect(ada.faults).toEqual([]);
  });
});
