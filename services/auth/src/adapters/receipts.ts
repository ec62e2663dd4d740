/** Signed statements that outlive this installation: a JWS (EdDSA) by auth's own key, which any JOSE library can check. */
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import type { ServiceKey } from '@xanthus/nest';
import type { ForgetReceipt } from '@xanthus/proto/auth';
import { CompactSign } from 'jose';

/** No identity of a service has this type, nor the claims of one. */
const TYPE = 'xanthus-receipt+jws';

export interface Receipts {
  sign(receipt: ForgetReceipt): Promise<string>;
  /** JWK, to keep beside a receipt or an export. */
  readonly publicKey: Readonly<Record<string, string>>;
}

export const openReceipts = (key: ServiceKey): Receipts => {
  const privateKey = createPrivateKey({ key: key as JsonWebKey, format: 'jwk' });
  const kid = key.kid ?? 'service:auth';
  return {
    sign: receipt => new CompactSign(Buffer.from(JSON.stringify(receipt))).setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid }).sign(privateKey),
    publicKey: { kty: 'OKP', crv: 'Ed25519', x: String(key.x), kid, alg: 'EdDSA', use: 'sig' },
  };
};
