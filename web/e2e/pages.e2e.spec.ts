/** Every page of the console, one after the other: what axe finds, what is wider than its window, what the browser complains about. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { launchBrowser } from '@xanthus/testing';
import type { Browser, Page } from 'playwright-core';
import { violations } from './axe.fixtures.js';
import { expectAccessible, logIn, openTab, type Tab } from './console.fixtures.js';
import { inTheme, settled, startTour, type Tour } from './tour.fixtures.js';

let tour: Tour;
let browser: Browser;
let tab: Tab;
/** Paths of addresses that the browser was at. */
const frames: string[] = [];

beforeAll(async () => {
  [tour, browser] = await Promise.all([startTour(), launchBrowser()]);
  tab = await openTab(browser, { width: 1_440, height: 900 });
  await logIn(tab.page, tour.platform.url, tour.owner);
  tab.page.on('framenavigated', frame => frames.push(new URL(frame.url()).pathname));
});

afterAll(async () => {
  await browser?.close();
  await tour?.stop();
});

const WIDE = { width: 1_440, height: 900 };
const NARROW = { width: 360, height: 780 };
let theme: 'dark' | 'light' = 'dark';

/** Widths beyond the window that nothing scrolls. */
const overflow = (page: Page): Promise<number> => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));

/** Of a page as it stands in its window. */
const look = async (page: Page, path: string, everything: boolean): Promise<string[]> => {
  await page.setViewportSize(WIDE);
  await page.goto(tour.platform.url + path);
  await settled(page);
  // the frame is the same on every page
  const parts = everything ? ['html'] : ['header', 'main'];
  const found = await violations(page, parts);
  // What is not colour is the same in both: the next page begins in the other one.
  theme = theme === 'dark' ? 'light' : 'dark';
  await inTheme(page, theme);
  found.push(...(await violations(page, parts, ['color-contrast'])).map(text => `${theme}: ${text}`));
  await page.setViewportSize(NARROW);
  await settled(page);
  const wider = await overflow(page);
  await expectAccessible(page).catch((error: unknown) => found.push(`narrow: ${(error as Error).message}`));
  return wider > 0 ? [...found, `${wider} px wider than 360`] : found;
};

// Some tests, so that none of them takes long: every page is in one of them.
const PARTS = [0, 1, 2, 3, 4, 5];
it.each(PARTS)('shows nothing that axe objects to, dark and light, and nothing wider than 360 px (%i)', async part => {
  const { page } = tab;
  const problems: Record<string, string[]> = {};
  for (const [i, { name, path }] of tour.pages.entries()) {
    if (i % PARTS.length !== part) continue;
    const found = await look(page, path, i === 0);
    if (found.length > 0) problems[name] = found;
  }
  expect(problems).toEqual({});
  expect(tab.faults).toEqual([]);
});

it('never showed the log-in page to somebody who is logged in', () => {
  expect(frames).not.toContain('/login');
});

it('has each of them on the tour', () => {
  expect(tour.pages.length).toBeGreaterThan(50);
  expect(new Set(tour.pages.map(p => p.name)).size).toBe(tour.pages.length);
});
