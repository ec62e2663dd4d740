import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findBinary } from '@xanthus/binaries';
import { atExit } from './at-exit.js';

/** A headless Chromium that reaches nothing but this machine. The caller closes it. */
export async function launchBrowser(o: { args?: string[]; headless?: boolean } = {}): Promise<Browser> {
  const executablePath = await findBinary('chromium');
  const browser = await chromium.launch({
    executablePath,
    headless: o.headless ?? true,
    chromiumSandbox: process.getuid?.() !== 0, // Chromium refuses its own sandbox as root
    args: [
      '--disable-background-networking',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
      ...(o.args ?? []),
    ],
  });
  const forget = atExit(() => { void browser.close(); });
  browser.once('disconnected', forget);
  return browser;
}
