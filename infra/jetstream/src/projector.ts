import type { NatsConnection } from '@nats-io/transport-node';
import { streamName, type ViewValue } from '@xanthus/proto';
import { slotBucket, type ViewSlot } from './declarations.js';
import { Fold, frozenOfParkedKey } from './fold.js';
import { follow } from './follow.js';
import { kvGet, kvSubject, kvWrite } from './kv.js';
import { listValues } from './list-values.js';
import { pause, startLocked } from './locked.js';
import type { Projector, ProjectorOptions, Stoppable } from './types.js';
import { openSlot, otherSlot, PARKED_PREFIX, POSITION_HEADER, POSITION_KEY, readPointer, sameVersions, versionsOf, writePointer, type OpenSlot, type Position, type Versions, type ViewPointer } from './view-slot.js';
import { MAX_BATCH, publish, publishAll, readByLeader, type Write } from './wire.js';

/** Keys per commit of a live view. One event adds at most 200 and the parked ones, so this leaves room below the server's 1,000: it is one atomic batch. */
const COMMIT_AT = 500;
const HEARTBEAT = 2_000;
/** An atomic batch costs the server a millisecond, however small. When one held so many keys, more are on their way: they get so many ms to fill the next. */
const BUSY = 10;
const FILL = 10;
/** A view that nobody reads yet is written seldom, for the same keys change again and again: at so many keys or characters, or after so many ms. */
const BUILD_KEYS = 50_000;
const BUILD_CHARACTERS = 64_000_000;
const BUILD_INTERVAL = 10_000;

/**
 * Folds the service's stream into its view. One copy folds, the others wait for the lock; values and position go in one atomic batch that expects the
 * position before it (a single value may go alone, see `POSITION_HEADER`), so even a copy that wrongly believes it holds the lock changes nothing. Projections of another version than the live view's are
 * built in the other slot and swapped in when they have caught up.
 */
export const startProjector = async (nc: NatsConnection, options: ProjectorOptions): Promise<Projector> => {
  const { service, log } = options;
  const versions = versionsOf(options.projections);
  const filter = `evt.*.${service}.>`;
  const stream = streamName(service);
  const { slot, isLive } = await chooseSlot(nc, service, versions);
  /** Once our versions were live, only another version can have replaced them: a copy that is left over from before does not swap back. */
  let wasLive = isLive;
  const head = (await readByLeader(nc, stream, { last_by_subj: filter }))?.seq ?? 0;
  const stopping = new AbortController();
  let position = 0;
  let active = false;
  let becomeReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });

  const locked = await startLocked(nc, {
    service, name: `projector-${slot}`, log,
    async run(signal) {
      active = true;
      try {
        await foldSlot(nc, {
          ...options, versions, slot, stream, filter, signal, moved: (seq) => (position = seq), 
          async caughtUp(open) {
            if (await goLive(nc, service, { slot, versions, epoch: open.position.epoch, since: new Date().toISOString() }, wasLive)) {
              wasLive = true;
              becomeReady();
              log.info({ service, slot }, 'view is caught up');
            } else log.warn({ service, slot, versions }, 'this version of the view was replaced by another; stop this copy');
          },
        });
      } finally {
        active = false;
      }
    },
  });

  /** What another copy has done: its position in our slot, and whether our view is the live one. */
  const observe = async (): Promise<void> => {
    for (let waiting = true; !stopping.signal.aborted; await pause(waiting ? 200 : HEARTBEAT, stopping.signal)) {
      if (active) continue;
      try {
        const [found, pointer] = await Promise.all([kvGet<Position>(nc, slotBucket(service, slot), POSITION_KEY), readPointer(nc, service)]);
        if (active || !found?.value || !sameVersions(found.value.versions, versions)) continue;
        position = found.value.seq;
        if (position < head || pointer?.value?.slot !== slot) continue;
        waiting = false;
        becomeReady();
      } catch (error) {
        log.debug({ service, error: String(error) }, 'view position cannot be read');
      }
    }
  };
  const observing = observe();

  return {
    ready,
    position: () => position,
    active: () => active,
    lag: async () => Math.max(0, ((await readByLeader(nc, stream, { last_by_subj: filter }))?.seq ?? 0) - position),
    async stop() {
      stopping.abort();
      await Promise.all([locked.stop(), observing]);
    },
  };
};

/** The live slot if it holds our versions, else the other one, to be built. A service that never ran starts in the first. */
const chooseSlot = async (nc: NatsConnection, service: string, versions: Versions): Promise<{ slot: ViewSlot; isLive: boolean }> => {
  const pointer = (await readPointer(nc, service))?.value;
  if (!pointer) return { slot: 'a', isLive: false };
  const isLive = sameVersions(pointer.versions, versions);
  return { slot: isLive ? pointer.slot : otherSlot(pointer.slot), isLive };
};

/** Points readers to a slot that has caught up, if they are not there already; false if a newer version is live. */
const goLive = async (nc: NatsConnection, service: string, mine: ViewPointer, wasLive: boolean): Promise<boolean> => {
  const found = await readPointer(nc, service);
  const pointer = found?.value;
  if (pointer && sameVersions(pointer.versions, mine.versions) && pointer.slot === mine.slot && pointer.epoch === mine.epoch) return true;
  if (pointer && wasLive && !sameVersions(pointer.versions, mine.versions)) return false;
  await writePointer(nc, service, mine, found?.revision ?? 0);
  return true;
};

interface FoldSlotOptions extends ProjectorOptions {
  readonly versions: Versions;
  readonly slot: ViewSlot;
  readonly stream: string;
  readonly filter: string;
  readonly signal: AbortSignal;
  moved(seq: number): void;
  /** The slot holds all that the stream held. */
  caughtUp(open: OpenSlot): Promise<void>;
}

/** Runs while this copy holds the lock; throws to be started again from what is stored. */
const foldSlot = async (nc: NatsConnection, o: FoldSlotOptions): Promise<void> => {
  const { service, slot, signal } = o;
  const open = await openSlot(nc, service, slot, o.versions);
  o.moved(open.position.seq);
  if (open.fresh) o.log.info({ service, slot, versions: o.versions }, 'building the view from the first event');
  const fold = new Fold(
    {
      stream: o.stream, projections: o.projections, schemas: o.schemas, fresh: open.fresh,
      read: async (key) => (await kvGet<ViewValue>(nc, open.bucket, key))?.value,
      onParked: (parked) => {
        const alarm = { kind: 'parked', service, consumer: parked.projection, aggregate: parked.aggregate, seq: parked.seq, error: parked.error } as const;
        o.log.error(alarm, 'event parked: this aggregate is no longer folded into this view');
        o.onAlarm?.(alarm);
      },
    },
    open.fresh ? [] : await frozenIn(nc, open.bucket, service),
  );
  let seq = open.position.seq;
  let isPending = false;
  let written = Date.now();
  let building = open.fresh || (await readPointer(nc, service))?.value?.epoch !== open.position.epoch;

  const publishAlone = (value: Write): Promise<number> =>
    publish(nc, { ...value, headers: { ...value.headers, [POSITION_HEADER]: String(seq) }, expected: open.revision, expectedOn: kvSubject(open.bucket, POSITION_KEY) });

  /** Live: one batch, or one value and then the position. Building: as many batches as it takes, each of them fenced by the position. Answers how many keys. */
  const commitNow = async (): Promise<number> => {
    const values = fold.take().map(({ key, text }): Write => (text === undefined ? kvWrite(open.bucket, key, undefined) : { subject: kvSubject(open.bucket, key), body: text }));
    const keys = values.length;
    if (!building && keys >= MAX_BATCH) throw new RangeError(`${keys} keys in one commit`);
    if (!building && keys === 1) await publishAlone(values.pop() as Write);
    for (let at = 0; at === 0 || at < values.length; at += MAX_BATCH - 1) {
      const isLast = at + MAX_BATCH - 1 >= values.length;
      const time = new Date().toISOString();
      const position: Position = isLast ? { ...open.position, seq, time } : { ...open.position, time, building: true };
      open.revision = await publishAll(nc, [...values.slice(at, at + MAX_BATCH - 1), kvWrite(open.bucket, POSITION_KEY, position, open.revision)]);
      if (isLast) open.position = position;
    }
    fold.stored();
    isPending = false;
    written = Date.now();
    o.moved(seq);
    return keys;
  };

  let end: (error?: unknown) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  // The failure may come before anybody waits for it.
  ended.catch(() => undefined);
  const stop = (): void => end();
  if (signal.aborted) return;
  signal.addEventListener('abort', stop);

  let work = Promise.resolve();
  /** Commits, heartbeats and events one after the other; none after the end. */
  const inTurn = (job: () => Promise<void>): Promise<void> => (work = work.then(() => (signal.aborted ? undefined : job())));
  const isDue = (): boolean => Date.now() - written >= (building ? BUILD_INTERVAL : HEARTBEAT - 100);
  const isFull = (): boolean => (building ? fold.size >= BUILD_KEYS || fold.characters >= BUILD_CHARACTERS : fold.size >= COMMIT_AT);
  const heartbeat = setInterval(() => {
    if (isDue()) inTurn(async () => (isDue() ? void (await commitNow()) : undefined)).catch(end);
  }, HEARTBEAT / 4);
  let follower: Stoppable | undefined;
  try {
    follower = await follow(nc, {
      stream: o.stream, filters: [o.filter], from: seq + 1,
      onMessage: (message, buffered) =>
        inTurn(async () => {
          await fold.apply({ subject: message.subject, seq: message.seq, time: message.time.toISOString(), data: message.data });
          seq = message.seq;
          isPending = true;
          if (isFull()) await commitNow();
          else if (buffered === 0 && !building && (await commitNow()) >= BUSY) await pause(FILL, signal);
        }),
      onCaughtUp: () =>
        inTurn(async () => {
          if (isPending) await commitNow();
          await o.caughtUp(open);
          building = false;
        }),
      onReset: () => {
        throw new Error('the stream was made anew');
      },
      onError: end,
    });
    await ended;
  } finally {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', stop);
    await follower?.stop();
  }
};

const frozenIn = async (nc: NatsConnection, bucket: string, service: string): Promise<string[]> =>
  (await listValues(nc, bucket, `${PARKED_PREFIX}>`)).map(({ key }) => frozenOfParkedKey(key, service)).filter((frozen) => frozen !== undefined);
