import type { DomainEvent } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import type { AlertFinding, AlertKind, AlertLimits, vpsEvents } from '@xanthus/proto/vps';

export type AlertEvent = Extract<EventOf<typeof vpsEvents>, { type: `Alert${string}` }>;

export interface OpenAlert { readonly finding: AlertFinding; readonly acknowledged: boolean }

/** The alerts of one server; the aggregate has the server's id. */
export interface AlertsState {
  readonly open: Readonly<Partial<Record<AlertKind, OpenAlert>>>;
  readonly muted: Readonly<Partial<Record<AlertKind, string>>>;
  readonly limits: AlertLimits;
}

export const noAlerts: AlertsState = { open: {}, muted: {}, limits: {} };

const without = <T extends object>(table: T, key: keyof T): T => Object.fromEntries(Object.entries(table).filter(([name]) => name !== key)) as T;

/** Total: an event that is not known changes nothing. */
export const evolveAlerts = (state: AlertsState, event: AlertEvent | DomainEvent): AlertsState => {
  const known = event as AlertEvent;
  switch (known.type) {
    case 'AlertRaised': {
      const acknowledged = state.open[known.data.kind]?.acknowledged ?? false;
      return { ...state, open: { ...state.open, [known.data.kind]: { finding: known.data, acknowledged } } };
    }
    case 'AlertCleared': return { ...state, open: without(state.open, known.data.kind) };
    case 'AlertAcknowledged': {
      const alert = state.open[known.data.kind];
      return alert ? { ...state, open: { ...state.open, [known.data.kind]: { ...alert, acknowledged: true } } } : state;
    }
    case 'AlertMuted': return { ...state, muted: known.data.until === null ? without(state.muted, known.data.kind) : { ...state.muted, [known.data.kind]: known.data.until } };
    case 'AlertLimitsSet': return { ...state, limits: known.data.limits };
    default: return state;
  }
};
