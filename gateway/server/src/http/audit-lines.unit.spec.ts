import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@xanthus/proto';
import fc from 'fast-check';
import type { AuditMessage } from '../upstream/audit-reader.js';
import { cell, csvLines, inChunks, jsonLines } from './audit-lines.js';

const message = (text: string, more: Partial<AuditMessage> = {}): AuditMessage => ({
  stream: 'VPS', seq: 7, time: 1_795_000_000_123_456_789n, subject: 'evt.acme.vps.server.s1', data: Buffer.from(text), event: JSON.parse(text) as Partial<EventEnvelope>, ...more,
});

describe('a line of JSON', () => {
  it('has the event letter by letter, and stays one line', () => {
    expect(jsonLines.line(message('{"type":"A", "data":{"n":1.0}}'))).toBe('{"stream":"VPS","seq":7,"stored_at":"2026-11-18T11:06:40.123456789Z","event":{"type":"A", "data":{"n":1.0}}}\n');
    expect(jsonLines.line(message('{\n"type":\r\n"A"}'))).toContain('"event":{"type":"A"}}\n');
    expect(JSON.parse(jsonLines.line(message('{}', { event: undefined, data: Buffer.from([255, 1]) })))).toMatchObject({ event: { $base64: '/wE=' } });
  });
});

describe('a cell of a table', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n@x', '|calc', '%x'])('%j is no formula', (text) => { expect(cell(text)).toBe(`"'${text}"`); });
  it.each([['a "b"', '"a ""b"""'], [undefined, '""'], [null, '""'], [{ a: '=1' }, '"{""a"":""=1""}"'], [12, '"12"'], ['-', '"\'-"']])('%j is %s', (value, expected) => { expect(cell(value)).toBe(expected); });

  it('never begins as a formula and ends where it should, whatever is in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const made = cell(text);
      expect(made.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      expect(made).not.toMatch(/^"\s*[=+\-@]/);
      expect(made.slice(1, -1).replaceAll('""', '"').replace(/^'/, '')).toBe(text.replace(/^'/, ''));
    }));
  });

  it('stands in the column that its name says', () => {
    const event = '{"type":"ServerRenamed","occurred_at":"t","actor":{"kind":"person","id":"p","via":"jobs"},"correlation_id":"c","command_id":"m","id":"e","data":{"name":"=x"}}';
    expect(csvLines.line(message(event))).toBe('"VPS","7","2026-11-18T11:06:40.123456789Z","t","ServerRenamed","vps","server","s1","person","p","jobs","c","m","e","{""name"":""=x""}"\r\n');
    expect(csvLines.head({ streams: ['AUTH'], in_part: ['DNS'] }).split('\r\n')[0]).toBe('"# Not included, for you may not follow them: AUTH. Included in part, as far as you may follow them: DNS."');
  });
});

it('lines go together, some tens of kilobytes at once', async () => {
  async function* lines() { for (let i = 0; i < 10_000; i++) yield 'x'.repeat(99); }
  const chunks: number[] = [];
  for await (const chunk of inChunks(lines())) chunks.push(chunk.length);
  expect([chunks.length, chunks.reduce((a, b) => a + b)]).toEqual([16, 990_000]);
});
