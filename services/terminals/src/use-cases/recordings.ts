/** Recordings for people: who may look, that it is written down, and what they see. */
import { handle, newId, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { recordingIndex, recordingPart, searchRecording, searchRecordings, verifyRecording } from '@xanthus/proto/terminals';
import { readIndex } from '../recording/read-index.js';
import { readPart } from '../recording/read-part.js';
import { readRecording, type Reading } from '../recording/read-chunks.js';
import { hasOpened, type RecordingState } from '../recording/recording.js';
import { noRecording, recordingType, type RecordingCommand } from '../recording/recording.decide.js';
import type { RecordingsContext } from '../recording/recordings.context.js';
import { searchChunks } from '../recording/search.js';
import { verifyChunks } from '../recording/verify.js';
import type { TerminalsBase } from '../terminals.context.js';
import type { RecordingRow } from '../views/recordings.js';

type On = TerminalsBase & { readonly recordings: RecordingsContext };
type Kept = Extract<RecordingState, { status: 'recording' | 'ended' }>;

/** ms that a question may take; the rest is asked for again. */
const TIME = { search: 4_000, verify: 8_000, all: 6_000, each: 2_000 } as const;
const HITS = { one: 100, each: 5, recordings: 50 } as const;

const mayOpen = (on: On, { tenant, identity }: Pick<Call, 'tenant' | 'identity'>, id: string): boolean =>
  on.rights.allows(tenant, identity.id, { what: 'command', subject: commandSubject({ tenant, service: 'terminals', aggregate: 'recording', id, verb: 'open' }) });

const reading = (on: On, tenant: string, session: string): Reading => readRecording(on.recordings.chunks, on.recordings.secrets, { tenant, session });

/**
 * Content is shown to who may open the recording, and said so within the hour: nobody looks without a trace.
 * @throws Refusal DENIED, RECORDING.NOT_FOUND, RECORDING.NOT_OPENED
 */
const content = async (on: On, call: Call): Promise<{ readonly state: Kept; readonly reading: Reading }> => {
  if (!mayOpen(on, call, call.id)) throw new Refusal('DENIED', 'You may not see what was recorded: that takes the permission terminals.recording.open. Ask an administrator of your organisation.', { permission: 'terminals.recording.open' });
  const state = await readState(on, recordingType, call.tenant, call.id);
  if (state.status === 'absent' || state.status === 'gone' || on.forgotten.has(call.tenant)) throw noRecording();
  if (!hasOpened(state, call.identity.id, on.now())) throw new Refusal('RECORDING.NOT_OPENED', 'Open the recording first (recording.open), so that it is written down who looks.');
  return { state, reading: reading(on, call.tenant, call.id) };
};

export const decide = async (on: On, call: Call, command: RecordingCommand): Promise<Written> => writtenBy(await handle(on, recordingType, call.context(), command));

/** At once; the reactor does it again, should this fail. */
export const remove = async (on: On, call: Call, reason: string): Promise<Written> => {
  const written = await decide(on, call, { type: 'Delete', reason });
  await on.recordings.chunks.purge({ tenant: call.tenant, session: call.id }).catch((error: unknown) => on.log.warn({ err: error, recording: call.id }, 'a deleted recording is not purged yet'));
  return written;
};

export const part = async (on: On, call: Call, input: ParsedInputOf<typeof recordingPart>): Promise<OutputOf<typeof recordingPart>> => {
  const { state, reading: found } = await content(on, call);
  return readPart(found, input, state.status === 'recording');
};

export const index = async (on: On, call: Call): Promise<OutputOf<typeof recordingIndex>> => {
  const { state, reading: found } = await content(on, call);
  const { keyframes, marks, idle, commands, left: _left, ...rest } = await readIndex(on.recordings.chunks, found);
  return { ...rest, live: state.status === 'recording', keyframes: [...keyframes], marks: [...marks], commands: [...commands], idle: idle.map(([from, to]) => [from, to]) };
};

export const search = async (on: On, call: Call, { text, from }: ParsedInputOf<typeof searchRecording>): Promise<OutputOf<typeof searchRecording>> =>
  searchChunks((await content(on, call)).reading, text, { from, hits: HITS.one, time: TIME.search, now: on.now });

export const verify = async (on: On, call: Call, { after }: ParsedInputOf<typeof verifyRecording>): Promise<OutputOf<typeof verifyRecording>> => {
  const { state, reading: found } = await content(on, call);
  return verifyChunks(on.recordings.chunks, found, state.status === 'ended' ? state.end : null, { after, time: TIME.verify, now: on.now });
};

/** Newest first. What is found is shown, so it is written down as looked at; a recording that cannot be read is passed over. */
export const searchAll = async (on: On, call: Call, { text, server, before }: ParsedInputOf<typeof searchRecordings>): Promise<OutputOf<typeof searchRecordings>> => {
  const rows = (await on.views.list<RecordingRow>(call.tenant, 'recordings')).map(r => r.value.data)
    .filter(r => (before === undefined || r.id < before) && (server === undefined || r.server === server) && mayOpen(on, call, r.id))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const until = on.now() + TIME.all;
  const found: OutputOf<typeof searchRecordings>['found'] = [];
  let searched = 0;
  for (const row of rows) {
    if (on.now() > until || found.length >= HITS.recordings || call.signal.aborted) return { found, searched, next: rows[searched - 1]?.id ?? null };
    searched += 1;
    const { hits, next } = await searchChunks(reading(on, call.tenant, row.id), text, { from: 0, hits: HITS.each, time: TIME.each, now: on.now }).catch((error: unknown) => {
      if (error instanceof Refusal) return { hits: [], next: null };
      throw error;
    });
    if (hits.length === 0) continue;
    const context = { ...call.context(), id: row.id, command_id: newId() };
    const opened = await handle(on, recordingType, context, { type: 'Open', what: 'searched' }).then(() => true, (error: unknown) => { if (error instanceof Refusal) return false; throw error; });
    if (opened) found.push({ recording: row.id, hits: hits.slice(0, HITS.each), more: next !== null || hits.length > HITS.each });
  }
  return { found, searched, next: null };
};
