/** The console in a real Chromium, for benchmarks. */
import { launchBrowser } from '@xanthus/testing';

export type Chromium = Awaited<ReturnType<typeof launchBrowser>>;
export type ConsolePage = Awaited<ReturnType<Chromium['newPage']>>;

/** A page that was never here before: cold cache, no cookies. `1,440 × 900`. */
export const newPage = async (browser: Chromium): Promise<ConsolePage> => (await browser.newContext({ viewport: { width: 1_440, height: 900 } })).newPage();

export const logIn = async (page: ConsolePage, url: string, who: { readonly email: string; readonly password: string }): Promise<void> => {
  await page.goto(`${url}/login`);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
};
