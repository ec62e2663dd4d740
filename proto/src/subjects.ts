/**
 * The only place where a subject or a bucket key is built or taken apart.
 *
 * Every builder throws `TypeError` on a token outside `[a-z0-9-]+`: a value of a person never becomes part of a subject unchecked.
 */
import { TENANT_SLUG, TOKEN } from './ids.js';

export interface AggregateRef { readonly tenant: string; readonly service: string; readonly aggregate: string; readonly id: string }
export interface CommandRef extends AggregateRef { readonly verb: string }
export interface QueryRef { readonly tenant: string; readonly service: string; readonly question: string; readonly view?: string; readonly id: string }

const token = (value: string): string => {
  if (!TOKEN.test(value)) throw new TypeError(`not a subject token: ${JSON.stringify(value)}`);
  return value;
};
const slug = (value: string): string => {
  if (!TENANT_SLUG.test(value)) throw new TypeError(`not a tenant: ${JSON.stringify(value)}`);
  return value;
};
/** What a parser gives back can be built again: no wildcard, no internal name, nothing that a person typed. */
const isAddress = (tenant: string, ...tokens: readonly string[]): boolean => TENANT_SLUG.test(tenant) && tokens.every(t => TOKEN.test(t));
const join = (...tokens: string[]): string => tokens.map(token).join('.');

/** `evt.<tenant>.<service>.<aggregate>.<id>`: one literal subject per aggregate; the type of the event is in its envelope. */
export const eventSubject = (ref: AggregateRef): string => join('evt', slug(ref.tenant), ref.service, ref.aggregate, ref.id);

export const parseEventSubject = (subject: string): AggregateRef | undefined => {
  const [kind, tenant, service, aggregate, id, ...rest] = subject.split('.');
  return kind === 'evt' && tenant && service && aggregate && id && rest.length === 0 && isAddress(tenant, service, aggregate, id) ? { tenant, service, aggregate, id } : undefined;
};

/** `cmd.<tenant>.<service>.<aggregate>.<id|new>.<verb>` */
export const commandSubject = (ref: CommandRef): string => join('cmd', slug(ref.tenant), ref.service, ref.aggregate, ref.id, ref.verb);

/** Takes the form inside (`cmd.<tenant>.…`) and the form from a tenant's own account (`ext.<tenant>.cmd.…`). */
export const parseCommandSubject = (subject: string): (CommandRef & { readonly external: boolean }) | undefined => {
  const inside = insideSubject(subject);
  const [kind, tenant, service, aggregate, id, verb, ...rest] = inside.subject.split('.');
  return kind === 'cmd' && tenant && service && aggregate && id && verb && rest.length === 0 && isAddress(tenant, service, aggregate, id, verb)
    ? { tenant, service, aggregate, id, verb, external: inside.external }
    : undefined;
};

/** What is asked of a view: how it is, how it was, and what changed it. */
const OF_VIEWS: readonly string[] = ['view', 'view-at', 'view-history'];

/**
 * `qry.<tenant>.<service>.<view|view-at|view-history>.<view>.<id|all>`, or for a computed answer `qry.<tenant>.<service>.<question>.<id|all>`. A question of the form
 * `view-at/servers`, as contracts of views have it, names its view.
 */
export const querySubject = (ref: QueryRef): string => {
  const [question = '', view = ref.view, ...rest] = ref.question.split('/');
  if (rest.length > 0 || OF_VIEWS.includes(question) !== (view !== undefined)) throw new TypeError(`not a question: ${JSON.stringify(ref.question)}`);
  return join('qry', slug(ref.tenant), ref.service, question, ...(view === undefined ? [] : [view]), ref.id);
};

export const parseQuerySubject = (subject: string): (QueryRef & { readonly external: boolean }) | undefined => {
  const inside = insideSubject(subject);
  const [kind, tenant, service, question, a, b, ...rest] = inside.subject.split('.');
  if (kind !== 'qry' || !tenant || !service || !question || !a || rest.length > 0 || !isAddress(tenant, service, question, a, b ?? a)) return undefined;
  if (OF_VIEWS.includes(question)) return b ? { tenant, service, question, view: a, id: b, external: inside.external } : undefined;
  return b === undefined ? { tenant, service, question, id: a, external: inside.external } : undefined;
};

/** What a tenant's account turns `cmd.<tenant>.>` and `qry.<tenant>.>` into: `ext.<tenant>.cmd.>`, `ext.<tenant>.qry.>`. */
export const externalSubject = (subject: string): string => {
  const [kind = '', tenant = '', ...rest] = subject.split('.');
  return ['ext', tenant, kind, ...rest].join('.');
};

/** Undoes `externalSubject`. A right is always checked on the inside form. */
export const insideSubject = (subject: string): { readonly subject: string; readonly external: boolean } => {
  if (!subject.startsWith('ext.')) return { subject, external: false };
  const [, tenant = '', kind = '', ...rest] = subject.split('.');
  return { subject: [kind, tenant, ...rest].join('.'), external: true };
};

/** `sig.<tenant>.<service>.<aggregate>.<id>.<what>`: core NATS, no history. */
export const signalSubject = (ref: AggregateRef, what: string): string => join('sig', slug(ref.tenant), ref.service, ref.aggregate, ref.id, what);

/** `met.<tenant>.<service>.<id>`: a series of samples in the stream `<SERVICE>_METRICS`. */
export const metricsSubject = (tenant: string, service: string, id: string): string => join('met', slug(tenant), service, id);

/** `ser.<tenant>.<service>.<id>.<hour|day>`: what an hour or a day of samples comes to, in the stream `<SERVICE>_SERIES`. Internal. */
export const seriesSubject = (tenant: string, service: string, id: string, length: 'hour' | 'day'): string => join('ser', slug(tenant), service, id, length);

/** `mark.<tenant>.<service>.<kind>.<key>`: claims a unique value. `key` is base32 of an HMAC of the normalised value. */
export const markerSubject = (tenant: string, service: string, kind: string, key: string): string => join('mark', slug(tenant), service, kind, key);

/** `tmr.<tenant>.<service>.<name>.<id>` in the stream `<SERVICE>_TIMERS`. */
export const timerSubject = (tenant: string, service: string, name: string, id: string): string => join('tmr', slug(tenant), service, name, id);

/** `blob.<service>.<id>.<n>`: a piece of an input that is too large for a message, in the stream `BLOBS`. */
export const blobSubject = (service: string, id: string, piece: number): string => join('blob', service, id, String(piece));

/** `key.<service>.unwrap`: only the service's own NATS user may publish it, only auth listens. `renew` is auth's word that a tenant's keys changed; only the service listens. */
export const keySubject = (service: string, verb: 'unwrap' | 'renew'): string => join('key', service, verb);

/** A bucket key, `<tenant>.<view>.<id>`; an id may have several tokens (`<person>.<session>`). */
export const viewKey = (tenant: string, view: string, ...id: string[]): string => join(slug(tenant), view, ...id);

export const parseViewKey = (key: string): { readonly tenant: string; readonly view: string; readonly id: string } | undefined => {
  const [tenant, view, ...id] = key.split('.');
  return tenant && view && id.length > 0 && !tenant.startsWith('_') ? { tenant, view, id: id.join('.') } : undefined;
};

/** The stream of a service's events: its name in upper case. */
export const streamName = (service: string): string => token(service).toUpperCase().replaceAll('-', '_');
/** What a service's stream holds: its events and its markers. */
export const streamSubjects = (service: string): [string, string] => [`evt.*.${token(service)}.>`, `mark.*.${token(service)}.>`];
