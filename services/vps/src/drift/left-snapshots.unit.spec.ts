import { describe, expect, it } from '@jest/globals';
import { driftFinding, type ProviderPricing } from '@xanthus/proto/vps';
import { ourLabels, type ProviderSnapshot } from '../providers/provider.js';
import { isLeft, snapshotFinding, snapshotId } from './left-snapshots.js';
import { strangerId } from './reconcile.js';

const KEPT = '01jd3x8e2v5y9w4z7q6r1s0tab';
const GONE = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const SNAPSHOT: ProviderSnapshot = { ref: '4712', description: 'before', server: null, size_bytes: 2_300_000_000, ready: true, created_at: '2026-11-21T08:00:00.000Z', labels: ourLabels('acme', GONE) };
const PRICING: ProviderPricing = { currency: 'EUR', vat_percent: '19.00', ipv4: [], snapshot_gb_month: { net: '0.0110', gross: '0.01309' } };
const left = (change: Partial<ProviderSnapshot>) => isLeft('acme', { ...SNAPSHOT, ...change }, { server: async id => id === KEPT, machines: new Set(['4711']) });

describe('a snapshot', () => {
  it.each<[string, Partial<ProviderSnapshot>, boolean]>([
    ['of a server that was deleted', {}, true], ['of a server that is kept', { labels: ourLabels('acme', KEPT) }, false],
    ['of a machine that is kept, whatever its label says', { server: '4711' }, false], ['of a machine that is no more', { server: '4713' }, true],
    ['of no server', { labels: ourLabels('acme') }, true], ['of something that is no id', { labels: { ...ourLabels('acme'), xanthus_server: '../x' } }, true],
    ['of another tenant', { labels: ourLabels('globex', GONE) }, false], ['without our labels', { labels: {} }, false], ['of another tool', { labels: { ...SNAPSHOT.labels, managed_by: 'terraform' } }, false],
  ])('%s', async (_, change, expected) => expect(await left(change)).toBe(expected));

  it('is told with its server, size and price', () => {
    const found = snapshotFinding(SNAPSHOT, 'web-1', PRICING);
    expect(found).toEqual({
      kind: 'snapshot', expected: null, actual: 'before',
      snapshot: { of: 'web-1', size_bytes: 2_300_000_000, created_at: SNAPSHOT.created_at, price: { currency: 'EUR', monthly: { net: '0.0253', gross: '0.0301' } } },
    });
    expect(driftFinding.parse(found)).toEqual(found);
  });

  it('is told without what nobody knows', () => {
    expect(snapshotFinding({ ...SNAPSHOT, description: ' ', size_bytes: null }, undefined, PRICING)).toMatchObject({ actual: 'Snapshot 4712', snapshot: { of: GONE, size_bytes: null, price: null } });
    expect(snapshotFinding({ ...SNAPSHOT, labels: ourLabels('acme') }, undefined, undefined).snapshot).toMatchObject({ of: null, price: null });
    expect(snapshotFinding(SNAPSHOT, 'web-1', { ...PRICING, snapshot_gb_month: null }).snapshot?.price).toBeNull();
  });

  it('has an id of its own, that no machine has', () => {
    const account = { tenant: 'acme', id: KEPT };
    expect(snapshotId(account, '1')).toBe(snapshotId(account, '1'));
    expect(new Set([snapshotId(account, '1'), snapshotId(account, '2'), snapshotId({ ...account, tenant: 'globex' }, '1'), strangerId(account, '1')]).size).toBe(4);
  });
});
