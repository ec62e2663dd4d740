import { expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { launchBrowser } from './browser.js';

it('opens a page of this machine in a real browser', async () => {
  const server = createServer((_, response) => { response.setHeader('content-type', 'text/html').end('<title>hello</title>'); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await page.title()).toBe('hello');
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
