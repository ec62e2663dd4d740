import { describe, expect, it } from '@jest/globals';
import { decrypt, encrypt } from './aead.js';
import { newReceiver, open, seal } from './sealed-box.js';

const clear = Buffer.from('secret');

describe('encrypt', () => {
  const key = Buffer.alloc(32, 7);
  it('opens with the same key and context only', () => {
    const box = encrypt(key, ['a', 'b'], clear);
    expect(decrypt(key, ['a', 'b'], box)).toEqual(clear);
    expect(() => decrypt(key, ['a', 'c'], box)).toThrow();
    expect(() => decrypt(key, ['a.b'], box)).toThrow();
    expect(() => decrypt(Buffer.alloc(32, 8), ['a', 'b'], box)).toThrow();
  });

  it('never makes the same bytes twice, and finds every flipped bit', () => {
    const box = encrypt(key, [], clear);
    expect(encrypt(key, [], clear)).not.toEqual(box);
    for (let i = 0; i < box.length; i++) {
      const forged = Buffer.from(box);
      forged[i] = (forged[i] ?? 0) ^ 1;
      expect(() => decrypt(key, [], forged)).toThrow();
    }
    expect(() => decrypt(key, [], box.subarray(0, 20))).toThrow();
  });
});

describe('seal', () => {
  it('opens for its receiver and context only', () => {
    const receiver = newReceiver();
    const sealed = seal(receiver.publicKey, ['acme', 'vps'], clear);
    expect(open(receiver, ['acme', 'vps'], sealed)).toEqual(clear);
    expect(() => open(receiver, ['other', 'vps'], sealed)).toThrow();
    expect(() => open(newReceiver(), ['acme', 'vps'], sealed)).toThrow();
  });
});
