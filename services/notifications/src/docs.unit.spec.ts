/** The snippet of docs/notifications.md, as it stands there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SIGNATURE_HEADERS, signatureOf } from './senders/sign.js';

const page = readFileSync('docs/notifications.md', 'utf8');
type Check = (secret: string, headers: Readonly<Record<string, string>>, body: string, now?: number) => boolean;

describe('docs/notifications.md', () => {
  it('shows how to check a signature, and it works', async () => {
    const source = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { isFromXanthus } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { isFromXanthus: Check };
    const [secret, body, timestamp] = ['jR4vYfWm2t8Qx0kZb7Ns5uLh', '{"type":"trial"}', '1795248000'];
    const headers = { 'x-xanthus-timestamp': timestamp, 'x-xanthus-signature': signatureOf(secret, timestamp, body) };
    const now = Number(timestamp) * 1_000;
    expect([isFromXanthus(secret, headers, body, now), isFromXanthus(secret, headers, `${body} `, now), isFromXanthus('another', headers, body, now), isFromXanthus(secret, headers, body, now + 400_000), isFromXanthus(secret, {}, body, now)]).toEqual([true, false, false, false, false]);
  });

  it('names every header that is sent', () => {
    for (const header of Object.values(SIGNATURE_HEADERS)) expect(page).toContain(`${header}: `);
  });
});
