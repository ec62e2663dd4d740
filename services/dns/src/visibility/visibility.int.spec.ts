/** Is a change visible yet? Asked of real name servers over the wire, whose answers the spec decides. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDnsServer, type TestDns } from '@xanthus/testing';
import { newRecord } from '../records/records.fixtures.js';
import type { MadeChange } from '../plan/changes.js';
import type { DnsRecord, RecordData } from '../records/record.js';
import { expectedOf, seenOf, visibilityText, type Expected, type Seen } from './answers.js';
import { nameServers, type NameServers } from './name-servers.js';

const ZONE = 'example.com';
const none = () => false;
const www = 'www.example.com';
const addresses = (...list: string[]) => list.map(data => ({ type: 'A' as const, name: www, ttl: 60, data }));
const expected = (...values: string[]): Expected => ({ name: www, type: 'A', values });

let ns: TestDns;
let other: TestDns;
let both: NameServers;
beforeEach(async () => {
  [ns, other] = await Promise.all([startDnsServer(), startDnsServer()]);
  both = (await nameServers([ns.address, other.address], none))!;
});
afterEach(() => Promise.all([ns.stop(), other.stop()]));

const look = async (servers: NameServers, one: Expected): Promise<Seen> => seenOf(one, await servers.ask(one.name, one.type));
const sayBoth = (...said: Parameters<TestDns['say']>): void => {
  for (const server of [ns, other]) server.say(...said);
};

describe('a change', () => {
  it('is visible once every name server gives the right answer, in whatever order', async () => {
    sayBoth('A', www, addresses('192.0.2.2', '192.0.2.1'));
    expect(await look(both, expected('192.0.2.1', '192.0.2.2'))).toBe('visible');
  });

  it('is not visible yet as long as one of them gives the old answer, or more, or none', async () => {
    sayBoth('A', www, addresses('192.0.2.1'));
    for (const old of [addresses('192.0.2.9'), addresses('192.0.2.1', '192.0.2.9'), [], 'NXDOMAIN'] as const) {
      other.say('A', www, old);
      expect(await look(both, expected('192.0.2.1'))).toBe('not yet');
    }
  });

  it('that takes a name away is visible once there is none, whichever way that is said', async () => {
    sayBoth('A', www, addresses('192.0.2.1'));
    expect(await look(both, expected())).toBe('not yet');
    ns.say('A', www, []);
    other.say('A', www, 'NXDOMAIN');
    expect(await look(both, expected())).toBe('visible');
  });

  it('is not guessed about when a name server fails, refuses or is silent', async () => {
    const quick = (await nameServers([ns.address], none, { patience: 100 }))!;
    for (const reply of ['SERVFAIL', 'REFUSED', 'silent'] as const) {
      ns.say('A', www, reply);
      expect(await look(quick, expected('192.0.2.1'))).toBe('unanswered');
      expect(await look(quick, expected())).toBe('unanswered');
    }
    // The others are heard all the same.
    ns.say('A', www, 'SERVFAIL');
    other.say('A', www, addresses('192.0.2.1'));
    expect(await look(both, expected('192.0.2.1'))).toBe('visible');
  });

  it('is read by TCP when it is too long for UDP', async () => {
    const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(200));
    sayBoth('TXT', ZONE, texts.map(data => ({ type: 'TXT', name: ZONE, ttl: 60, data: [data.slice(0, 120), data.slice(120)] })));
    expect(await look(both, { name: ZONE, type: 'TXT', values: texts })).toBe('visible');
    expect(ns.questions).toEqual([`udp TXT ${ZONE}`, `tcp TXT ${ZONE}`]);
  });

  const DATA: readonly RecordData[] = [
    { type: 'AAAA', address: '2001:db8::1' }, { type: 'CNAME', target: 'shop.example.net' }, { type: 'NS', target: 'ns1.example.net' }, { type: 'TXT', text: 'v=spf1 -all' }, { type: 'MX', priority: 10, target: 'mx.example.net' },
    { type: 'SRV', priority: 1, weight: 2, port: 443, target: 'a.example.net' }, { type: 'CAA', flags: 0, tag: 'issue', value: 'letsencrypt.org' },
  ];
  const WIRE: Readonly<Record<string, unknown>> = {
    AAAA: '2001:db8::1', CNAME: 'shop.example.net', NS: 'NS1.example.net', TXT: 'v=spf1 -all', MX: { preference: 10, exchange: 'mx.example.net' }, SRV: { priority: 1, weight: 2, port: 443, target: 'a.example.net' }, CAA: { flags: 0, tag: 'issue', value: 'letsencrypt.org' },
  };
  it.each(DATA)('of $type is compared as a name server says it', async (data) => {
    const record = newRecord(`x.${ZONE}`, data);
    sayBoth(data.type, record.name, [{ type: data.type, name: record.name, ttl: 60, data: WIRE[data.type] } as never]);
    const [one] = expectedOf([{ id: '0', change: { op: 'create', after: record } }], [record], ZONE).expected;
    expect(await look(both, one!)).toBe('visible');
  });
});

describe('what is asked', () => {
  const made = (...records: DnsRecord[]): MadeChange[] => records.map(after => ({ id: '0', change: { op: 'create', after } }));
  const A = (name: string, proxied = false): DnsRecord => newRecord(name, { type: 'A', address: '192.0.2.1' }, { proxied });

  it('leaves out what nobody outside hears as it is, and counts it', () => {
    const alias = newRecord(`old.${ZONE}`, { type: 'CNAME', target: 'new.example.com' });
    const records = [A(www), A(`proxied.${ZONE}`, true), A(`*.${ZONE}`), newRecord(ZONE, { type: 'CNAME', target: 'apex.example.net' }), alias];
    const { expected: asked, hidden } = expectedOf([...made(...records), { id: '1', change: { op: 'delete', before: { ...A(alias.name), id: '1' } } }], records, ZONE);
    expect(asked.map(e => `${e.type} ${e.name}`)).toEqual([`A ${www}`, `CNAME ${alias.name}`]);
    expect(hidden).toBe(4);
  });

  it('says honestly what it knows', () => {
    const text = (visible: number, total: number, unanswered: number, hidden: number) => visibilityText({ visible, total, unanswered, hidden });
    expect(text(2, 2, 0, 0)).toBe('All of it is visible at the name servers.');
    expect(text(1, 3, 1, 0)).toBe('1 of 3 is visible at the name servers; 1 not yet; 1 were not answered.');
    expect(text(0, 2, 2, 0)).toContain('is not known');
    expect(text(0, 0, 0, 1)).toMatch(/^Nothing of it can be seen from outside as it is\. 1 more .* Cloudflare's own addresses/);
  });

  it('goes to the resolvers of the setting by address, to no address that a name may not lead to, and nowhere when there is none', async () => {
    expect(both.asked).toEqual([ns.address, other.address]);
    expect(await nameServers(['localhost'], none)).toBeUndefined();
    expect((await nameServers(['localhost'], () => true))?.asked).toEqual(['127.0.0.1']);
  });
});
