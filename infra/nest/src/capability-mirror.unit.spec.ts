import { beforeEach, describe, expect, it } from '@jest/globals';
import { CapabilityMirror, type CapabilityChange } from './capability-mirror.js';

const ADA = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const BOT = '01jd3x8e2v5y9w4z7q6r1s0tcr';
const READ = { what: 'command', subject: 'qry.acme.vps.view.servers.all' } as const;

let clock = 0;
let revision = 0;
let warned = 0;
let mirror: CapabilityMirror;
let changes: CapabilityChange[];

const document = (id: string, commands: string[], nkey?: string): unknown => ({
  schema: 1, seq: 1, time: '2026-11-21T08:00:00.000Z',
  data: { principal: { kind: nkey === undefined ? 'person' : 'credential', id, role: 'viewer', ...(nkey === undefined ? {} : { nkey }) }, subjects: [], buckets: {}, commands, streams: {} },
});
const put = (key: string, value: unknown): void => mirror.accept({ key, revision: ++revision, time: new Date().toISOString(), kind: 'put', value });
const beat = (): void => put('_pos', { seq: 1 });

describe('the capability mirror', () => {
  beforeEach(() => {
    clock = 1_000;
    warned = 0;
    changes = [];
    mirror = new CapabilityMirror({ warn: () => void warned++ }, () => clock);
    mirror.onChange(c => changes.push(c));
    beat();
    put(`acme.capabilities.${ADA}`, document(ADA, ['qry.acme.>']));
    mirror.synced();
  });

  it('allows what a document contains and nothing else', () => {
    expect(mirror.allows('acme', ADA, READ)).toBe(true);
    expect(mirror.allows('acme', ADA, { what: 'command', subject: 'cmd.acme.vps.server.new.adopt' })).toBe(false);
    expect(mirror.allows('globex', ADA, READ)).toBe(false);
    expect(mirror.allows('acme', BOT, READ)).toBe(false);
  });

  it('allows nothing before the first sync', () => {
    const fresh = new CapabilityMirror({ warn: () => {} }, () => clock);
    fresh.accept({ key: '_pos', revision: 1, time: '', kind: 'put', value: {} });
    fresh.accept({ key: `acme.capabilities.${ADA}`, revision: 2, time: '', kind: 'put', value: document(ADA, ['qry.acme.>']) });
    expect(fresh.current()).toBe(false);
    expect(fresh.allows('acme', ADA, READ)).toBe(false);
  });

  it('does not take a sign of life of yesterday, found at the start, for one of now', () => {
    const fresh = new CapabilityMirror({ warn: () => {} }, () => clock);
    fresh.accept({ key: '_pos', revision: 1, time: new Date(Date.now() - 60_000).toISOString(), kind: 'put', value: {} });
    fresh.synced();
    expect(fresh.current()).toBe(false);
    fresh.accept({ key: '_pos', revision: 2, time: new Date(Date.now() - 60_000).toISOString(), kind: 'put', value: {} });
    expect(fresh.current()).toBe(true);
  });

  it('allows nothing after 10 s without a sign of life, and again after one', () => {
    clock += 10_000;
    expect(mirror.current()).toBe(false);
    expect(mirror.allows('acme', ADA, READ)).toBe(false);
    beat();
    expect(mirror.allows('acme', ADA, READ)).toBe(true);
  });

  it('takes a right away at once and tells who follows', () => {
    mirror.accept({ key: `acme.capabilities.${ADA}`, revision: ++revision, time: '', kind: 'del' });
    expect(mirror.allows('acme', ADA, READ)).toBe(false);
    expect(changes.at(-1)).toEqual({ tenant: 'acme', principal: ADA });
  });

  it('takes a document that cannot be read for a deleted one', () => {
    put(`acme.capabilities.${ADA}`, { schema: 1, data: { commands: 'everything' } });
    expect(mirror.allows('acme', ADA, READ)).toBe(false);
    expect(warned).toBe(1);
  });

  it('does not take a document that lies under another principal\'s key', () => {
    put(`acme.capabilities.${BOT}`, document(ADA, ['cmd.acme.>']));
    expect(mirror.document('acme', BOT)).toBeUndefined();
  });

  it('finds a credential by its NATS key, in its own tenant only, until the key changes', () => {
    put(`acme.capabilities.${BOT}`, document(BOT, ['qry.acme.>'], 'UKEY1'));
    expect(mirror.byNkey('acme', 'UKEY1')?.principal.id).toBe(BOT);
    expect(mirror.byNkey('globex', 'UKEY1')).toBeUndefined();
    put(`acme.capabilities.${BOT}`, document(BOT, ['qry.acme.>'], 'UKEY2'));
    expect(mirror.byNkey('acme', 'UKEY1')).toBeUndefined();
    mirror.accept({ key: `acme.capabilities.${BOT}`, revision: ++revision, time: '', kind: 'purge' });
    expect(mirror.byNkey('acme', 'UKEY2')).toBeUndefined();
  });

  it('forgets after a reset whoever is not in the new bucket', () => {
    put(`acme.capabilities.${BOT}`, document(BOT, ['qry.acme.>'], 'UKEY1'));
    mirror.reset();
    expect(mirror.current()).toBe(false);
    beat();
    put(`acme.capabilities.${BOT}`, document(BOT, ['qry.acme.>'], 'UKEY1'));
    mirror.synced();
    expect(mirror.current()).toBe(true);
    expect(mirror.document('acme', ADA)).toBeUndefined();
    expect(changes.at(-1)).toEqual({ tenant: 'acme', principal: ADA });
    expect(mirror.byNkey('acme', 'UKEY1')?.principal.id).toBe(BOT);
  });
});
