import { isPattern, type SubscribeReply } from '@xanthus/proto';
import type { Subscription } from '../connection/connection.js';
import { problemOf, refuse } from '../protocol/problem.js';
import { authorize, limit, type GatewayContext, type LiveConnection } from './context.js';

type Place = Omit<Subscription, 'key' | 'end'>;
/** What a subscription has while it is being made, until it is filled. */
type Slot = { -readonly [K in keyof Subscription]: Subscription[K] };

const keyOf = (target: string, filter?: string, durable?: string): string => `${target} ${filter ?? ''}${durable === undefined ? '' : ` ${durable}`}`;

/** Checks the right and takes a place, at once: a second frame meanwhile finds it taken, a withdrawn right finds it to end. */
export const reserve = (context: GatewayContext, connection: LiveConnection, place: Place): Slot => {
  const key = keyOf(place.target, place.filter, place.durable);
  authorize(context, connection.principal, place.request);
  if (connection.subscriptions.has(key)) refuse('ALREADY_SUBSCRIBED');
  if (connection.subscriptions.size >= context.hub.limits.subscriptions) limit(context, 'TOO_MANY_SUBSCRIPTIONS', { limit: 'subscriptions', max: context.hub.limits.subscriptions });
  const slot: Slot = { ...place, key, end: () => {} };
  connection.subscriptions.set(key, slot);
  return slot;
};

export const checkPattern = (pattern: string): string => (isPattern(pattern) ? pattern : refuse('BAD_FRAME', `${JSON.stringify(pattern)} is not a subject or pattern.`));

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
