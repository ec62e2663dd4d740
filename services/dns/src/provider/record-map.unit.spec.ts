import { describe, expect, it } from '@jest/globals';
import type { RecordResponse } from 'cloudflare/resources/dns/records';
import { recordBody, recordFrom } from './record-map.js';

const of = (record: object) => recordFrom({ id: '1'.padStart(32, '0'), name: 'example.com', ttl: 300, ...record } as unknown as RecordResponse);
const txt = (content: string) => recordFrom({ id: '1'.padStart(32, '0'), name: 'Example.com', type: 'TXT', ttl: 300, content } as unknown as RecordResponse);

describe('a record of Cloudflare', () => {
  it.each([{ type: 'SRV', content: 'nonsense' }, { type: 'MX', content: 'a.example', priority: 70_000 }, { type: 'CAA', content: 'x', data: { flags: 1e9, tag: 'issue', value: 'x' } }, { type: 'LOC', content: 'x' }])('that is not to be understood is left alone: %j', record => {
    expect(of(record)).toBeFalsy();
  });
});

describe('a text of Cloudflare', () => {
  it.each([
    ['plain', 'plain'], ['"a" "b"', 'ab'], ['"say \\"hi\\" \\\\"', 'say "hi" \\'], ['"caf\\195\\169"', 'café'], ['"caf\\195" "\\169"', 'café'], ['"\\059"', ';'], ['"ünï"', 'ünï'],
  ])('%s is %s, and goes back as such', (content, text) => {
    const record = txt(content);
    expect(record).toMatchObject({ name: 'example.com', data: { type: 'TXT', text } });
    expect(txt(recordBody(record!)['content'] as string)?.data).toEqual({ type: 'TXT', text });
  });
});
