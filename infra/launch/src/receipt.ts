import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { forgetReceipt, type ForgetReceipt } from '@xanthus/proto/auth';
import { Sentence } from './sentence.js';

/**
 * Checks the signature of a receipt with nothing but two files. `file` is what `npm start -- receipt` printed, or the bare JWS; `keys` a JWK, a set of
 * them, or whatever holds one under `key` or `receipt_key` (an export's manifest).
 * @throws Sentence
 */
export async function verifyReceipt(file: string, keys: string): Promise<ForgetReceipt> {
  const text = (await readFile(file, 'utf8').catch(() => { throw new Sentence(`${file} cannot be read.`); })).trim();
  const jws = text.startsWith('{') ? String((JSON.parse(text) as { receipt?: unknown }).receipt) : text;
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  const head = parse(header) as { alg?: unknown; typ?: unknown; kid?: unknown } | undefined;
  if (more.length > 0 || head?.alg !== 'EdDSA' || head.typ !== 'xanthus-receipt+jws') throw new Sentence(`${file} holds no receipt of Xanthus.`);
  const key = (await keysIn(keys)).find(k => k.kid === head.kid);
  if (!key) throw new Sentence(`${keys} does not hold the key ${String(head.kid)} that signed this receipt.`);
  if (!verify(null, Buffer.from(`${header}.${payload}`), createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'))) throw new Sentence('The signature does not fit: the receipt was changed, or another installation signed it.');
  const receipt = forgetReceipt.safeParse(parse(payload));
  if (!receipt.success) throw new Sentence('The signature fits, but this is no receipt of a tenant that was forgotten.');
  return receipt.data;
}

type Key = JsonWebKey & { kid?: string };

async function keysIn(file: string): Promise<Key[]> {
  const text = await readFile(file, 'utf8').catch(() => { throw new Sentence(`The public key ${file} cannot be read; name another file with --key.`); });
  const found = json(text) as { keys?: Key[]; key?: Key; receipt_key?: Key } & Key | undefined;
  if (found === undefined) throw new Sentence(`${file} is not valid JSON; it should hold a public key (JWK).`);
  return (found.keys ?? [found.key ?? found.receipt_key ?? found]).filter(k => k.kty === 'OKP' && k.crv === 'Ed25519').map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }) as Key);
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const parse = (part: string): unknown => json(Buffer.from(part, 'base64url').toString('utf8'));
