/** Records a session: everything that its shell writes, and on demand what is typed, in chunks of at most two seconds. */
import { Refusal, type CommandContext, type EventStore } from '@xanthus/kernel';
import { handleCommand, newId } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { castWriter, type CastWriter } from './cast-writer.js';
import type { Place } from './chunk.js';
import type { ChunkStore } from './chunk-store.js';
import { chunkWriter, PATIENCE, type Begun, type ChunkWriter, type Patience } from './chunk-writer.js';
import { indexBuilder, type IndexBuilder, type RecordingIndex } from './index-of.js';
import { putIndex } from './put-index.js';
import { readRecording } from './read-chunks.js';
import { readIndex } from './read-index.js';
import { recordingType } from './recording.decide.js';
import type { RecordingSecrets } from './recording-secret.js';
import { takeScreens } from './take-screens.js';

/** None of these throws. */
export interface Recorder {
  output(bytes: Uint8Array): void;
  input(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  mark(label: string): void;
  command(c: { readonly offset: number; readonly text: string; readonly exitCode: number | null; readonly startedAt: string; readonly durationMs: number; readonly confidence: 'marked' | 'guessed' }): void;
  /** Nothing more comes; resolves when all is kept, or will not be. */
  end(o: { readonly code: number | null; readonly signal: string | null }): Promise<void>;
  /** Bytes that wait to be kept; above 8 MiB the host reads no further. */
  readonly pending: number;
}
export interface RecorderStart {
  readonly tenant: string;
  readonly session: string;
  readonly server: string;
  readonly serverName: string;
  readonly person: string;
  readonly title: string;
  readonly cols: number;
  readonly rows: number;
  readonly input: boolean;
  /** The screen as it is now. Bytes must have gone to the mirror in the same turn as here. */
  snapshot(): Promise<{ readonly offset: number; readonly bytes: Uint8Array } | undefined>;
  /** Once: from here on nothing is kept. In words. */
  onFailed(why: string): void;
}
export interface Recorders {
  /** Also goes on with the recording of a session that was taken up again. */
  start(o: RecorderStart): Recorder;
  /** Keeps what came until now; sessions that live on on their host go on later. */
  stop(): Promise<void>;
}
export interface RecordersOptions { readonly chunks: ChunkStore; readonly secrets: RecordingSecrets; readonly store: EventStore; readonly log: Logger; readonly now: () => number; readonly days: number; readonly mostBytes: number; readonly patience?: Patience }

const FLUSH = 2_000;
/** Chunks after which the index is written anew. */
const INDEX_EVERY = 128;
const END_PATIENCE = 20_000;
const TORN = 'The service stopped while it recorded; up to five seconds before that may be missing.';
const wait = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms).unref(); });
const contextOf = ({ tenant, session }: Place, now: number): CommandContext => ({ tenant, id: session, actor: { kind: 'service', id: 'terminals' }, now: new Date(now).toISOString(), command_id: newId(), correlation_id: newId() });

export const startRecorders = (on: RecordersOptions): Recorders => {
  const living = new Set<{ leave(): Promise<void> }>();
  return {
    start(o) {
      const recorder = startRecorder(on, o);
      living.add(recorder);
      void recorder.over.then(() => living.delete(recorder));
      return recorder;
    },
    stop: async () => { await Promise.all([...living].map(r => r.leave())); },
  };
};

interface Work { readonly cast: CastWriter; readonly writer: ChunkWriter; readonly index: IndexBuilder; readonly begun: Begun }

const startRecorder = (on: RecordersOptions, o: RecorderStart): Recorder & { readonly over: Promise<void>; leave(): Promise<void> } => {
  const place: Place = { tenant: o.tenant, session: o.session };
  const patience = on.patience ?? PATIENCE;
  const started = on.now();
  let work: Work | undefined;
  let held: { readonly bytes: number; run(w: Work): void }[] = [];
  let [heldBytes, cols, rows] = [0, o.cols, o.rows];
  let problem: string | undefined;
  let gap: string | undefined;
  let [isEnding, isLeft] = [false, false];
  let flushing: NodeJS.Timeout | undefined;
  let settle: () => void = () => undefined;
  const over = new Promise<void>(resolve => { settle = resolve; });

  const fail = (why: string): void => {
    if (problem !== undefined || isEnding) return;
    problem = why;
    on.log.error({ session: o.session, why }, 'a session is not recorded any more');
    o.onFailed(why);
    if (work) work.cast.flush();
    void finish();
  };
  const lost = (why: string): void => { problem ??= why; };

  const arm = (): void => {
    flushing ??= setTimeout(() => { flushing = undefined; if (!isLeft) work?.cast.flush(); }, FLUSH);
    flushing.unref();
  };
  const screens = takeScreens({ now: on.now, snapshot: o.snapshot, size: () => ({ cols, rows }), isOver: () => isEnding || isLeft || problem !== undefined, onTaken: arm, log: on.log });
  const note = (bytes: number, run: (w: Work, at: number) => void): void => {
    if (problem !== undefined || isEnding || isLeft) return;
    const now = on.now();
    const doing = (w: Work): void => {
      if (problem !== undefined) return;
      run(w, now - w.begun.began);
      screens.maybe(w.cast);
      arm();
      if (w.cast.raw > on.mostBytes) fail(`It has reached ${Math.round(on.mostBytes / 1024 / 1024)} MiB, which is the most that is kept of a session.`);
    };
    if (work) return doing(work);
    held.push({ bytes, run: doing });
    heldBytes += bytes;
  };

  // ---- the beginning: a key, an event, and where an earlier copy stopped
  const begin = async (): Promise<Begun> => {
    const last = (await on.chunks.last(place))?.about;
    const secret = last?.secret ?? await on.secrets.current(place.tenant);
    const key = await on.secrets.keyOf(place.tenant, secret, place.session);
    await handleCommand(on.store, recordingType, contextOf(place, on.now()), { type: 'Start', about: { server: o.server, server_name: o.serverName, title: o.title, person: o.person, input: o.input, days: on.days } });
    return { secret, key, began: last?.began ?? started, last };
  };
  /** Of an earlier copy; one that was killed did not say that it left. */
  const earlier = async (begun: Begun): Promise<RecordingIndex | undefined> => {
    if (begun.last === undefined) return undefined;
    const found = await readIndex(on.chunks, readRecording(on.chunks, on.secrets, place));
    if (found.left !== begun.last.n + 1) gap = TORN;
    return found;
  };
  const takenUp = (cast: CastWriter, at: number): void => {
    cast.event(at, 'm', 'Taken up again');
    cast.event(at, 'r', `${o.cols}x${o.rows}`);
  };
  const startWork = async (): Promise<void> => {
    for (const since = on.now(); ;) {
      if (isLeft) return;
      try {
        const begun = await begin();
        const index = indexBuilder(await earlier(begun));
        const writer = chunkWriter({ place, begun, chunks: on.chunks, log: on.log, patience, now: on.now, onFailed: why => (isEnding ? lost(why) : fail(why)), onStored: (about, lines) => {
          index.add(lines, about.from);
          if ((about.n + 1) % INDEX_EVERY === 0) void putIndex(on.chunks, place, begun.key, about.n + 1, index.index).catch(() => undefined);
        } });
        const cast = castWriter({ cols: o.cols, rows: o.rows, began: begun.began, title: o.title, last: begun.last, onBatch: writer.add });
        work = { cast, writer, index, begun };
        if (begun.last !== undefined) takenUp(cast, on.now() - begun.began);
        const waiting = held;
        [held, heldBytes] = [[], 0];
        for (const { run } of waiting) run(work);
        return;
      } catch (error) {
        const definite = error instanceof Refusal && !error.retryable;
        if (definite || on.now() - since >= patience.failing) return isEnding ? lost(String(error)) : fail(`It could not begin (${error instanceof Error ? error.message : String(error)}).`);
        await wait(patience.between);
      }
    }
  };
  const ready = startWork();

  // ---- the end
  let finishing: Promise<void> | undefined;
  const finish = (): Promise<void> => (finishing ??= (async () => {
    await ready;
    if (work) {
      work.cast.flush();
      await work.writer.idle();
      const { chunks, bytes, head } = work.writer.stored;
      await putIndex(on.chunks, place, work.begun.key, chunks, work.index.index).catch(() => undefined);
      await ended({ chunks, bytes, head, duration_ms: work.index.index.duration_ms, whole: problem === undefined && gap === undefined, problem: problem ?? gap ?? null });
    }
    settle();
  })());
  const ended = async (end: { chunks: number; bytes: number; head: string | null; duration_ms: number; whole: boolean; problem: string | null }): Promise<void> => {
    for (const since = on.now(); ; await wait(patience.between)) {
      if (isLeft) return;
      try {
        await handleCommand(on.store, recordingType, contextOf(place, on.now()), { type: 'End', end });
        return;
      } catch (error) {
        on.log.warn({ err: error, session: o.session }, 'the end of a recording is not written yet');
        if (error instanceof Refusal || on.now() - since > END_PATIENCE * 3) return;
      }
    }
  };

  /** The next copy sees that nothing is missing. */
  const left = async (): Promise<void> => {
    if (!work) return;
    await work.writer.idle();
    const { chunks } = work.writer.stored;
    if (problem === undefined) await putIndex(on.chunks, place, work.begun.key, chunks, { ...work.index.index, left: chunks }).catch(() => undefined);
  };

  return {
    over,
    output: bytes => note(bytes.length, (w, at) => w.cast.output(at, bytes)),
    input: bytes => { if (o.input) note(bytes.length, (w, at) => w.cast.input(at, bytes)); },
    resize(c, r) {
      if (c === cols && r === rows) return;
      [cols, rows] = [c, r];
      note(0, (w, at) => w.cast.event(at, 'r', `${c}x${r}`));
    },
    mark: label => note(0, (w, at) => w.cast.event(at, 'm', label)),
    command: c => note(0, w => w.cast.command({ at_ms: Math.max(0, Date.parse(c.startedAt) - w.begun.began), text: c.text, exit_code: c.exitCode, duration_ms: c.durationMs, confidence: c.confidence })),
    async end({ code }) {
      note(0, (w, at) => { w.cast.finish(at); if (code !== null) w.cast.event(at, 'x', String(code)); });
      isEnding = true;
      clearTimeout(flushing);
      await Promise.race([finish(), wait(problem === undefined ? END_PATIENCE : 2_000)]);
    },
    async leave() {
      if (isEnding) return;
      if (problem === undefined) work?.cast.flush();
      isLeft = true;
      clearTimeout(flushing);
      await Promise.race([left(), wait(5_000)]);
      work?.writer.stop();
      settle();
    },
    get pending() { return problem !== undefined ? 0 : heldBytes + (work ? work.writer.pending + work.cast.waiting : 0); },
  };
};
