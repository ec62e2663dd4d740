import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainNext, ChainLink, chainStart, endOfBlock, parseStoredTime, signBlock, storedTime, type ChainBlock, type ChainMessage } from './chain.js';
import { BundleCheck, type BundleReport } from './chain-bundle.js';
import { filterOf, mayHold } from './chain-filter.js';
import { auditKeys, auditSigner, keysOfAudit, type PublicJwk } from './chain-keys.js';
import { fits, mayFit, wordsOf, type AuditSearch } from './chain-search.js';

const newKey = () => {
  const jwk = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'service:audit' };
  return { signer: auditSigner(jwk), shown: keysOfAudit([jwk as PublicJwk]), keys: auditKeys([jwk as PublicJwk]) };
};
const { signer, shown, keys } = newKey();

const IDS = ['01jd3x8e2v5y9w4z7q6r1s0ta1', '01jd3x8e2v5y9w4z7q6r1s0ta2', '01jd3x8e2v5y9w4z7q6r1s0ta3'] as const;
const START = parseStoredTime('2026-11-21T20:00:00.000000001Z');
const eventOf = (n: number, tenant = 'acme'): ChainMessage => ({
  seq: n * 2, time: START + BigInt(n) * 1_000_000_007n, subject: `evt.${tenant}.vps.server.${IDS[n % 3]}`,
  data: Buffer.from(JSON.stringify({ id: `e${n}`, type: n % 5 === 0 ? 'ServerRenamed' : 'ServerObserved', schema: 1, tenant, aggregate: { service: 'vps', name: 'server', id: IDS[n % 3] }, occurred_at: '2026-11-21T20:00:00.000Z', actor: { kind: 'person', id: IDS[n % 2] }, command_id: n % 7 === 0 ? `release-${IDS[0]}-0` : `c${n}`, correlation_id: `k${Math.floor(n / 4)}`, data: { name: `web-${n} é` } })),
});

/** A bundle as the gateway writes it, of blocks of ten. */
const bundle = (events: number, tenant = 'acme', by = signer): Record<string, unknown>[] => {
  const lines: Record<string, unknown>[] = [{ kind: 'bundle', version: 1, tenant, made_at: 'now', streams: ['VPS'], left_out: [] }, { kind: 'keys', keys: shown }, { kind: 'stream', stream: 'VPS' }];
  let end = chainStart(tenant, 'VPS');
  let n = 1;
  let blocks = 0;
  for (; events - n + 1 >= 10; blocks++) {
    const link = new ChainLink(end);
    const words = new Set<string>();
    const messages: Record<string, unknown>[] = [];
    for (let i = 0; i < 10; i++, n++) {
      const m = eventOf(n, tenant);
      link.add(m);
      for (const word of wordsOf(m.subject, m.data)) words.add(word);
      messages.push({ kind: 'message', seq: m.seq, time: storedTime(m.time), subject: m.subject, text: Buffer.from(m.data).toString(), hash: link.hash });
    }
    const block = signBlock(tenant, link.block('VPS', filterOf(words), by.key_id), by.key);
    lines.push({ kind: 'block', ...block }, ...messages);
    end = endOfBlock(block);
  }
  const rest = new ChainLink(end);
  const unsealed = events - n + 1;
  if (unsealed > 0) lines.push({ kind: 'unsealed', stream: 'VPS' });
  for (; n <= events; n++) {
    const m = eventOf(n, tenant);
    rest.add(m);
    lines.push({ kind: 'message', seq: m.seq, time: storedTime(m.time), subject: m.subject, text: Buffer.from(m.data).toString(), hash: rest.hash });
  }
  return [...lines, { kind: 'end', lines: lines.length + 1, streams: [{ stream: 'VPS', blocks, events: blocks * 10, unsealed }] }];
};
const check = (lines: readonly (string | object)[], trusted: typeof keys | undefined = keys): BundleReport => {
  const checking = new BundleCheck(trusted);
  for (const line of lines) checking.take(typeof line === 'string' ? line : JSON.stringify(line));
  return checking.report();
};

describe('the chain', () => {
  it('is the one that docs/audit.md shows', () => {
    const start = chainStart('acme', 'VPS');
    expect(start.hash).toBe('a803127c4dd6ca142186d0548e9e5f961bdf7d0b173a6b53a522395597f7847a');
    expect(chainNext(Buffer.from(start.hash, 'hex'), { seq: 7, time: parseStoredTime('2026-11-21T20:00:00.5Z'), subject: 'evt.acme.vps.server.s1', data: Buffer.from('{}') }).toString('hex')).toBe('87eff14d68f3946c5bf410928535a64a0e4318ce71ed3756db1f009719a84b1f');
  });

  it('keeps times to the nanosecond', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }), (time) => { expect(parseStoredTime(storedTime(time))).toBe(time); }));
    expect(storedTime(parseStoredTime('2026-11-21T20:00:00.12Z'))).toBe('2026-11-21T20:00:00.120000000Z');
    expect(() => parseStoredTime('yesterday')).toThrow(TypeError);
  });

  it('is another one for every tenant, stream, sequence, time, subject and byte', () => {
    const base = eventOf(1);
    const before = Buffer.from(chainStart('acme', 'VPS').hash, 'hex');
    const others = [{ ...base, seq: 3 }, { ...base, seq: base.seq + 2 ** 32 }, { ...base, time: base.time + 1n }, { ...base, subject: `${base.subject}x` }, { ...base, data: base.data.subarray(1) }, { ...base, subject: `${base.subject}{`, data: base.data.subarray(1) }];
    const hashes = [base, ...others].map(m => chainNext(before, m).toString('hex'));
    expect(new Set([...hashes, chainStart('acme', 'DNS').hash, chainStart('rival', 'VPS').hash]).size).toBe(hashes.length + 2);
  });
});

describe('a bundle', () => {
  const good = bundle(34);
  const texts = good.map(line => JSON.stringify(line));

  it('is what was sealed, and says how far', () => {
    expect(check(good)).toEqual({ tenant: 'acme', made_at: 'now', left_out: [], streams: [{ stream: 'VPS', blocks: 3, events: 30, earlier: 0, unsealed: 4, proven: { from_seq: 2, seq: 60, from_time: storedTime(eventOf(1).time), time: storedTime(eventOf(30).time) } }] });
    expect(check(good, undefined).problem).toBeUndefined();
  });

  // what is not sealed proves nothing, and says so
  const sealed = texts.findIndex(t => t.includes('"unsealed"'));
  it('is refused with any one byte changed', () => {
    fc.assert(fc.property(fc.integer({ min: 3, max: sealed - 1 }), fc.nat(), fc.integer({ min: 1, max: 127 }), (at, place, by) => {
      const bytes = Buffer.from(texts[at] ?? '');
      const i = place % bytes.length;
      bytes[i] = (bytes[i] ?? 0) ^ by;
      const changed = bytes.toString();
      fc.pre(meaning(changed) !== meaning(texts[at] ?? ''));
      expect(check(texts.with(at, changed)).problem).toBeDefined();
    }), { numRuns: 150 });
  });

  it('is refused with a line less, twice, elsewhere, or cut off', () => {
    const messages = texts.flatMap((t, i) => (i < sealed && t.startsWith('{"kind":"message"') ? [i] : []));
    for (const at of messages) {
      expect(check(texts.toSpliced(at, 1)).problem?.kind).toBe('missing');
      expect(check(texts.toSpliced(at, 0, texts[at] ?? '')).problem).toMatchObject({ kind: 'order' });
    }
    for (const [i, at] of messages.slice(1).entries()) {
      const before = messages[i] ?? 0;
      if (at - before === 1) expect(check(texts.with(at, texts[before] ?? '').with(before, texts[at] ?? '')).problem).toMatchObject({ kind: 'order' });
    }
    for (let lines = 1; lines < texts.length; lines++) {
      const { problem, streams } = check(texts.slice(0, lines));
      expect(problem?.kind).toMatch(/cut|missing/);
      expect(streams[0]?.events ?? 0).toBeLessThanOrEqual(Math.max(0, lines - 4));
    }
    expect(check(texts.slice(0, 25)).streams[0]).toMatchObject({ events: 10, proven: { seq: 20 } });
    expect(check([...texts, '{}']).problem).toMatchObject({ kind: 'form' });
  });

  it('says which event it is, as far as the hints beside the events tell', () => {
    const at = texts.findIndex(t => t.includes('"seq":26'));
    expect(check(texts.with(at, (texts[at] ?? '').replace('web-13', 'web-31'))).problem).toEqual({ kind: 'changed', seq: 26, message: 'Event 26 is not what was sealed.', stream: 'VPS', line: 26 });
    const plain = good.map(line => (line['kind'] === 'message' ? { ...line, hash: '' } : line));
    expect(check(plain).problem).toMatchObject({ kind: 'form', message: expect.stringContaining('The hash beside event 2 ') });
  });

  it('is refused where a block is missing, moved, forged, another tenant\'s or somebody else\'s', () => {
    const blocks = good.flatMap((l, i) => (l['kind'] === 'block' ? [i] : []));
    const [one = 0, two = 0, three = 0] = blocks;
    expect(check(good.toSpliced(two, three - two)).problem).toMatchObject({ kind: 'missing', seq: 21 });
    expect(check([...good.slice(0, one), ...good.slice(two, three), ...good.slice(one, two), ...good.slice(three)]).problem).toMatchObject({ kind: 'order' });
    // from the second block on: honest about what is not there
    expect(check([...good.slice(0, one), ...good.slice(two, -1), { kind: 'end', lines: good.length - (two - one), streams: [{ stream: 'VPS', blocks: 2, events: 20, unsealed: 4 }] }])).toMatchObject({ streams: [{ earlier: 10, events: 20 }] });
    const other = newKey();
    expect(check(bundle(20, 'acme', other.signer)).problem).toMatchObject({ kind: 'signature' });
    expect(check(bundle(20, 'acme', { ...other.signer, key_id: signer.key_id })).problem).toMatchObject({ kind: 'signature' });
    expect(check([{ ...good[0], tenant: 'rival' }, ...good.slice(1)]).problem).toMatchObject({ kind: 'signature' });
    const stolen = bundle(20, 'rival')[3];
    expect(check(good.with(one, stolen ?? {})).problem).toMatchObject({ kind: 'signature' });
    const emptied = { ...(good[one] as unknown as ChainBlock), keys: '' };
    expect(check(good.with(one, emptied as unknown as Record<string, unknown>)).problem).toMatchObject({ kind: 'signature' });
  });
});

/** What a line says. */
const meaning = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
};

describe('the filter of a block', () => {
  it('never says "not in here" of what is, and seldom "perhaps" of what is not', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string(), { maxLength: 60 }), (words) => {
      const filter = Buffer.from(filterOf(new Set(words)), 'base64');
      expect(words.filter(w => !mayHold(filter, w))).toEqual([]);
    }));
    const filter = Buffer.from(filterOf(new Set(Array.from({ length: 3_000 }, (_, i) => `c:${i}`))), 'base64');
    expect(Array.from({ length: 3_000 }, (_, i) => mayHold(filter, `d:${i}`)).filter(Boolean).length).toBeLessThan(60);
  });

  it('never hides an event that fits', () => {
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const searches: fc.Arbitrary<AuditSearch> = fc.record({
      actor: maybe(fc.constantFrom(...IDS)), type: maybe(fc.constantFrom('ServerRenamed', 'ServerObserved')), correlation: maybe(fc.nat(12).map(n => `k${n}`)), command: maybe(fc.constantFrom('c8', 'c9', IDS[0], `release-${IDS[0]}-0`)),
      thing: maybe(fc.record({ service: fc.constant('vps'), aggregate: maybe(fc.constant('server')), id: maybe(fc.constantFrom(...IDS)) })),
    });
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), searches, (ns, search) => {
      const events = ns.map(n => eventOf(n));
      const filter = Buffer.from(filterOf(new Set(events.flatMap(m => wordsOf(m.subject, m.data)))), 'base64');
      const found = events.filter(m => fits(search, { subject: m.subject, time: 0, event: JSON.parse(Buffer.from(m.data).toString()) as object }));
      if (found.length > 0) expect(mayFit(filter, search)).toBe(true);
    }));
  });

  it('takes what is no event as it is', () => {
    expect(wordsOf('evt.acme.vps.server.s1', Buffer.from('no JSON'))).toEqual(['g:server', 'd:s1']);
    expect(wordsOf('evt.acme.vps.server.s1', Buffer.from('{"data":{"x":",\\"data\\":"},"type":"Late","actor":{"id":"a"}}'))).toEqual(['g:server', 'd:s1', 'a:a', 't:Late']);
  });
});
