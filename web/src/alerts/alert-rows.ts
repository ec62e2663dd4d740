/** Alerts of all servers as one list, with words. Pure; "now" comes in, ms since 1970. */
import type { Alert, AlertKind, Server, ServerAlerts } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export const ALERT_WORDS: Readonly<Record<AlertKind, { readonly label: string; readonly tone: Tone }>> = {
  unreachable: { label: t('Unreachable'), tone: 'bad' }, disk: { label: t('Disk'), tone: 'bad' }, service: { label: t('Service'), tone: 'bad' }, load: { label: t('Load'), tone: 'warn' }, clock: { label: t('Clock'), tone: 'warn' },
};
/** The most urgent first. */
const URGENCY = Object.keys(ALERT_WORDS);

export interface AlertRow extends Alert {
  readonly server: string;
  readonly name: string;
  /** When its kind is no longer muted for the server; undefined: it is not. */
  readonly muted_until: string | undefined;
  /** Open, and nobody has seen to it. */
  readonly fresh: boolean;
}

export const alertRows = (alerts: Iterable<ServerAlerts>, servers: ReadonlyMap<string, Pick<Server, 'name'>>, now: number): readonly AlertRow[] => {
  const rows: AlertRow[] = [];
  for (const of of alerts) {
    const server = servers.get(of.id);
    for (const alert of of.alerts) {
      const until = of.muted[alert.kind];
      const muted_until = until !== undefined && Date.parse(until) > now ? until : undefined;
      rows.push({ ...alert, server: of.id, name: server?.name ?? t('a removed server'), muted_until, fresh: alert.status === 'open' && alert.acknowledged_at === null && muted_until === undefined });
    }
  }
  return rows.sort((a, b) => Number(b.fresh) - Number(a.fresh) || (a.status === 'open' ? 0 : 1) - (b.status === 'open' ? 0 : 1)
    || (a.status === 'open' ? URGENCY.indexOf(a.kind) - URGENCY.indexOf(b.kind) : 0) || (b.cleared_at ?? b.raised_at).localeCompare(a.cleared_at ?? a.raised_at));
};

/** For how long a kind can be muted. */
export const MUTES = [['1 hour', 3_600_000], ['8 hours', 8 * 3_600_000], ['1 day', 86_400_000], ['1 week', 7 * 86_400_000], ['30 days', 30 * 86_400_000]] as const;
