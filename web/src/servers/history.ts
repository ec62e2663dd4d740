/** Events in words. Pure. An event of a type that is not known here is shown by its name, never left out. */
import type { StreamItem } from '@xanthus/client';
import { streamName, type Actor, type EventEnvelope } from '@xanthus/proto';
import { toLogged } from '../causes/logged.js';
import type { LoggedEvent } from '../causes/graph.js';
import { t, within } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';
import { shortId } from '../lib/format.js';
import { inside, VPS_WORDS } from './history-words.js';

export interface HistoryRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly actor: Actor;
  readonly tone: Tone;
  readonly text: string;
  readonly detail?: string;
  readonly aggregate: { readonly service: string; readonly name: string; readonly id: string };
  readonly correlation_id: string;
  /** As the log has it, for what can be done about it. */
  readonly event: LoggedEvent;
}

/** `ServerPoweredOff` → `Server powered off`. */
const spell = (type: string): string => { const words = type.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase(); return words.charAt(0).toUpperCase() + words.slice(1); };

export const toHistoryRow = (item: StreamItem): HistoryRow | undefined => {
  const event = item.payload as Partial<EventEnvelope> | null;
  if (typeof event?.type !== 'string' || typeof event.id !== 'string' || !event.aggregate || !event.actor) return undefined;
  const logged = toLogged(streamName(event.aggregate.service), item);
  if (!logged) return undefined;
  const words = VPS_WORDS[event.type]?.(inside(event.data), event.aggregate.id) ?? { text: spell(event.type) };
  return {
    seq: item.seq, id: event.id, type: event.type, at: event.occurred_at ?? item.time, actor: event.actor, tone: words.tone ?? 'idle', text: words.text,
    ...(words.detail ? { detail: words.detail } : {}), aggregate: event.aggregate, correlation_id: event.correlation_id ?? '', event: logged,
  };
};

/** Newest first. */
export const toHistory = (items: readonly StreamItem[]): readonly HistoryRow[] => {
  const rows: HistoryRow[] = [];
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    const row = item && toHistoryRow(item);
    if (row) rows.push(row);
  }
  return rows;
};

export const actorName = (actor: Actor, me: string, names: ReadonlyMap<string, string>): string => {
  if (actor.kind === 'service' || actor.kind === 'system') return 'Xanthus';
  if (actor.id === me) return t('You');
  return names.get(actor.id) ?? `${actor.kind === 'credential' ? t('Credential') : t('Person')} ${shortId(actor.id)}`;
};
/** The same in the middle of a sentence. */
export const midActor = (name: string): string => (name === t('You') ? within(name) : name);
