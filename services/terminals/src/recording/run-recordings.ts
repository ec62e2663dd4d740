/** One copy of the service looks after what was recorded: recordings that nobody writes any more are closed, those whose time is over go. */
import type { NatsConnection } from '@nats-io/transport-node';
import { listValues, resolveViewBucket } from '@xanthus/jetstream';
import { handle, newId, readState, type CommandContext } from '@xanthus/kernel';
import { isLiving, type SessionState } from '../session/session.js';
import { sessionType } from '../session/session.decide.js';
import type { TerminalsBase } from '../terminals.context.js';
import { KEPT_RECORDINGS, type KeptRow } from '../views/recordings.js';
import type { About } from './chunk.js';
import type { RecordingsContext } from './recordings.context.js';
import { goesAt, type RecordingEnd } from './recording.js';
import { recordingType } from './recording.decide.js';

type On = Pick<TerminalsBase, 'nc' | 'store' | 'snapshots' | 'cache' | 'log' | 'now' | 'forgotten'> & RecordingsContext;

const ROUND = 10_000;
/** After a session's end its own recorder closes the recording, ms. */
const GRACE = 120_000;

const contextOf = ({ tenant, id }: Pick<KeptRow, 'tenant' | 'id'>, now: number): CommandContext => ({ tenant, id, actor: { kind: 'service', id: 'terminals' }, now: new Date(now).toISOString(), command_id: newId(), correlation_id: newId() });

const rowsOf = async (nc: NatsConnection): Promise<KeptRow[]> => {
  const { bucket } = await resolveViewBucket(nc, 'terminals');
  return (await listValues(nc, bucket, `${KEPT_RECORDINGS}.>`)).map(({ text }) => (JSON.parse(text) as { data: KeptRow }).data);
};

const isOver = (session: SessionState, now: number): boolean => session.status === 'absent' || (session.status === 'ended' && now - Date.parse(session.ended_at) > GRACE);

/** With what is there. Whether the last two seconds are missing nobody can say: it is not whole. */
const endOfTorn = async (on: On, { tenant, id }: KeptRow): Promise<RecordingEnd> => {
  const last: About | undefined = (await on.chunks.last({ tenant, session: id }))?.about;
  return {
    chunks: last === undefined ? 0 : last.n + 1, bytes: last?.bytes ?? 0, duration_ms: last?.to ?? 0, head: last?.hash ?? null, whole: false,
    problem: 'The service stopped while it recorded; up to five seconds before that may be missing.',
  };
};

const lookAfter = async (on: On, row: KeptRow): Promise<void> => {
  const { tenant, id, state } = row;
  const now = on.now();
  if (state.status === 'recording') {
    const session = await readState(on, sessionType, tenant, id);
    if (!isLiving(session) && isOver(session, now)) await handle(on, recordingType, contextOf(row, now), { type: 'End', end: await endOfTorn(on, row) });
    return;
  }
  const at = state.status === 'ended' ? goesAt(state) : undefined;
  if (at === undefined || at > now) return;
  await handle(on, recordingType, contextOf(row, now), { type: 'Expire' });
  await on.chunks.purge({ tenant, session: id });
};

/** Once over all. */
export const lookAfterRecordings = async (on: On, signal?: AbortSignal): Promise<void> => {
  for (const row of await rowsOf(on.nc)) {
    if (signal?.aborted === true) return;
    try {
      await lookAfter(on, row);
    } catch (error) {
      on.log.warn({ err: error, recording: row.id }, 'a recording could not be looked after; it is tried again');
    }
  }
  // Nobody can read them any more; their room is given back.
  for (const tenant of on.forgotten) await on.chunks.purgeAll(tenant);
};

export const runRecordings = (on: On) => async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await lookAfterRecordings(on, signal);
    await pause(ROUND, signal);
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise(resolve => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});
