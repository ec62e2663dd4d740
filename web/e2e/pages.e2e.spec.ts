/** Every page of the console, one after the other: what axe finds, what is wider than its window, what the browser complains about. */
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { launchBrowser } from '@xanthus/testing';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { logIn, openTab, type Tab } from './console.fixtures.js';
import { settled, startTour, type Tour } from './tour.fixtures.js';

let tour: Tour;
let browser: Browser;
let tab: Tab;
let axe: string;

beforeAll(async () => {
  [tour, browser, axe] = await Promise.all([startTour(), launchBrowser(), readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')]);
  tab = await openTab(browser, { width: 1_440, height: 900 });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await tour?.stop();
});

/** What axe says against the page as it is now, a line each. */
const violations = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  // By the debugger, not by a script element: the content security policy stays as it is.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(only => (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
    resultTypes: ['violations'],
    ...(only ? { runOnly: { type: 'rule', values: only } } : { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }),
  }), rules);
  return found.flatMap(v => v.nodes.map(node => `${v.id}: ${node.target.join(' ')}: ${node.html.slice(0, 160)}: ${node.failureSummary?.replaceAll(/\s+/g, ' ') ?? ''}`));
};

/** Widths beyond the window that nothing scrolls. */
const overflow = (page: Page): Promise<number> => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));

it('shows nothing that axe objects to, dark and light, and nothing wider than 360 px', async () => {
  const { page, faults } = tab;
  await logIn(page, tour.platform.url, tour.owner);
  const problems: Record<string, string[]> = {};
  const frames: string[] = [];
  page.on('framenavigated', frame => frames.push(new URL(frame.url()).pathname));
  for (const { name, path } of tour.pages) {
    const found: string[] = [];
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.goto(tour.platform.url + path);
    await settled(page);
    found.push(...await violations(page));
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    found.push(...(await violations(page, ['color-contrast'])).map(text => `light: ${text}`));
    await page.setViewportSize({ width: 360, height: 780 });
    await settled(page);
    const wider = await overflow(page);
    if (wider > 0) found.push(`${wider} px wider than 360`);
    if (found.length > 0) problems[name] = found;
  }
  expect(problems).toEqual({});
  expect(faults).toEqual([]);
  // Whoever is logged in and loads a page again sees that page, not the log-in page for a moment.
  expect(frames).not.toContain('/login');
});

it('has each of them on the tour', () => {
  expect(tour.pages.length).toBeGreaterThan(50);
  expect(new Set(tour.pages.map(p => p.name)).size).toBe(tour.pages.length);
});
