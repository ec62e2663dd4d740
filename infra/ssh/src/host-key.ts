import { createHash } from 'node:crypto';
import type { HostKey } from '@xanthus/proto/vps';

/** Says whether to go on with a machine that shows this key. Only `true` itself is a yes. */
export type HostKeyVerifier = (presented: HostKey) => boolean;

/** `pinned`: only this fingerprint; `type` is offered first, so that a machine with several keys shows that one. */
export type HostKeyPolicy = { readonly pinned: string; readonly type?: string } | { readonly verify: HostKeyVerifier };

/** Type and fingerprint of a key in SSH's wire form, the fingerprint as `ssh-keygen -l` prints it. */
export const describeHostKey = (blob: Buffer): HostKey => {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
  return { type, fingerprint: fingerprintOf(blob) };
};

/** `SHA256:…` without padding. */
export const fingerprintOf = (blob: Buffer): string => `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

export const verifierOf = (policy: HostKeyPolicy): HostKeyVerifier =>
  'pinned' in policy ? presented => presented.fingerprint === policy.pinned : policy.verify;

/**
 * Fails closed around any verifier: a missing one, one that throws, and every answer but `true` refuse. The library by itself takes
 * `undefined`, `null`, a promise and a throwing async function as "accepted", so nothing else may be handed to it.
 */
export const acceptsHostKey = (verifier: unknown, presented: HostKey): boolean => {
  if (typeof verifier !== 'function') return false;
  try {
    const answer: unknown = verifier(presented);
    // An async verifier is a mistake of ours: refused, and its rejection must not end the process.
    if (answer instanceof Promise) answer.catch(() => undefined);
    return answer === true;
  } catch {
    return false;
  }
};

const MODERN = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'] as const;
export type HostKeyAlgorithm = (typeof MODERN)[number];

/** Signature algorithms of host keys to offer, that of the pinned key first; no SHA-1. */
export const hostKeyAlgorithms = (policy: HostKeyPolicy): HostKeyAlgorithm[] => {
  const type = 'pinned' in policy ? policy.type : undefined;
  const first = MODERN.filter(a => (type === 'ssh-rsa' ? a.startsWith('rsa-') : a === type));
  return [...first, ...MODERN.filter(a => !first.includes(a))];
};
