import { describe, expect, it } from '@jest/globals';
import { ALERT_KINDS, alertsView } from '@xanthus/proto/vps';
import type { Alert, ServerAlerts } from '../contracts.js';
import { ALERT_WORDS, alertRows } from './alert-rows.js';

const example = alertsView.example as ServerAlerts;
const alert = (change: Partial<Alert>): Alert => ({ ...example.alerts[0] as Alert, ...change });
const NOW = Date.parse('2026-11-21T12:00:00Z');
const names = new Map([['a', { name: 'web-1' }]]);

describe('alerts', () => {
  it('have words for every kind', () => expect(Object.keys(ALERT_WORDS).toSorted()).toEqual([...ALERT_KINDS].toSorted()));
  it('count as new until somebody has seen to them, or muted them', () => {
    const of = (change: Partial<ServerAlerts>): number => alertRows([{ ...example, id: 'a', ...change }], names, NOW).filter(r => r.fresh).length;
    expect(of({})).toBe(1);
    expect(of({ alerts: [alert({ acknowledged_at: '2026-11-21T09:00:00Z' })] })).toBe(0);
    expect(of({ alerts: [alert({ status: 'cleared' })] })).toBe(0);
    expect(of({ muted: { disk: '2026-11-21T13:00:00Z' } })).toBe(0);
    expect(of({ muted: { disk: '2026-11-21T11:00:00Z', load: '2026-11-21T13:00:00Z' } })).toBe(1);
  });
  it('stand in order: new, most urgent, newest; then what is seen to; then what is over', () => {
    const rows = alertRows([{
      ...example, id: 'a', alerts: [
        alert({ kind: 'clock', status: 'cleared', cleared_at: '2026-11-21T11:00:00Z' }), alert({ kind: 'load' }), alert({ kind: 'unreachable', acknowledged_at: '2026-11-21T09:00:00Z' }), alert({ kind: 'disk' }),
        alert({ kind: 'service', status: 'cleared', cleared_at: '2026-11-21T11:30:00Z' }),
      ],
    }], names, NOW);
    expect(rows.map(r => r.kind)).toEqual(['disk', 'load', 'unreachable', 'service', 'clock']);
    expect(rows[0]).toMatchObject({ server: 'a', name: 'web-1' });
  });
  it('keep those of a server that is gone', () => expect(alertRows([example], new Map(), NOW)[0]?.name).toBe('a removed server'));
});
