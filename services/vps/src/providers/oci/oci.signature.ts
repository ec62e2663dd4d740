/** Request signatures of Oracle Cloud: https://docs.oracle.com/iaas/Content/API/Concepts/signingrequests.htm (version 1, rsa-sha256). */
import { createHash, createSign } from 'node:crypto';
import type { OciKey } from './oci.key.js';

export interface ToSign { readonly method: string; readonly url: URL; /** JSON, or nothing. */ readonly body?: string | undefined; /** ms since 1970 */ readonly now: number }

const withBody = new Set(['POST', 'PUT', 'PATCH']);

/** @returns the headers to send beside `host` and `content-length`, which the client sets as they were signed */
export const signed = (key: OciKey, { method, url, body = '', now }: ToSign): Record<string, string> => {
  const lines = new Map([['x-date', new Date(now).toUTCString()], ['(request-target)', `${method.toLowerCase()} ${url.pathname}${url.search}`], ['host', url.host]]);
  if (withBody.has(method)) {
    lines.set('content-type', 'application/json');
    lines.set('content-length', String(Buffer.byteLength(body)));
    lines.set('x-content-sha256', createHash('sha256').update(body).digest('base64'));
  }
  const signature = createSign('RSA-SHA256').update([...lines].map(([name, value]) => `${name}: ${value}`).join('\n')).sign(key.private_key, 'base64');
  const sent = Object.fromEntries([...lines].filter(([name]) => !['(request-target)', 'host', 'content-length'].includes(name)));
  return {
    ...sent,
    authorization: `Signature version="1",keyId="${key.tenancy}/${key.user}/${key.fingerprint}",algorithm="rsa-sha256",headers="${[...lines.keys()].join(' ')}",signature="${signature}"`,
  };
};
