import { describe, expect, it } from '@jest/globals';
import { FILE_PART } from '@xanthus/proto/terminals';
import { contentHeaders, spanOf, tagOf } from './content-headers.js';
import { pass } from './file-routes.js';

describe('a range', () => {
  it.each([
    [undefined, undefined], ['bytes=0-', { from: 0, to: 100 }], ['bytes=10-19', { from: 10, to: 20 }], ['bytes=90-500', { from: 90, to: 100 }], ['bytes=-5', { from: 95, to: 100 }], ['bytes=-500', { from: 0, to: 100 }],
    ['bytes=100-', null], ['bytes=-0', null], ['bytes=5-4', undefined], ['bytes=0-1,5-6', undefined], ['lines=1-2', undefined], ['bytes=-', undefined], ['bytes=1e3-', undefined],
  ])('%s', (range, span) => { expect(spanOf(range, 100)).toEqual(span); });
  it('of nothing is behind the end', () => expect([spanOf('bytes=0-', 0), spanOf('bytes=-1', 0), spanOf(undefined, 0)]).toEqual([null, null, undefined]));
});

describe('headers of content', () => {
  it.each([
    ['/a/page.html', 'attachment; filename="page.html"; filename*=UTF-8\'\'page.html'], ['/a/x\r\nset-cookie: a=b', 'attachment; filename="x__set-cookie: a=b"; filename*=UTF-8\'\'x%0D%0Aset-cookie%3A%20a%3Db'],
    ['/a/"; filename="evil', 'attachment; filename="_; filename=_evil"; filename*=UTF-8\'\'%22%3B%20filename%3D%22evil'], ['/ä\'(1)*', 'attachment; filename="__(1)*"; filename*=UTF-8\'\'%C3%A4%27%281%29%2A'.replace('__', '_\'')],
  ])('%j', (path, disposition) => { expect(contentHeaders(path, '"t"')['content-disposition']).toBe(disposition); });
  it('let nothing run', () => expect(contentHeaders('/a', '"t"')).toMatchObject({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' }));
  it('tell one state of a file from another', () => expect(new Set([tagOf(1, null), tagOf(2, null), tagOf(1, '2026-01-01T00:00:00.000Z'), tagOf(1, '2026-01-01T00:00:01.000Z')]).size).toBe(4));
});

describe('content that comes in', () => {
  async function* chunks(...sizes: number[]): AsyncGenerator<Buffer> {
    for (const [i, size] of sizes.entries()) yield Buffer.alloc(size, i + 1);
  }
  it('is cut into parts in their order, whatever it comes in', async () => {
    const sent: [number, number][] = [];
    expect(await pass(chunks(10, FILE_PART, 3 * FILE_PART + 1, 5), 100, async (offset, bytes) => { sent.push([offset, bytes.length]); })).toBe(100 + 4 * FILE_PART + 16);
    expect(sent).toEqual([0, 1, 2, 3, 4].map(i => [100 + i * FILE_PART, i === 4 ? 16 : FILE_PART]));
    expect(await pass(chunks(), 7, async () => undefined)).toBe(7);
  });

  it('is read no faster than it is taken, and not on after a refusal', async () => {
    let read = 0;
    async function* torrent(): AsyncGenerator<Buffer> {
      for (; read < 1_000; read++) yield Buffer.alloc(FILE_PART);
    }
    let under = 0;
    let most = 0;
    const refused = pass(torrent(), 0, async offset => {
      most = Math.max(most, ++under);
      await new Promise(resolve => { setImmediate(resolve); });
      under--;
      if (offset >= 20 * FILE_PART) throw new Error('full');
    });
    await expect(refused).rejects.toThrow('full');
    expect([most <= 5, read < 40]).toEqual([true, true]);
  });
});
