/** Reads a tenant's events out of the stream of a service, exactly as far as asked. */
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal, UncertainError } from '@xanthus/kernel';
import { streamName } from '@xanthus/proto';
import { streamInfo } from './follow.js';
import { epochOf } from './provision.js';
import type { Moment, PastLog, PastMessage } from './view-at.types.js';
import { isoOfNanos, nanosOf } from './view-at-time.js';
import { api, readByLeader, readPage } from './wire.js';

const PAGE = 2_000;
const PAGE_BYTES = 4_000_000;
/** How long a replica that lags is waited for, and how often it is asked. */
const PATIENCE = 8_000;
const AGAIN = 50;
/** A clock that goes this much before ours is no question about the future. */
const TOLERANCE = 5_000_000_000n;

/** Of `STREAM.INFO` with a filter: a page of subjects, how many messages each has. */
interface Subjects { readonly state: { readonly subjects?: Readonly<Record<string, number>> }; readonly total?: number }

const inFuture = (what: string): Refusal => new Refusal('PAST.IN_FUTURE', `${what} is in the future: nothing is known of it. Ask for a moment that has been.`);
const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, AGAIN));

export const pastLog = (nc: NatsConnection, service: string, now: () => number = Date.now): PastLog => {
  const stream = streamName(service);

  /** The first message behind a moment; undefined: there is none, by the leader's word (`last`). */
  const behind = async (filter: string, moment: Moment, last: { readonly seq: number; readonly time: string } | undefined): Promise<number | undefined> => {
    if (last === undefined) return undefined;
    if ('seq' in moment) return moment.seq >= last.seq ? undefined : (await readByLeader(nc, stream, { seq: moment.seq + 1, next_by_subj: filter }))?.seq;
    const nanos = nanosOf(moment.time);
    if (nanosOf(last.time) <= nanos) return undefined;
    for (const started = Date.now(); Date.now() - started < PATIENCE; await pause()) {
      const { messages: [found] } = await readPage(nc, stream, { start_time: isoOfNanos(nanos + 1n), next_by_subj: filter, batch: 1 });
      if (found !== undefined) return found.seq;
    }
    throw new UncertainError(`${stream}: a replica lags behind its leader`);
  };

  return {
    epoch: async () => epochOf(await streamInfo(nc, stream)),

    async bound(filters, moment) {
      if ('time' in moment && nanosOf(moment.time) > BigInt(now()) * 1_000_000n + TOLERANCE) throw inFuture(moment.time);
      const lasts = await Promise.all(filters.map(filter => readByLeader(nc, stream, { last_by_subj: filter })));
      const known = lasts.map(last => last?.seq ?? 0);
      const newest = Math.max(0, ...known);
      if ('seq' in moment && moment.seq > newest && moment.seq > (await streamInfo(nc, stream)).state.last_seq) throw inFuture(`Sequence ${moment.seq}`);
      const found = (await Promise.all(filters.map((filter, i) => behind(filter, moment, lasts[i])))).filter(seq => seq !== undefined);
      return { upTo: found.length === 0 ? newest : Math.min(...found) - 1, known };
    },

    async left(filters, after) {
      const counts = await Promise.all(filters.map(filter => readPage(nc, stream, { seq: after + 1, next_by_subj: filter, batch: 1 })));
      return counts.reduce((sum, { messages, pending }) => sum + messages.length + pending, 0);
    },

    async tenants() {
      const found = new Map<string, number>();
      for (let offset = 0; ;) {
        const { state: { subjects = {} }, total } = await api<Subjects>(nc, `STREAM.INFO.${stream}`, { subjects_filter: `evt.*.${service}.>`, offset });
        const page = Object.entries(subjects);
        for (const [subject, count] of page) {
          const [, tenant = ''] = subject.split('.', 2);
          found.set(tenant, (found.get(tenant) ?? 0) + count);
        }
        offset += page.length;
        if (page.length === 0 || offset >= (total ?? 0)) return found;
      }
    },

    async *read([main, ...others], after, bound) {
      if (main === undefined) return;
      // Few messages of few subjects: all of them first, then each in its place.
      const extras = (await Promise.all(others.map(async (filter, i) => {
        const all: PastMessage[] = [];
        for await (const page of readOne(nc, stream, filter, after, bound.upTo, bound.known[i + 1] ?? 0)) all.push(...page);
        return all;
      }))).flat().sort((a, b) => a.seq - b.seq);
      for await (const page of readOne(nc, stream, main, after, bound.upTo, bound.known[0] ?? 0)) {
        const last = page.at(-1)?.seq ?? 0;
        const before = extras.splice(0, extras.findLastIndex(m => m.seq < last) + 1);
        yield before.length === 0 ? page : [...before, ...page].sort((a, b) => a.seq - b.seq);
      }
      if (extras.length > 0) yield extras;
    },
  };
};

/** While a page is folded, the next one is on its way. */
async function* readOne(nc: NatsConnection, stream: string, filter: string, after: number, upTo: number, known: number): AsyncGenerator<readonly PastMessage[]> {
  const ask = (from: number) => readPage(nc, stream, { seq: from, next_by_subj: filter, batch: PAGE, max_bytes: PAGE_BYTES });
  const wanted = Math.min(upTo, known);
  let [last, since] = [after, Date.now()];
  if (last >= wanted) return;
  for (let next = ask(last + 1); ;) {
    const { messages, pending } = await next;
    const end = messages.at(-1)?.seq ?? last;
    const done = end >= wanted;
    if (!done && pending === 0) {
      // The replica that answered has less than its leader.
      if (Date.now() - since > PATIENCE) throw new UncertainError(`${stream}: a replica lags behind its leader`);
      await pause();
    } else since = Date.now();
    if (!done) {
      next = ask(end + 1);
      // Its failure may come before it is waited for.
      next.catch(() => undefined);
    }
    const page = end > upTo ? messages.filter(m => m.seq <= upTo) : messages;
    if (page.length > 0) yield page;
    last = end;
    if (done) return;
  }
}

