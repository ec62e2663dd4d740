/** Files of a server in a browser: the whole product, a sandbox with a real sshd. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPlatform, type Platform } from '@xanthus/launch';
import { whyNoSandboxes } from '@xanthus/sandbox';
import { launchBrowser, tempDir, type TempDir } from '@xanthus/testing';
import type { Browser, Page } from 'playwright-core';
import { expectAccessible, glimpsed, logIn, openTab, told, type Tab } from './console.fixtures.js';

const MiB = 1024 * 1024;
const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const why = await whyNoSandboxes();
if (why !== undefined) console.warn(`skipped: files, in a browser: ${why}`);

(why === undefined ? describe : describe.skip)('files, in a browser', () => {
  let platform: Platform;
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  let server: string;
  let token: string;
  let folder: TempDir;
  const api = async <T>(path: string, body: unknown): Promise<T> => {
    const answer = await fetch(`${platform.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const { data, message } = await answer.json() as { data: T; message?: string };
    if (!answer.ok) throw new Error(`${path}: ${message}`);
    return data;
  };
  const row = (name: string) => page.locator(`[data-testid=file][data-name="${name}"]`);
  const act = async (name: string, what: string): Promise<void> => {
    await page.getByRole('button', { name: `Actions of ${name}` }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  const dialog = () => page.getByRole('dialog');

  beforeAll(async () => {
    [platform, browser, folder] = await Promise.all([startPlatform({ sandbox: true, env: { XANTHUS_SSH_ALLOW: 'loopback' } }), launchBrowser(), tempDir('xanthus-files-')]);
    const owner = await platform.setUp();
    token = owner.access_token;
    ({ id: server } = await api<{ id: string }>('/api/vps/adopt-sandbox', {}));
    tab = await openTab(browser);
    ({ page } = tab);
    await logIn(page, platform.url, owner);
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    await folder?.remove();
  });

  it('go up through a cut, come down the same, and are renamed and deleted', async () => {
    await page.goto(`${platform.url}/servers/${server}?tab=files`);
    await page.getByTestId('files').waitFor();
    await page.getByRole('button', { name: 'New folder' }).click();
    await dialog().getByLabel('Name').fill('up load');
    await dialog().getByRole('button', { name: 'Make' }).click();
    await page.getByRole('button', { name: 'Folder up load' }).click();
    await page.getByText('This folder is empty').waitFor();
    await expectAccessible(page);

    const content = randomBytes(12 * MiB);
    let cuts = 1;
    const cut = glimpsed(page, '[data-testid=upload][data-state=cut]');
    const seen = cut.catch(() => undefined);
    // The next try waits until somebody saw that the first was cut off.
    await page.route(/\/content\?offset=8388608$/, async route => {
      if (cuts-- > 0) return route.abort('connectionreset');
      await seen;
      return route.continue();
    });
    await writeFile(join(folder.path, 'big -rf $(id).bin'), content);
    await page.getByTestId('upload-field').setInputFiles(join(folder.path, 'big -rf $(id).bin'));
    await cut;
    await page.locator('[data-testid=upload][data-state=done]').waitFor();
    await row('big -rf $(id).bin').waitFor();
    expect(cuts).toBeLessThan(1);
    const [download] = await Promise.all([page.waitForEvent('download'), act('big -rf $(id).bin', 'Download')]);
    expect([download.suggestedFilename(), sum(await readFile(await download.path()))]).toEqual(['big -rf $(id).bin', sum(content)]);
    await act('big -rf $(id).bin', 'Rename or move…');
    await dialog().getByLabel('New name or path').fill('../moved.bin');
    await dialog().getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByText('This folder is empty').waitFor();
    await page.getByRole('button', { name: 'Up', exact: true }).click();
    await act('up load', 'Delete…');
    await dialog().getByText('0 files and 1 folder will be gone').waitFor();
    await dialog().getByRole('button', { name: 'Delete 1 item' }).click();
    await row('up load').waitFor({ state: 'detached' });
    await row('moved.bin').waitFor();
  });

  it('are written as text, with a word when somebody was faster, and get permissions', async () => {
    const home = await page.getByTestId('files').getAttribute('data-path') ?? '';
    await page.getByRole('button', { name: 'New file' }).click();
    await dialog().getByLabel('Name').fill('app.conf');
    await dialog().getByRole('button', { name: 'Write' }).click();
    const text = page.getByTestId('text');
    await text.fill('a=1\nb=2\n');
    await page.getByText('2 lines').waitFor();
    await page.keyboard.press('Control+s');
    await told(page, 'Saved');
    const begun = await api<{ sha256: string }>(`/api/files/${server}/download`, { path: `${home}/app.conf`, purpose: 'view' });
    await api(`/api/files/${server}/text`, { path: `${home}/app.conf`, text: 'theirs\n', was: begun.sha256 });
    await text.fill('mine\n');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog().getByText('It changed on the server').waitFor();
    await expectAccessible(page);
    await dialog().getByRole('button', { name: 'Load theirs, drop mine' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('[data-testid=text]')?.value === 'theirs\n');
    await page.getByRole('button', { name: 'Close', exact: true }).first().click();
    await act('app.conf', 'Permissions…');
    await dialog().getByLabel('Others: read').uncheck();
    expect(await dialog().getByLabel('Octal').inputValue()).toMatch(/^6[046]0$/);
    await dialog().getByLabel('Octal').fill('600');
    await dialog().getByRole('button', { name: 'Set', exact: true }).click();
    await row('app.conf').getByText('-rw-------').waitFor();
  });

  it('are bound by rules, fit a phone, and leave no fault on the page', async () => {
    await page.getByRole('button', { name: 'Rules about files' }).click();
    await dialog().getByLabel('Files').fill('/etc/**');
    await dialog().getByLabel('May').selectOption('none');
    await expectAccessible(page);
    await dialog().getByRole('button', { name: 'Add the rule' }).click();
    await page.locator('[data-testid=file-rule][data-pattern="/etc/**"]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Type a path' }).click();
    await page.getByRole('textbox', { name: 'Path' }).fill('/etc');
    await page.keyboard.press('Enter');
    await page.getByText('FILES.NOT_ALLOWED').waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${platform.url}/servers/${server}?tab=files`);
    await row('app.conf').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessible(page);
    if (process.env['SPEC_SCREENSHOTS']) await page.screenshot({ path: `${process.env['SPEC_SCREENSHOTS']}/files-360.png` });
    await page.setViewportSize({ width: 1280, height: 820 });
    if (process.env['SPEC_SCREENSHOTS']) await page.screenshot({ path: `${process.env['SPEC_SCREENSHOTS']}/files.png` });
    expect(tab.faults).toEqual([]);
  });
});
