/** `npm run screens [-- <name>…]`: a picture of every page into docs/screens, dark and light, 360 and 1,440 px wide. */
import { mkdir, writeFile } from 'node:fs/promises';
import { launchBrowser } from '@xanthus/testing';
import { logIn, openTab } from './console.fixtures.js';
import { smallPng } from './small-png.js';
import { inTheme, settled, startTour } from './tour.fixtures.js';

const FOLDER = new URL('../../docs/screens/', import.meta.url);
const SIZES = [{ width: 1_440, height: 900 }, { width: 360, height: 780 }] as const;
const THEMES = ['dark', 'light'] as const;

const wanted = process.argv.slice(2);
const [tour, browser] = await Promise.all([startTour({ application: wanted.length === 0 || wanted.some(name => name.startsWith('application')) }), launchBrowser()]);
try {
  await mkdir(FOLDER, { recursive: true });
  const { page, faults } = await openTab(browser, { width: 1_440, height: 900 });
  await logIn(page, tour.platform.url, tour.owner);
  const pages = tour.pages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  let bytes = 0;
  for (const [i, { name, path }] of pages.entries()) {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.goto(tour.platform.url + path);
      for (const theme of THEMES) {
        await inTheme(page, theme);
        await settled(page);
        const picture = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
        bytes += picture.length;
        await writeFile(new URL(`${name}-${theme}-${size.width}.png`, FOLDER), picture);
      }
    }
    console.log(`${i + 1} of ${pages.length}: ${name}`);
  }
  console.log(`${pages.length} pages, ${(bytes / 1_048_576).toFixed(1)} MiB in docs/screens`);
  if (faults.length > 0) console.error(`The pages said:\n${[...new Set(faults)].join('\n')}`);
} finally {
  await browser.close();
  await tour.stop();
}
