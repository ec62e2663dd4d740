import { describe, expect, it } from '@jest/globals';
import { acceptsHostKey, hostKeyAlgorithms, verifierOf } from './host-key.js';
import { VERIFIER_CASES } from './verifier-cases.fixtures.js';

const KEY = { type: 'ssh-ed25519', fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' };

describe('acceptsHostKey', () => {
  it.each(VERIFIER_CASES)('%s', (_name, verifier, accepted) => {
    expect(acceptsHostKey(verifier, KEY)).toBe(accepted);
  });

  it('refuses on a throwing verifier and on one that is no function', () => {
    expect(acceptsHostKey(() => { throw new Error('no'); }, KEY)).toBe(false);
    expect(acceptsHostKey('yes', KEY)).toBe(false);
  });
});

describe('a pinned key', () => {
  it('accepts its fingerprint only', () => {
    const verify = verifierOf({ pinned: KEY.fingerprint });
    expect(verify(KEY)).toBe(true);
    expect(verify({ ...KEY, fingerprint: KEY.fingerprint.toLowerCase() })).toBe(false);
  });

  it('is asked for by its type first, never with SHA-1', () => {
    expect(hostKeyAlgorithms({ pinned: 'x', type: 'ecdsa-sha2-nistp256' })[0]).toBe('ecdsa-sha2-nistp256');
    expect(hostKeyAlgorithms({ pinned: 'x', type: 'ssh-rsa' }).slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(hostKeyAlgorithms({ pinned: 'x', type: 'ssh-rsa' })).not.toContain('ssh-rsa');
    expect(hostKeyAlgorithms({ pinned: 'x', type: 'ssh-dss' })[0]).toBe('ssh-ed25519');
  });
});
