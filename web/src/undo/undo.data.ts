/** What an undo needs to know, and what it sends. */
import type { Client } from '@xanthus/client';
import { streamName, type CommandContract } from '@xanthus/proto';
import type { Fields, Sending, UndoCommand, UndoneEvent } from '@xanthus/proto/undo';
import { toLogged } from '../causes/logged.js';
import type { LoggedEvent } from '../causes/graph.js';
import { ApiError } from '../lib/problem.js';
import type { Thing } from '../lib/thing-link.js';
import { useClient, useFeed } from '../live/live-context.js';
import { viewAt } from '../past/past.data.js';
import { t } from '../texts/text.js';

/** Shown at once; older ones are read on demand. */
const KEPT = 50;
/** What happened to a thing, live, from its newest events on. */
export const useThingEvents = ({ service, aggregate, id }: Thing): { readonly stream: string; readonly feed: ReturnType<typeof useFeed> } => {
  const stream = streamName(service);
  return { stream, feed: useFeed({ stream, filter: `evt.${useClient().tenant}.${service}.${aggregate}.${id}`, from: 0, keep: KEPT }) };
};

/** The event itself, where only its place in the log is known. @throws XanthusError no right to read it */
export const readEvent = async (client: Client, event: LoggedEvent): Promise<LoggedEvent> => {
  if (event.data) return event;
  const { service, name, id } = event.aggregate;
  const subscription = client.stream(event.stream, { filter: `evt.${event.tenant}.${service}.${name}.${id}`, from: event.seq, credit: 1 });
  try {
    for await (const item of subscription) {
      const found = item.seq === event.seq ? toLogged(event.stream, item) : undefined;
      if (found) return found;
      break;
    }
  } finally {
    subscription.close();
  }
  throw new ApiError('NOT_FOUND', t('This event is no longer in the log.'), 0, false);
};

/** As the table of undos takes it. */
export const undoneOf = ({ type, aggregate, data }: LoggedEvent): UndoneEvent => ({ type, aggregate, data: data ?? {} });

export const rowOf = (undo: UndoCommand, event: LoggedEvent): { readonly tenant: string; readonly service: string; readonly view: string; readonly id: string } | undefined =>
  undo.row && { tenant: event.tenant, service: event.aggregate.service, view: undo.row.view, id: undo.row.id?.(undoneOf(event)) ?? event.aggregate.id };

/** The row before the event and right after it. @throws XanthusError */
export const readPictures = async (client: Client, undo: UndoCommand, event: LoggedEvent): Promise<{ readonly before: Fields | undefined; readonly after: Fields | undefined }> => {
  const row = rowOf(undo, event);
  if (!row) return { before: undefined, after: undefined };
  const read = async (seq: number): Promise<Fields | undefined> => (await viewAt(client, row, { seq, limit: 1 })).items[0]?.data as Fields | undefined;
  const [before, after] = await Promise.all([read(event.seq - 1), read(event.seq)]);
  return { before, after };
};

/** Longest time to an answer of any command, ms. */
const DEADLINE = 30_000;
const contractOf = (undo: UndoCommand, event: LoggedEvent, sending: Sending) =>
  ({ kind: 'command', service: event.aggregate.service, aggregate: undo.aggregate, verb: sending.verb, on: sending.id === 'new' ? 'new' : 'id', deadline: DEADLINE }) as const;

/** The right to it, as `maySend` takes it. */
export const rightOf = (undo: UndoCommand, event: LoggedEvent, verb: string): { readonly service: string; readonly aggregate: string; readonly verb: string; readonly on: string } =>
  ({ service: event.aggregate.service, aggregate: undo.aggregate, verb, on: 'id' });

/** The last event of what an undo is about, live. `ready` without one: whoever looks may not follow it. */
export const useHead = (event: LoggedEvent): { readonly ready: boolean; readonly seq?: number | undefined; /** When it was stored, ms. */ readonly at: number } => {
  const { service, name, id } = event.aggregate;
  const { live_after, items, problem } = useFeed({ stream: event.stream, filter: `evt.${event.tenant}.${service}.${name}.${id}`, from: event.seq, keep: 1 });
  return { ready: live_after !== undefined || problem !== undefined, seq: live_after === undefined ? undefined : items.at(-1)?.seq, at: Date.parse(items.at(-1)?.time ?? '') };
};

/**
 * With the person's own rights, as if they had done it by hand. `seen`: the last event of the thing when the plan was shown; where it is the
 * same thing, it is refused if anything happened since. @throws XanthusError COMMAND.CHANGED
 */
export const takeBack = async (client: Client, undo: UndoCommand, event: LoggedEvent, sending: Sending, seen: number | undefined): Promise<void> => {
  const same = undo.aggregate === event.aggregate.name && (sending.id ?? event.aggregate.id) === event.aggregate.id;
  await client.command(contractOf(undo, event, sending) as unknown as CommandContract, sending.input, { tenant: event.tenant, ...(sending.id === 'new' ? {} : { id: sending.id ?? event.aggregate.id }), ...(same && seen !== undefined ? { expectedSeq: seen } : {}) });
};
