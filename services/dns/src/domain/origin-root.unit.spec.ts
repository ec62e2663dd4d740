import { X509Certificate } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { CLOUDFLARE_ORIGIN_ROOT } from './origin-root.js';

it('the root is whole: it signs itself, as Cloudflare\'s origin authority', () => {
  const root = new X509Certificate(CLOUDFLARE_ORIGIN_ROOT);
  expect([root.verify(root.publicKey), root.ca, /CloudFlare Origin SSL Certificate Authority/.test(root.subject), root.validTo]).toEqual([true, true, true, 'Aug 15 17:00:00 2029 GMT']);
});
