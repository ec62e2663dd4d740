/** Every event in words: one table, by service, aggregate and type; a unit spec asks that none is missing. An event that is not known here is said by its name, never left out. */
import type { EventEnvelope } from '@xanthus/proto';
import { t } from '../../texts/text.js';
import { APPLICATIONS } from './applications-words.js';
import { AUTH } from './auth-words.js';
import { DNS } from './dns-words.js';
import { AUDIT, NOTIFICATIONS } from './notifications-words.js';
import { TERMINALS } from './terminals-words.js';
import { VPS } from './vps-words.js';
import type { Data, Words } from './words.js';

export const EVENT_WORDS: Readonly<Record<string, Words>> = { applications: APPLICATIONS, audit: AUDIT, auth: AUTH, dns: DNS, notifications: NOTIFICATIONS, terminals: TERMINALS, vps: VPS };

/** Where names are filled in: no name holds these. */
const WHO = '\u0001';
const THING = '\u0002';
const MARKS = /([\u0001\u0002])/; // oxlint-disable-line no-control-regex -- what no text holds

/** `ServerPoweredOff` → `Server powered off`. */
export const spelledType = (type: string): string => { const words = type.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase(); return words.charAt(0).toUpperCase() + words.slice(1); };

export type Piece = { readonly text: string } | { readonly part: 'who' | 'thing' };

/** An event as a sentence, in pieces: text, and where the names go. */
export const say = (event: Pick<EventEnvelope, 'type' | 'aggregate' | 'data'>): readonly Piece[] => {
  const service = Object.hasOwn(EVENT_WORDS, event.aggregate.service) ? EVENT_WORDS[event.aggregate.service] : undefined;
  const key = `${event.aggregate.name}.${event.type}`;
  const words = service && Object.hasOwn(service, key) ? service[key] : undefined;
  const data = (typeof event.data === 'object' && event.data !== null ? event.data : {}) as Data;
  const sentence = words ? words({ who: WHO, thing: THING }, data, event.aggregate.id) : t('{who}: {type} ({thing})', { who: WHO, thing: THING, type: spelledType(event.type) });
  return sentence.split(MARKS).filter(Boolean).map(piece => (piece === WHO ? { part: 'who' } : piece === THING ? { part: 'thing' } : { text: piece }));
};

/** The same as text. */
export const sayWith = (pieces: readonly Piece[], who: string, thing: string): string => {
  const all = pieces.map(p => ('text' in p ? p.text : p.part === 'who' ? who : thing)).join('').trim();
  return all.charAt(0).toUpperCase() + all.slice(1);
};
