import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PAID, sorted, ZONE, zone } from '../records/records.fixtures.js';
import { readZoneFile } from './read-zone-file.js';
import { writeZoneFile } from './write-zone-file.js';

const read = (text: string) => readZoneFile(text, ZONE, PAID);
const said = (text: string) => read(text).records.map(r => [r.name, r.data.type, ...Object.values(r.data).slice(1), r.ttl]);

describe('export and import', () => {
  it('give back the same zone', () => {
    fc.assert(fc.property(zone, records => {
      const { records: again, issues } = read(writeZoneFile(records, ZONE, { at: '2026-11-21T08:00:00Z' }));
      expect(issues).toEqual([]);
      expect(sorted(again)).toEqual(sorted(records));
    }), { numRuns: 1_000 });
  });

  it('survive any text: nothing is thrown, and every line is a record, a note or an issue', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'$ORIGINTL @.;()"\\\n\t 019azINA=AMXéà\u00a0\f\v\r') }), text => {
      const { records, issues, notes } = read(text);
      expect(records.length + issues.length + notes.length).toBeGreaterThanOrEqual(0);
    }), { numRuns: 2_000 });
  });
});

describe('a zone file of RFC 1035', () => {
  it('has directives, inherited owners, both orders of TTL and class, and times with units', () => {
    expect(said(['$TTL 1h30m', '$ORIGIN example.com.', '@ IN A 192.0.2.1', '\tIN 300 AAAA 2001:DB8::0:1', 'www 60 IN CNAME @', '$ORIGIN sub', 'a A 192.0.2.2', 'b.example.com. A 192.0.2.3'].join('\n'))).toEqual([
      ['example.com', 'A', '192.0.2.1', 5_400], ['example.com', 'AAAA', '2001:db8::1', 300], ['www.example.com', 'CNAME', 'example.com', 60],
      ['a.sub.example.com', 'A', '192.0.2.2', 5_400], ['b.example.com', 'A', '192.0.2.3', 5_400],
    ]);
  });

  it('has parentheses over lines, comments in them, several strings and escapes', () => {
    expect(said('t 60 TXT ( "a;b" ; no comment of the record\n  "\\"c\\092" d\\032e )\n')).toEqual([['t.example.com', 'TXT', 'a;b"c\\d e', 60]]);
  });

  it('leaves out the SOA and the name servers of the zone, and says so', () => {
    const { records, issues, notes } = read('@ 3600 IN SOA ns. root. ( 1 2 3\n 4 5 )\n@ 60 NS ns.example.net.\nsub 60 NS ns.example.net.\n');
    expect([records.map(r => r.name), issues]).toEqual([['sub.example.com'], []]);
    expect(notes.map(n => n.line)).toEqual([1, 3]);
  });

  it.each([
    ['x TXT "a', 'DNS.FILE_UNREADABLE', 1], ['x TXT ( a', 'DNS.FILE_UNREADABLE', 1], ['x TXT a )', 'DNS.FILE_UNREADABLE', 1], ['x TXT \\999', 'DNS.FILE_UNREADABLE', 1], ['x TXT \\', 'DNS.FILE_UNREADABLE', 1],
    ['\n A 192.0.2.1', 'DNS.OWNER_MISSING', 2], ['x CH TXT a', 'DNS.CLASS_UNKNOWN', 1], ['x 60 IN', 'DNS.TYPE_MISSING', 1], ['x SPF a', 'DNS.TYPE_UNKNOWN', 1], ['x MX mail', 'DNS.VALUE_COUNT', 1], ['x TXT', 'DNS.VALUE_COUNT', 1],
    ['x A 999.0.2.1', 'DNS.ADDRESS_INVALID', 1], ['x MX a mail', 'DNS.NUMBER_INVALID', 1], ['x.example.net. A 192.0.2.1', 'DNS.NAME_OUTSIDE', 1], ['x TXT \\255', 'DNS.TEXT_ENCODING', 1],
    ['x 60 60 A 192.0.2.1', 'DNS.TYPE_UNKNOWN', 1], ['a\\.b A 192.0.2.1', 'DNS.NAME_INVALID', 1], ['\\@ A 192.0.2.1', 'DNS.NAME_INVALID', 1], ['. A 192.0.2.1', 'DNS.NAME_INVALID', 1], ['$ORIGIN .\n@ A 192.0.2.1', 'DNS.NAME_INVALID', 2],
    ['$ORIGIN example.net.\nx A 192.0.2.1', 'DNS.NAME_OUTSIDE', 2], [`x ${'1'.repeat(60)}x A 192.0.2.1`, 'DNS.TYPE_UNKNOWN', 1], ['à\u00a0 A 192.0.2.1', 'DNS.NAME_INVALID', 1], ['x\fA 192.0.2.1', 'DNS.TYPE_UNKNOWN', 1],
    ['$INCLUDE /etc/passwd', 'DNS.DIRECTIVE_UNKNOWN', 1], ['$TTL soon', 'DNS.TTL_INVALID', 1],
  ])('%j is %s of line %i', (text, code, line) => {
    const { records, issues } = read(text);
    expect([records, issues.map(i => [i.code, i.line])]).toEqual([[], [[code, line]]]);
  });

  it('may come from Cloudflare, with what is proxied, comments and tags', () => {
    expect(read('a.example.com.\t1\tIN\tA\t192.0.2.1 ; The shop cf_tags=team:web,x,cf-proxied:true\n').records).toEqual([
      { name: 'a.example.com', data: { type: 'A', address: '192.0.2.1' }, ttl: 1, proxied: true, comment: 'The shop', tags: ['team:web', 'x'] },
    ]);
  });

  it('that says a record twice says it once; one that contradicts itself is refused', () => {
    const twice = read('x 60 A 192.0.2.1\nX.example.com. 60 A 192.0.2.1\n');
    expect([twice.records.length, twice.issues, twice.notes.map(n => n.line)]).toEqual([1, [], [2]]);
    expect(read('x 60 A 192.0.2.1\nx 120 A 192.0.2.1\n').issues.map(i => [i.code, i.line])).toEqual([['DNS.RECORD_TWICE', 2]]);
  });
});

describe('an export', () => {
  const A = { name: 'www.example.com', data: { type: 'A' as const, address: '192.0.2.1' }, ttl: 60, proxied: false, comment: '', tags: [] };
  const written = (...records: Parameters<typeof writeZoneFile>[0]) => read(writeZoneFile(records, ZONE, { at: '2026-11-21T08:00:00Z' }));

  it('gives no line to what somebody wrote into a comment, a tag, a name or a target at the provider', () => {
    for (const evil of ['a\nevil 60 IN A 203.0.113.9', 'a\r\nevil 60 IN A 203.0.113.9', ' ; \n$ORIGIN evil.\n']) {
      const found = [written({ ...A, comment: evil }), written({ ...A, tags: [evil] }), written({ ...A, name: `${evil}.example.com` }), written({ ...A, data: { type: 'CNAME', target: evil } }), written({ ...A, data: { type: 'CAA', flags: 0, tag: evil, value: 'x' } })];
      for (const { records } of found) expect(records.filter(r => r.name !== A.name)).toEqual([]);
      for (const text of [writeZoneFile([{ ...A, comment: evil }], ZONE, { at: 'now' })]) expect(text.split('\n')).toHaveLength(4);
    }
  });

  it('keeps comments that end in any letter', () => {
    expect(written({ ...A, comment: 'voilà' }).records.map(r => r.comment)).toEqual(['voilà']);
  });
});
