import { Refusal } from '@xanthus/kernel';
import { watchViewBucket } from '@xanthus/jetstream';
import { pause, untilAborted } from '@xanthus/processes';
import { signalSubject, type DataOf, type ViewValue } from '@xanthus/proto';
import { LOG_SOURCES, type logSignal } from '@xanthus/proto/vps';
import { clean } from '../remote/remote-text.js';
import type { VpsContext } from '../vps.context.js';
import { FOLLOWS, type Lease } from './follow-logs.js';
import { connectionTo } from './host.js';
import { createLineBudget } from './line-budget.js';
import { createLineCutter } from './log-text.js';
import { journalctl, type LogSource } from './logs.js';

/** Ten messages a second, 48 KiB each; as much as four of them may wait. */
const TICK = 100;
const BUDGET = { bytes: 48 * 1024, lines: 500, waiting: 4 };

interface Followed { readonly tenant: string; readonly server: string; readonly source: LogSource; readonly leases: Map<string, NodeJS.Timeout>; readonly stop: AbortController; readonly done: Promise<void> }
type Said = DataOf<typeof logSignal>;

const isSource = (text: string): text is LogSource => LOG_SOURCES.some(s => s === text);

/** Reads every log that somebody follows, once, and tells its lines as signals, until the signal. Run it in one copy only. */
export const runFollows = async (vps: VpsContext, signal: AbortSignal): Promise<void> => {
  const followed = new Map<string, Followed>();

  const forget = (key: string): void => void vps.views.putSample(key, undefined).catch((error: unknown) => vps.log.debug({ err: error }, 'a lease could not be removed'));
  const endLease = (log: string, follower: string): void => {
    const entry = followed.get(log);
    clearTimeout(entry?.leases.get(follower));
    entry?.leases.delete(follower);
    if (!entry || entry.leases.size > 0) return;
    followed.delete(log);
    entry.stop.abort();
  };
  const begin = (log: string, tenant: string, server: string, source: LogSource): Followed => {
    const stop = new AbortController();
    const done = followLog(vps, { tenant, server, source }, AbortSignal.any([signal, stop.signal])).then(() => {
      // It ended by itself: whoever still follows was told, and asks again if they want.
      const entry = followed.get(log);
      if (entry?.stop !== stop) return undefined;
      for (const follower of entry.leases.keys()) forget(`${log}.${follower}`);
      return undefined;
    });
    const entry: Followed = { tenant, server, source, leases: new Map(), stop, done };
    followed.set(log, entry);
    return entry;
  };

  const watch = await watchViewBucket(vps.nc, 'vps', {
    filters: [`${FOLLOWS}.>`],
    onEntry: ({ key, kind, value }) => {
      const [, tenant = '', server = '', source = '', follower = ''] = key.split('.');
      const log = key.slice(0, key.lastIndexOf('.'));
      if (!isSource(source)) return;
      if (kind !== 'put') return endLease(log, follower);
      const left = (value as ViewValue<Lease>).data.until - Date.now();
      if (left <= 0 || vps.forgotten.has(tenant)) return forget(key);
      const entry = followed.get(log) ?? begin(log, tenant, server, source);
      clearTimeout(entry.leases.get(follower));
      entry.leases.set(follower, setTimeout(() => forget(key), left));
    },
    onReset: () => { for (const [log, { leases }] of followed) for (const follower of leases.keys()) endLease(log, follower); },
    onSync: () => undefined,
  });
  await untilAborted(signal);
  await watch.stop();
  for (const { leases } of followed.values()) for (const timer of leases.values()) clearTimeout(timer);
  await Promise.all([...followed.values()].map(f => f.done));
};

/** One log over the server's one connection, until the signal or its end, which is told. */
const followLog = async (vps: VpsContext, { tenant, server, source }: Pick<Followed, 'tenant' | 'server' | 'source'>, signal: AbortSignal): Promise<void> => {
  const subject = signalSubject({ tenant, service: 'vps', aggregate: 'server', id: server }, 'log');
  const say = (said: Said): void => vps.nc.publish(subject, JSON.stringify(said));
  const budget = createLineBudget(BUDGET);
  const over = new AbortController();
  const telling = (async () => {
    while (!signal.aborted && !(over.signal.aborted && budget.empty())) {
      const batch = budget.take();
      if (batch) say({ source, lines: [...batch.lines], dropped: batch.dropped });
      await pause(TICK, signal);
    }
  })();
  const cutter = createLineCutter();
  let ended: Said['ended'];
  try {
    const connection = await connectionTo(vps, { tenant, id: server, signal });
    const { code, stderr } = await connection.follow(journalctl(source, '--follow', '--lines=0'), { signal, onData: chunk => budget.push(cutter.push(chunk)) });
    budget.push(cutter.end());
    ended = { code: 'SERVER.LOG_ENDED', message: `journalctl ended${code === null ? '' : ` with status ${code}`}${clean(stderr, 200) === '' ? '.' : `: ${clean(stderr, 200)}`}` };
  } catch (error) {
    if (!(error instanceof Refusal)) vps.log.warn({ err: error, server }, 'a log could not be followed');
    ended = error instanceof Refusal ? { code: error.code, message: error.message } : { code: 'SERVER.LOG_ENDED', message: 'It could not be followed any more. Try again.' };
  }
  over.abort();
  await telling;
  if (!signal.aborted) say({ source, lines: [], dropped: 0, ended });
};
