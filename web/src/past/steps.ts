/** The next and the previous change from a moment, read from the streams with the rights of who looks. */
import type { Client, StreamItem } from '@xanthus/client';
import { streamName } from '@xanthus/proto';
import { momentOf } from './past-time.js';

export interface Source { readonly stream: string; readonly filter: string }

/** What may be read of the services whose views are shown. */
export const sourcesOf = (client: Pick<Client, 'can'>, tenant: string, services: readonly string[]): readonly Source[] =>
  [...new Set(services)].map(service => ({ stream: streamName(service), filter: `evt.${tenant}.${service}.>` })).filter(s => client.can({ what: 'stream', ...s }));

/** Reads a source from a time on until `take` has enough or it is at its end. */
const read = async (client: Pick<Client, 'stream'>, { stream, filter }: Source, from: number, take: (item: StreamItem) => boolean): Promise<void> => {
  const subscription = client.stream(stream, { filter, from: { time: new Date(from).toISOString() }, credit: 64 });
  // At its end nothing more comes: what is live is newer than all that was there.
  const stop = subscription.state.subscribe(state => { if (state === 'live' || state === 'ended') queueMicrotask(() => subscription.close()); });
  if (subscription.state.get() === 'live') queueMicrotask(() => subscription.close());
  try {
    for await (const item of subscription) if (!take(item)) break;
  } finally {
    stop();
    subscription.close();
  }
};

const nextOf = async (client: Pick<Client, 'stream'>, source: Source, moment: number): Promise<number | undefined> => {
  let found: number | undefined;
  await read(client, source, moment, item => {
    const time = momentOf(item.time);
    if (time <= moment) return true;
    found = time;
    return false;
  });
  return found;
};

/** Ever wider windows before the moment, until one has something: what lies in it is little. */
const previousOf = async (client: Pick<Client, 'stream'>, source: Source, moment: number, first: number): Promise<number | undefined> => {
  let end = moment;
  for (let width = 10_000; end > first; width *= 8) {
    const start = Math.max(first - 1, moment - width);
    const before = end;
    let found: number | undefined;
    await read(client, source, start, item => {
      const time = momentOf(item.time);
      if (time >= before) return false;
      if (time > start) found = time;
      return true;
    });
    if (found !== undefined) return found;
    end = start + 1;
  }
  return undefined;
};

/** The moment of the next change; undefined: there is none. @throws XanthusError a right was withdrawn, the connection is gone */
export const nextChange = async (client: Pick<Client, 'stream'>, sources: readonly Source[], moment: number): Promise<number | undefined> => {
  const found = (await Promise.all(sources.map(s => nextOf(client, s, moment)))).filter(n => n !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
};
/** The moment of the change before. @param first before it there is nothing */
export const previousChange = async (client: Pick<Client, 'stream'>, sources: readonly Source[], moment: number, first: number): Promise<number | undefined> => {
  const found = (await Promise.all(sources.map(s => previousOf(client, s, moment, first)))).filter(n => n !== undefined);
  return found.length === 0 ? undefined : Math.max(...found);
};
