import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { providerRefusal } from '../provider.errors.js';

const key = z.object({
  tenancy: z.string().regex(/^ocid1\.tenancy\.[a-z0-9]+\.[a-z0-9-]*\.[a-z0-9.-]{8,}$/i, 'tenancy begins with ocid1.tenancy.'),
  user: z.string().regex(/^ocid1\.user\.[a-z0-9]+\.[a-z0-9-]*\.[a-z0-9.-]{8,}$/i, 'user begins with ocid1.user.'),
  region: z.string().regex(/^[a-z]{2,3}-[a-z]+-\d{1,2}$/, 'region is a name such as eu-frankfurt-1'),
  fingerprint: z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){15}$/i, 'fingerprint has sixteen pairs of hex digits'),
  private_key: z.string().max(16_384).refine(isRsa, 'private_key is an RSA key in PEM form without a passphrase'),
});
export type OciKey = z.output<typeof key>;

function isRsa(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

const jsonIn = (text: string): unknown => {
  for (const candidate of [text, Buffer.from(text, 'base64').toString('utf8')]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // the other form then
    }
  }
  return undefined;
};

/** The key as it is kept. @throws Refusal PROVIDER.KEY_MALFORMED that says which part is wrong, never its value */
export const readOciKey = (text: string): OciKey => {
  const json = jsonIn(text.trim());
  const read = key.safeParse(json);
  if (read.success) return read.data;
  const why = json === undefined ? 'it is neither JSON nor JSON in base64' : read.error.issues.map(i => (i.code === 'invalid_type' ? `${i.path.join('.') || 'the object'} is missing` : i.message)).join('; ');
  throw providerRefusal('KEY_MALFORMED', `A key of Oracle is base64 of JSON with tenancy, user, region, fingerprint and private_key: ${why}.`);
};

export const ociKeyText = (given: OciKey): string => Buffer.from(JSON.stringify(given)).toString('base64');
