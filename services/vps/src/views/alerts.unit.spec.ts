import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@xanthus/kernel';
import { alertsView } from '@xanthus/proto/vps';
import type { AlertEvent } from '../alerts/alert.js';
import { alertsProjection, type AlertsRow } from './alerts.js';

const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const KEY = `acme.alerts.${ID}`;
const recorded = (event: { type: string; data: unknown }, seq: number, name: string): RecordedEvent => ({
  ...event, id: ID, schema: 1, tenant: 'acme', aggregate: { service: 'vps', name, id: ID }, occurred_at: `2026-11-21T08:00:0${seq}.000Z`, actor: { kind: 'person', id: 'ada' },
  command_id: `c${seq}`, correlation_id: 'c', stream: 'VPS', seq, stored_at: '2026-11-21T08:00:00.000Z',
});

/** The row after these events of a server that the view `servers` shows, or of one that it does not. */
const after = async (events: readonly AlertEvent[], { known = true, deleted = false } = {}): Promise<AlertsRow | undefined> => {
  const view = new Map<string, unknown>(known ? [[`acme.servers.${ID}`, {}]] : []);
  const all = [...events.map((e, i) => recorded(e, i + 1, 'alert')), ...(deleted ? [recorded({ type: 'ServerDeleted', data: {} }, 9, 'server')] : [])];
  for (const event of all) {
    for (const change of await alertsProjection.project(event, { get: <T>(key: string) => view.get(key) as T | undefined })) {
      if ('deleted' in change) view.delete(change.key);
      else view.set(change.key, change.value);
    }
  }
  return view.get(KEY) as AlertsRow | undefined;
};

const disk: AlertEvent = { type: 'AlertRaised', data: { kind: 'disk', message: 'The disk is 95 % full.', value: 0.95, limit: 0.9 } };
const load: AlertEvent = { type: 'AlertRaised', data: { kind: 'load', message: 'High.' } };

describe('alerts', () => {
  it('are open until they are over, and the last of each kind stays', async () => {
    const row = await after([load, disk, { type: 'AlertAcknowledged', data: { kind: 'disk' } }, { type: 'AlertCleared', data: { kind: 'disk', message: 'The disk is 50 % full.' } }]);
    expect(alertsView.data.parse(row).alerts).toEqual([
      expect.objectContaining({ kind: 'disk', status: 'cleared', message: 'The disk is 50 % full.', raised_at: '2026-11-21T08:00:02.000Z', cleared_at: '2026-11-21T08:00:04.000Z', acknowledged_by: { kind: 'person', id: 'ada' } }),
      expect.objectContaining({ kind: 'load', status: 'open', cleared_at: null, acknowledged_at: null }),
    ]);
  });

  it('begin anew when they are raised again, and are the same when they only say more', async () => {
    const again = await after([disk, { type: 'AlertAcknowledged', data: { kind: 'disk' } }, { type: 'AlertCleared', data: { kind: 'disk' } }, disk]);
    expect(again?.alerts).toEqual([expect.objectContaining({ status: 'open', raised_at: '2026-11-21T08:00:04.000Z', cleared_at: null, acknowledged_at: null })]);
    const more = await after([disk, { type: 'AlertRaised', data: { ...disk.data, message: 'more' } } as AlertEvent]);
    expect(more?.alerts).toEqual([expect.objectContaining({ message: 'more', raised_at: '2026-11-21T08:00:01.000Z' })]);
  });

  it('are muted and limited', async () => {
    const row = await after([{ type: 'AlertMuted', data: { kind: 'load', until: '2026-12-01T00:00:00.000Z' } }, { type: 'AlertMuted', data: { kind: 'disk', until: '2026-12-01T00:00:00.000Z' } }, { type: 'AlertMuted', data: { kind: 'load', until: null } }, { type: 'AlertLimitsSet', data: { limits: { disk: 0.95 } } }]);
    expect(alertsView.data.parse(row)).toMatchObject({ alerts: [], muted: { disk: '2026-12-01T00:00:00.000Z' }, limits: { disk: 0.95 } });
    expect(row?.muted).not.toHaveProperty('load');
  });

  it('go with their server, and one that is gone shows none', async () => {
    expect(await after([disk], { deleted: true })).toBeUndefined();
    expect(await after([disk], { known: false })).toBeUndefined();
    expect(await after([], { deleted: true })).toBeUndefined();
  });
});
