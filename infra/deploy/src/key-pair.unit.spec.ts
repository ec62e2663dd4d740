import { describe, expect, it } from '@jest/globals';
import { createAccount, createOperator, createUser, fromPublic, fromSeed } from '@nats-io/nkeys';
import { keyPairOf, newKeyPair, seedOf } from './key-pair.js';

const MESSAGE = new TextEncoder().encode('a nonce');

describe('a NATS key', () => {
  it.each([['operator', createOperator, /^SO.{56}$/, /^O.{55}$/], ['account', createAccount, /^SA.{56}$/, /^A.{55}$/], ['user', createUser, /^SU.{56}$/, /^U.{55}$/]] as const)('of kind %s is the one that the library reads', (kind, create, seed, name) => {
    const ours = newKeyPair(kind);
    expect(seedOf(ours)).toMatch(seed);
    expect(ours.getPublicKey()).toMatch(name);
    const theirs = fromSeed(ours.getSeed());
    expect(theirs.getPublicKey()).toBe(ours.getPublicKey());
    expect(fromPublic(ours.getPublicKey()).verify(MESSAGE, ours.sign(MESSAGE))).toBe(true);
    const made = create();
    const read = keyPairOf(new TextDecoder().decode(made.getSeed()));
    expect(read.getPublicKey()).toBe(made.getPublicKey());
    expect(read.verify(MESSAGE, made.sign(MESSAGE))).toBe(true);
    expect(read.verify(MESSAGE, ours.sign(MESSAGE))).toBe(false);
  });
  it('that was mistyped is none', () => {
    const seed = seedOf(newKeyPair('user'));
    const changed = seed.slice(0, 20) + (seed[20] === 'A' ? 'B' : 'A') + seed.slice(21);
    for (const bad of ['', 'SU', changed, seed.toLowerCase(), newKeyPair('user').getPublicKey()]) expect(() => keyPairOf(bad)).toThrow(TypeError);
  });
});
