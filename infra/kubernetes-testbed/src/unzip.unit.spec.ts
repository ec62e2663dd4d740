import { describe, expect, it } from '@jest/globals';
import { crc32, deflateRawSync } from 'node:zlib';
import { unzip } from './unzip.js';

/** A zip archive as the format's description says, of stored and deflated files. */
const zip = (files: readonly { name: string; data: Buffer; deflate: boolean }[]): Buffer => {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflate } of files) {
    const body = deflate ? deflateRawSync(data) : data;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(deflate ? 8 : 0, 4);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(body.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), body]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, rest, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
};

describe('unzip', () => {
  it('reads the files that are wanted, stored or deflated', () => {
    const archive = zip([{ name: 'a/one', data: Buffer.from('stored'), deflate: false }, { name: 'skip', data: Buffer.from('no'), deflate: true }, { name: 'b/two', data: Buffer.alloc(100_000, 'x'), deflate: true }]);
    const files = unzip(archive, name => name !== 'skip');
    expect([...files.keys()]).toEqual(['a/one', 'b/two']);
    expect(files.get('a/one')?.toString()).toBe('stored');
    expect(files.get('b/two')).toEqual(Buffer.alloc(100_000, 'x'));
  });

  it('refuses what is none', () => {
    expect(() => unzip(Buffer.from('<!doctype html>'), () => true)).toThrow('is no zip archive');
  });
});
