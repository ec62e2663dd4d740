/** What events are looked for by, in a block's filter and exactly. Pure. */
import type { EventEnvelope } from '@xanthus/proto';
import { mayHold } from './chain-filter.js';

/** All of it must fit. Times: ms since 1970, of the stream; `to` is no longer in. */
export interface AuditSearch {
  readonly actor?: string | undefined;
  readonly thing?: { readonly service: string; readonly aggregate?: string | undefined; readonly id?: string | undefined } | undefined;
  readonly type?: string | undefined;
  readonly correlation?: string | undefined;
  /** A command, or an event: then what its reactors and processes commanded. */
  readonly command?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const ULIDS = /[0-9a-hjkmnp-tv-z]{26}/g;

const DATA = Buffer.from(',"data":');

/**
 * The parts of a stored event that can be looked for, as far as it has them: what is stored need not be an event. Data comes last in what we write and is most of it, so what
 * stands before it is tried first; a text can't hold these bytes without a backslash between.
 */
const partsOf = (data: Uint8Array): Partial<EventEnvelope> => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = bytes.indexOf(DATA);
  const head = end < 0 ? {} : objectOf(`${bytes.toString('utf8', 0, end)}}`);
  return head.actor && head.type && head.correlation_id && head.command_id ? head : objectOf(bytes.toString('utf8'));
};

const objectOf = (text: string): Partial<EventEnvelope> => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value as Partial<EventEnvelope> : {};
  } catch {
    return {};
  }
};

/** Words of one event for the filter of its block. */
export const wordsOf = (subject: string, data: Uint8Array): string[] => {
  const [, , , aggregate = '', id = ''] = subject.split('.');
  const { actor, type, correlation_id, command_id } = partsOf(data);
  const words = [`g:${aggregate}`, `d:${id}`];
  if (actor) {
    words.push(`a:${actor.id}`);
    if (actor.via !== undefined) words.push(`a:${actor.via}`);
  }
  if (type !== undefined) words.push(`t:${type}`);
  if (correlation_id !== undefined) words.push(`c:${correlation_id}`);
  if (command_id !== undefined) {
    words.push(`m:${command_id}`);
    if (command_id.length > 26) for (const [ulid] of String(command_id).matchAll(ULIDS)) words.push(`m:${ulid}`);
  }
  return words;
};

/** May a block with this filter hold what is looked for? */
export const mayFit = (filter: Uint8Array, search: AuditSearch): boolean => searchWords(search).every(word => mayHold(filter, word));

const searchWords = ({ actor, thing, type, correlation, command }: AuditSearch): string[] => [
  ...(actor === undefined ? [] : [`a:${actor}`]), ...(thing?.aggregate === undefined ? [] : [`g:${thing.aggregate}`]), ...(thing?.id === undefined ? [] : [`d:${thing.id}`]),
  ...(type === undefined ? [] : [`t:${type}`]), ...(correlation === undefined ? [] : [`c:${correlation}`]), ...(command === undefined ? [] : [`m:${command}`]),
];

/** Does this message fit exactly? `event` is parsed by whoever asks, undefined if it is none; `time` in ms. */
export const fits = (search: AuditSearch, { subject, time, event }: { readonly subject: string; readonly time: number; readonly event: Partial<EventEnvelope> | undefined }): boolean => {
  const { actor, thing, type, correlation, command, from, to } = search;
  if ((from !== undefined && time < from) || (to !== undefined && time >= to)) return false;
  if (thing !== undefined) {
    const [, , service, aggregate, id] = subject.split('.');
    if (thing.service !== service || (thing.aggregate ?? aggregate) !== aggregate || (thing.id ?? id) !== id) return false;
  }
  if (actor !== undefined && event?.actor?.id !== actor && event?.actor?.via !== actor) return false;
  if (type !== undefined && event?.type !== type) return false;
  if (correlation !== undefined && event?.correlation_id !== correlation) return false;
  return command === undefined || event?.command_id === command || isCausedBy(event?.command_id, command);
};

const isCausedBy = (command_id: string | undefined, event: string): boolean => command_id !== undefined && event.length === 26 && command_id.length > 26 && [...command_id.matchAll(ULIDS)].some(([ulid]) => ulid === event);
