/** The certificate request that every origin certificate of an account is issued for, with its RSA-2048 key. Made once, never anew. */
import 'reflect-metadata';
import { createHash, createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { z } from 'zod';

/** As older versions kept it in KV under `config:ssl:csr`: PEM texts, the key PKCS#8. */
const record = z.object({ csr: z.string().max(16_384), private_key: z.string().max(16_384), created_at: z.string().max(64) });
export type CertificateRequest = z.infer<typeof record>;

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };

const pem = (label: string, der: ArrayBuffer): string => `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

export const makeCertificateRequest = async (now: string): Promise<CertificateRequest> => {
  const crypto = webcrypto as Parameters<typeof Pkcs10CertificateRequestGenerator.create>[1] & typeof webcrypto;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as webcrypto.CryptoKeyPair;
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'C=US, O=Xanthus, OU=IT', keys, signingAlgorithm: ALGORITHM }, crypto);
  return { csr: `${csr.toString('pem')}\n`, private_key: pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', keys.privateKey)), created_at: now };
};

/** SHA-256 of the public key, 16 hexadecimal digits: says which key it is and nothing about it. */
export const fingerprintOf = ({ private_key }: CertificateRequest): string =>
  createHash('sha256').update(createPublicKey(createPrivateKey(private_key)).export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);

/** What KV holds, if it is a certificate request whose key belongs to it. @returns why not, as a sentence */
export const readCertificateRequest = (text: string): CertificateRequest | string => {
  try {
    const found = record.parse(JSON.parse(text));
    const wanted = createPublicKey(createPrivateKey(found.private_key)).export({ type: 'spki', format: 'der' });
    return Buffer.from(new Pkcs10CertificateRequest(found.csr).publicKey.rawData).equals(wanted) ? found : 'its key belongs to another request';
  } catch {
    return 'it is no certificate request with its key';
  }
};
