/** Events of one course of things, read from the streams with the rights of who looks. */
import type { Client } from '@xanthus/client';
import { streamName, type QueryContract } from '@xanthus/proto';
import { UNDO } from '@xanthus/proto/undo';
import { mayAsk } from '../app/nav.js';
import type { LoggedEvent } from './graph.js';
import { toLogged } from './logged.js';

/** Every service has a row in that table. */
const SERVICE_STREAMS = Object.keys(UNDO).map(service => ({ service, stream: streamName(service) }));

interface Range { readonly stream: string; readonly from_seq: number; readonly to_seq: number | null }
const find = { kind: 'query', service: 'audit', question: 'find', on: 'all', deadline: 10_000 } as unknown as QueryContract;

/** Without an index: so much before and after the event that is asked about, ms. A set-up takes minutes. */
const BEFORE = 15 * 60_000;
const AFTER = 60 * 60_000;
/** Events of one course, at most. */
const MOST = 2_000;

const wanted = async (client: Client, correlation: string, moment: number): Promise<readonly (Range | { readonly stream: string; readonly time: string; readonly until: number })[]> => {
  if (client.can(mayAsk(client.tenant, { service: 'audit', question: 'find' }))) {
    const { ranges } = await client.query(find, { correlation, limit: 200 }) as { readonly ranges: readonly Range[] };
    if (ranges.length > 0) return ranges;
  }
  return SERVICE_STREAMS.map(({ stream }) => ({ stream, time: new Date(moment - BEFORE).toISOString(), until: moment + AFTER }));
};

/** All events of a correlation that may be read. `moment`: when one of them happened, ms. @throws XanthusError */
export const readCourse = async (client: Client, correlation: string, moment: number): Promise<readonly LoggedEvent[]> => {
  const found: LoggedEvent[] = [];
  await Promise.all((await wanted(client, correlation, moment)).map(async range => {
    const service = SERVICE_STREAMS.find(s => s.stream === range.stream)?.service;
    const filter = `evt.${client.tenant}.${service ?? ''}.>`;
    if (!service || !client.can({ what: 'stream', stream: range.stream, filter })) return;
    const subscription = client.stream(range.stream, { filter, from: 'from_seq' in range ? range.from_seq : { time: range.time } });
    const close = (): void => subscription.close();
    // What is live is newer than all that was there.
    const stop = subscription.state.subscribe(state => { if (state === 'live') queueMicrotask(close); });
    if (subscription.state.get() === 'live') queueMicrotask(close);
    try {
      for await (const item of subscription) {
        if ('from_seq' in range ? range.to_seq !== null && item.seq > range.to_seq : Date.parse(item.time) > range.until) break;
        const event = toLogged(range.stream, item);
        if (event?.correlation_id === correlation && found.push(event) >= MOST) break;
      }
    } finally {
      stop();
      close();
    }
  }));
  return found;
};
