import { isPattern, type SubscribeReply } from '@xanthus/proto';
import type { Subscription } from '../connection/connection.js';
import { problemOf, refuse } from '../protocol/problem.js';
import { sharedText } from './shared-text.js';
import { authorize, limit, type GatewayContext, type LiveConnection } from './context.js';

type Place = Pick<Subscription, 'target' | 'filter' | 'durable' | 'request'>;
/** What a subscription does once it is open. */
export type Held = Omit<Subscription, 'key' | keyof Place>;

/** The place of a subscription: taken at once, filled when it is open. No closures: there are tens of thousands. */
class Slot implements Subscription {
  readonly key: string;
  readonly target: string;
  readonly request: Subscription['request'];
  declare readonly filter?: string;
  declare readonly durable?: string;
  held: Held | undefined;

  constructor({ target, filter, durable, request }: Place) {
    this.key = keyOf(target, filter, durable);
    this.target = sharedText(target);
    this.request = request;
    if (filter !== undefined) this.filter = filter;
    if (durable !== undefined) this.durable = durable;
  }

  get grant(): Held['grant'] {
    return this.held?.grant?.bind(this.held);
  }
  get acknowledge(): Held['acknowledge'] {
    return this.held?.acknowledge?.bind(this.held);
  }
  lag(): number {
    return this.held?.lag?.() ?? 0;
  }
  position(): ReturnType<NonNullable<Held['position']>> {
    return this.held?.position?.();
  }
  end(): void {
    this.held?.end();
  }
}

const keyOf = (target: string, filter?: string, durable?: string): string => sharedText(`${target} ${filter ?? ''}${durable === undefined ? '' : ` ${durable}`}`);

/** Checks the right and takes a place, at once: a second frame meanwhile finds it taken, a withdrawn right finds it to end. */
export const reserve = (context: GatewayContext, connection: LiveConnection, place: Place): Slot => {
  authorize(context, connection.principal, place.request);
  const slot = new Slot(place);
  if (connection.subscriptions.has(slot.key)) refuse('ALREADY_SUBSCRIBED');
  if (connection.subscriptions.size >= context.hub.limits.subscriptions) limit(context, 'TOO_MANY_SUBSCRIPTIONS', { limit: 'subscriptions', max: context.hub.limits.subscriptions });
  connection.subscriptions.set(slot.key, slot);
  return slot;
};

export const checkPattern = (pattern: string): string => (isPattern(pattern) ? sharedText(pattern) : refuse('BAD_FRAME', `${JSON.stringify(pattern)} is not a subject or pattern.`));

/** Fills a reserved place; frees it when that fails. If the place was lost while `open` waited (unsub, right withdrawn) the answer is `ended`. */
export const settle = async <T>(connection: LiveConnection, slot: Slot, at: { inbox?: string | undefined; target: string }, open: () => Promise<T>, fill: (opened: T) => void): Promise<void> => {
  try {
    const opened = await open();
    if (connection.subscriptions.get(slot.key) === slot) fill(opened);
    else if (connection.open) reply(connection, at, { status: 'ended' });
  } catch (error) {
    if (connection.subscriptions.get(slot.key) !== slot) return;
    connection.subscriptions.delete(slot.key);
    connection.refuse(problemOf(error), at);
    if (problemOf(error).code === 'INTERNAL') throw error;
  }
};

export const reply = (connection: LiveConnection, frame: { inbox?: string | undefined; target: string }, data: SubscribeReply): void => {
  connection.send({ op: 'reply', target: frame.target, ...(frame.inbox === undefined ? {} : { inbox: frame.inbox }), data });
  if (data.status !== 'live' && data.status !== 'ended') connection.began(data.status, data.status === 'reset' ? data.reason : undefined);
};

/** Without a filter: the one for everything, or the only one of that target. */
export const find = (connection: LiveConnection, target: string, filter: string | undefined, durable?: string): Subscription | undefined => {
  const { subscriptions } = connection;
  if (durable !== undefined) return [...subscriptions.values()].find(s => s.target === target && s.durable === durable && (filter === undefined || s.filter === filter));
  const exact = subscriptions.get(keyOf(target, filter)) ?? (filter === undefined ? subscriptions.get(keyOf(target, '>')) : undefined);
  if (exact !== undefined || filter !== undefined) return exact;
  const all = [...subscriptions.values()].filter(s => s.target === target);
  return all.length === 1 ? all[0] : undefined;
};
