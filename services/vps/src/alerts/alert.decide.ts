import type { AggregateType, CommandContext, Decider } from '@xanthus/kernel';
import type { AlertFinding, AlertKind, AlertLimits } from '@xanthus/proto/vps';
import { evolveAlerts, noAlerts, type AlertEvent, type AlertsState } from './alert.js';
import { notOpen, untilInvalid } from './alert.errors.js';

/** `Observe`: what the watch concluded; it may say the same again, only what differs becomes an event. */
export type AlertCommand =
  | { readonly type: 'Observe'; readonly data: { readonly raised: readonly AlertFinding[]; readonly cleared: readonly { readonly kind: AlertKind; readonly message?: string }[] } }
  | { readonly type: 'Acknowledge'; readonly data: { readonly kind: AlertKind } }
  | { readonly type: 'Mute'; readonly data: { readonly kind: AlertKind; readonly until: string | null } }
  | { readonly type: 'SetLimits'; readonly data: { readonly limits: AlertLimits } };

type Of<T extends AlertCommand['type']> = Extract<AlertCommand, { type: T }>;
type Events = readonly AlertEvent[];

const LONGEST_MUTE = 90 * 86_400_000;

/** Another service that fails is news although the alert is open; another percent of the disk is not. */
export const isSameAlert = (a: AlertFinding, b: AlertFinding): boolean => a.kind === b.kind && (a.services ?? []).join() === (b.services ?? []).join();

const observe = (state: AlertsState, { data }: Of<'Observe'>): Events => [
  ...data.raised.filter(f => { const open = state.open[f.kind]; return !open || !isSameAlert(open.finding, f); }).map(f => ({ type: 'AlertRaised', data: f }) as const),
  ...data.cleared.filter(c => state.open[c.kind] !== undefined).map(c => ({ type: 'AlertCleared', data: c }) as const),
];

const acknowledge = (state: AlertsState, { data }: Of<'Acknowledge'>): Events => {
  const alert = state.open[data.kind];
  if (!alert) throw notOpen();
  return alert.acknowledged ? [] : [{ type: 'AlertAcknowledged', data }];
};

const mute = (state: AlertsState, { data }: Of<'Mute'>, now: string): Events => {
  if (data.until !== null) {
    const ahead = Date.parse(data.until) - Date.parse(now);
    if (ahead <= 0 || ahead > LONGEST_MUTE) throw untilInvalid();
  }
  return (state.muted[data.kind] ?? null) === data.until ? [] : [{ type: 'AlertMuted', data }];
};

const text = ({ disk, load, off }: AlertLimits): string => JSON.stringify([disk ?? null, load ?? null, [...new Set(off)].sort()]);
const setLimits = (state: AlertsState, { data }: Of<'SetLimits'>): Events => (text(state.limits) === text(data.limits) ? [] : [{ type: 'AlertLimitsSet', data }]);

export const alertDecider: Decider<AlertsState, AlertCommand, AlertEvent> = {
  initialState: noAlerts,
  evolve: evolveAlerts,
  decide(state, command, context: CommandContext) {
    switch (command.type) {
      case 'Observe': return observe(state, command);
      case 'Acknowledge': return acknowledge(state, command);
      case 'Mute': return mute(state, command, context.now);
      case 'SetLimits': return setLimits(state, command);
    }
  },
};

export const alertType: AggregateType<AlertsState, AlertCommand, AlertEvent> = {
  service: 'vps',
  name: 'alert',
  decider: alertDecider,
  schemas: { AlertRaised: 1, AlertCleared: 1, AlertAcknowledged: 1, AlertMuted: 1, AlertLimitsSet: 1 },
  snapshot: { schema: 1, every: 100 },
};
