import { describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { generateKeyPair, parsePublicKey, readPrivateKey } from './key-pair.js';
import { sshKeyPair } from '@xanthus/testing';

describe('generateKeyPair', () => {
  it('makes pairs that the library reads and that sign for each other, whatever their bytes', () => {
    for (let i = 0; i < 300; i++) {
      const pair = generateKeyPair('deploy');
      const priv = ssh2.utils.parseKey(pair.privateKey) as ssh2.ParsedKey;
      const pub = ssh2.utils.parseKey(pair.publicKey) as ssh2.ParsedKey;
      if (priv instanceof Error || pub instanceof Error) throw new Error('unreadable');
      expect(pub.verify('text', priv.sign('text') as unknown as Buffer)).toBe(true);
    }
  });

  it('answers the fingerprint of both halves', () => {
    const pair = generateKeyPair('a b');
    expect(readPrivateKey(pair.privateKey).fingerprint).toBe(pair.fingerprint);
    expect(parsePublicKey(pair.publicKey)).toMatchObject({ fingerprint: pair.fingerprint, comment: 'a b', type: 'ssh-ed25519' });
  });

  it('refuses a comment of two lines', () => {
    expect(() => generateKeyPair('a\nssh-rsa AAAA')).toThrow(TypeError);
  });
});

describe('parsePublicKey', () => {
  it.each([['empty', ''], ['nonsense', 'hello world'], ['options', 'command="id" ssh-ed25519 AAAA'], ['dsa', 'ssh-dss AAAAB3NzaC1kc3MAAACBAP'], ['cut', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6c']])('refuses %s', (_name, line) => {
    expect(parsePublicKey(line)).toBeUndefined();
  });

  it('refuses a private key and two lines', () => {
    const { privateKey, publicKey } = generateKeyPair('x');
    expect(parsePublicKey(privateKey)).toBeUndefined();
    expect(parsePublicKey(`${publicKey}\n${publicKey}`)).toBeUndefined();
  });
});

describe('readPrivateKey', () => {
  it('says what is wrong and never shows the key', () => {
    const { publicKey } = generateKeyPair('x');
    const locked = sshKeyPair({ passphrase: 'secret', cipher: 'aes256-ctr', rounds: 16 }).private;
    expect(() => readPrivateKey('canary-4711')).toThrow(/BEGIN and END/);
    expect(() => readPrivateKey('canary-4711')).not.toThrow(/4711/);
    expect(() => readPrivateKey(publicKey)).toThrow(/public key/);
    expect(() => readPrivateKey(locked)).toThrow(/passphrase/);
    expect(() => readPrivateKey(locked, 'wrong')).toThrow(/passphrase is wrong/);
    expect(readPrivateKey(locked, 'secret').type).toBe('ssh-ed25519');
  });
});
