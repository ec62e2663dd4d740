/** What of the log is shown: in the address of the page, as words, and as a test of an event. Pure. */
import type { EventEnvelope } from '@xanthus/proto';
import type { AuditSearch as Find } from '../contracts.js';
import { readThing, type Thing } from '../lib/thing-link.js';
import { AUDITED, streamOf, type Audited } from './streams.js';
import type { AuditEvent } from './timeline.js';

export interface AuditFilter {
  /** `vps.server.<id>`, `vps.server`. */
  readonly thing?: string;
  /** Id of a person, a credential or a service. */
  readonly actor?: string;
  readonly service?: Audited;
  readonly type?: string;
  readonly correlation?: string;
  /** ISO, both ends included. */
  readonly from?: string;
  readonly to?: string;
  readonly q?: string;
}
export interface AuditSearch extends AuditFilter { /** The one that is looked at: `VPS.123`. */ readonly event?: string }

const moment = (value: unknown): string | undefined => { const at = typeof value === 'string' ? Date.parse(value) : Number.NaN; return Number.isNaN(at) ? undefined : new Date(at).toISOString(); };
const word = (value: unknown, pattern: RegExp): string | undefined => (typeof value === 'string' && pattern.test(value) ? value : undefined);

/** Unknown values in an address are left out, not an error. */
export const readAuditSearch = (search: Record<string, unknown>): AuditSearch => {
  const found = {
    thing: readThing(search['thing']) ? search['thing'] as string : undefined, actor: word(search['actor'], /^[A-Za-z0-9:_-]{1,64}$/), service: AUDITED.find(s => s === search['service']), type: word(search['type'], /^[A-Z][A-Za-z0-9]{0,99}$/),
    correlation: word(search['correlation'], /^[\x21-\x7E]{1,128}$/), from: moment(search['from']), to: moment(search['to']), q: word(typeof search['q'] === 'number' ? String(search['q']) : search['q'], /^.{1,200}$/s), event: word(search['event'], /^[A-Z][A-Z0-9_]{0,63}\.\d{1,15}$/),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};

/** Only whole services and a stretch of time: nothing has to be looked through for that. */
export const isPlain = ({ thing, actor, type, correlation, q }: AuditFilter): boolean => !thing && !actor && !type && !correlation && !q;
export const isEmpty = (filter: AuditFilter): boolean => isPlain(filter) && !filter.service && !filter.from && !filter.to;

/** The streams that may hold it. */
export const servicesOf = ({ service, thing }: AuditFilter): readonly Audited[] => {
  const of = readThing(thing)?.service;
  return AUDITED.filter(s => (!service || s === service) && (!of || s === of));
};

/** What audit is asked, so that only blocks are read that may hold it. */
export const findOf = (filter: AuditFilter): Omit<Find, 'before' | 'limit'> => {
  const thing = readThing(filter.thing);
  return {
    ...(filter.actor ? { actor: filter.actor } : {}), ...(thing ? { thing } : {}), ...(filter.type ? { type: filter.type } : {}), ...(filter.correlation ? { correlation: filter.correlation } : {}),
    ...(filter.from ? { from: filter.from } : {}), ...(filter.to ? { to: new Date(Date.parse(filter.to) + 1).toISOString() } : {}), streams: servicesOf(filter).map(streamOf),
  };
};

export const envelopeOf = (payload: unknown): EventEnvelope | undefined => {
  const event = payload as Partial<EventEnvelope> | null;
  return typeof event === 'object' && typeof event?.type === 'string' && typeof event.id === 'string' && event.aggregate && event.actor ? event as EventEnvelope : undefined;
};
export const thingOf = ({ aggregate: { service, name, id } }: Pick<EventEnvelope, 'aggregate'>): Thing => ({ service, aggregate: name, id });

/** @param textOf everything of an event that a search looks at, in small letters */
export const matcher = (filter: AuditFilter, textOf: (event: AuditEvent, envelope: EventEnvelope | undefined) => string): ((event: AuditEvent) => boolean) => {
  const thing = readThing(filter.thing);
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const streams = new Set(servicesOf(filter).map(streamOf));
  const [from, to] = [filter.from ? Date.parse(filter.from) : -Infinity, filter.to ? Date.parse(filter.to) : Infinity];
  return (event) => {
    if (!streams.has(event.stream) || event.at < from || event.at > to) return false;
    const e = envelopeOf(event.payload);
    if (thing && (!e || e.aggregate.service !== thing.service || (thing.aggregate && e.aggregate.name !== thing.aggregate) || (thing.id && e.aggregate.id !== thing.id))) return false;
    if (filter.actor && e?.actor.id !== filter.actor) return false;
    if (filter.type && e?.type !== filter.type) return false;
    if (filter.correlation && e?.correlation_id !== filter.correlation) return false;
    if (words.length === 0) return true;
    const text = textOf(event, e);
    return words.every(w => text.includes(w));
  };
};

/** Of `GET /api/audit`: the same filter; a search for words is made here. */
export const exportQuery = (filter: AuditFilter, format: 'jsonl' | 'csv' | 'chain'): string => {
  const thing = readThing(filter.thing);
  const to = filter.to ? new Date(Date.parse(filter.to) + 1).toISOString() : undefined;
  const parts = { format, from: filter.from, to, streams: servicesOf(filter).map(streamOf).join(','), ...(format === 'chain' ? {} : { actor: filter.actor, service: thing?.service, aggregate: thing?.aggregate, id: thing?.id, type: filter.type, correlation: filter.correlation }) };
  return new URLSearchParams(Object.entries(parts).flatMap(([key, value]) => (value ? [[key, value]] : []))).toString();
};
