/** Recordings of sessions, as asciicast v3. Their content is no event: it lies encrypted in a stream that only the service reads, and is handed out by questions. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';

const EXAMPLE = '01jd3x8e2v5y9w4z7q6r1s0tse';
const EXAMPLE_SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
const EXAMPLE_PERSON = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const EXAMPLE_HEAD = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const line = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
const ms = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const RECORDING_OPENINGS = ['played', 'exported', 'searched'] as const;
const opening = z.enum(RECORDING_OPENINGS);
const confidence = z.enum(['marked', 'guessed']);

const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate' | 'on'>) => defineCommand<I, O>({ service: 'terminals', aggregate: 'recording', on: 'id', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const query = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineQuery<I, O>>[0], 'service'>) => defineQuery<I, O>({ service: 'terminals', ...c } as Parameters<typeof defineQuery<I, O>>[0]);
const GONE = ['RECORDING.NOT_FOUND'] as const;
const CONTENT = [...GONE, 'RECORDING.NOT_OPENED', 'RECORDING.UNREADABLE'] as const;

export const openRecording = command({
  verb: 'open', summary: 'Look at a recording: written down each time, and good for an hour of reading. `exported`: to take it along as a file.', input: z.object({ what: opening.exclude(['searched']) }), output: written,
  example: { what: 'played' }, errors: GONE,
});
export const deleteRecording = command({
  verb: 'delete', sudo: true, summary: 'Delete what was recorded, at once and for good. That there was a recording, and why it went, stays in the log. Asks for a fresh proof.', input: z.object({ reason: line(200) }), output: written,
  example: { reason: 'It shows a customer\'s data' }, errors: [...GONE, 'RECORDING.NOT_OVER'], deadline: 20_000,
});
export const keepRecording = command({
  verb: 'keep', summary: 'Keep a recording longer than the operator\'s days. `null`: as the operator has set. Nothing goes earlier by it.', input: z.object({ until: z.iso.datetime().nullable() }), output: written,
  example: { until: '2027-11-21T00:00:00.000Z' }, errors: [...GONE, 'RECORDING.PAST'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'terminals', aggregate: 'recording', type, schema: 1, summary, data, example });
const ended = { chunks: z.int().min(0), /** As stored. */ bytes: z.int().min(0), duration_ms: ms, /** Hash over all chunks; null: there is none. */ head: hash.nullable(), /** Nothing is missing. */ whole: z.boolean(), /** Why something is missing. */ problem: z.string().nullable() };
export const recordingEvents = {
  RecordingStarted: event('RecordingStarted', 'What a session writes is recorded, and with `input` what is typed.', z.object({ server: ulid, server_name: z.string(), title: z.string(), person: z.string(), input: z.boolean(), /** That it is kept; 0: for ever. */ days: z.int().min(0) }),
    { server: EXAMPLE_SERVER, server_name: 'web-1', title: 'web-1', person: EXAMPLE_PERSON, input: false, days: 90 }),
  RecordingEnded: event('RecordingEnded', 'Nothing is added any more. The head proves what there was.', z.object(ended), { chunks: 12, bytes: 48_210, duration_ms: 95_400, head: EXAMPLE_HEAD, whole: true, problem: null }),
  RecordingOpened: event('RecordingOpened', 'Somebody looked at it: played it, took it along, or found words of it in a search.', z.object({ what: opening }), { what: 'played' }),
  RecordingKept: event('RecordingKept', 'It is kept longer, or as the operator has set again.', z.object({ until: z.iso.datetime().nullable() }), { until: '2027-11-21T00:00:00.000Z' }),
  RecordingDeleted: event('RecordingDeleted', 'What was recorded is deleted.', z.object({ reason: z.string() }), { reason: 'It shows a customer\'s data' }),
  RecordingExpired: event('RecordingExpired', 'Its time is over: what was recorded is deleted.', z.object({}), {}),
} as const;

/** One event of the asciicast: when (ms from the beginning), its code (`o i r m x`), its data. */
const castEvent = z.tuple([ms, z.string(), z.string()]);
/** Bytes of a page of events, as JSON. */
export const RECORDING_PART_BYTES = 512 * 1024;
export const recordingPart = query({
  question: 'recording-part', on: 'id', summary: 'Events of a recording, page by page. `from_ms`: where to begin; the answer then begins at or before it, with the screen as it was there. Takes the permission to open it, and that one did (`recording.open`).',
  input: z.object({ from_ms: ms.optional(), /** Of the answer before. */ cursor: z.string().max(40).regex(/^\d+\.\d+$/).optional() }),
  output: z.object({
    /** Header of the asciicast: `version`, `term`, `timestamp`, `title`; null on the pages after the first. */ header: z.record(z.string(), z.unknown()).nullable(),
    /** Where it does not begin at the beginning: what makes the screen of that moment in a fresh terminal. */ screen: z.object({ at_ms: ms, cols: z.int(), rows: z.int(), text: z.string() }).nullable(),
    events: z.array(castEvent), /** Null: that was the end. */ cursor: z.string().nullable(), /** It is still recorded: the same cursor shows later what came. */ live: z.boolean(),
  }),
  example: { from_ms: 60_000 }, errors: CONTENT, deadline: 15_000,
});
export const recordingIndex = query({
  question: 'recording-index', on: 'id', summary: 'What is where in a recording: commands, marks, times when nothing happened, screens to begin at.', input: z.object({}),
  output: z.object({
    duration_ms: ms, live: z.boolean(), cols: z.int(), rows: z.int(), keyframes: z.array(ms), marks: z.array(z.object({ at_ms: ms, label: z.string() })), /** From and to. */ idle: z.array(z.tuple([ms, ms])),
    /** As the shell told them: a shell can say anything. */ commands: z.array(z.object({ at_ms: ms, text: z.string(), exit_code: z.int().nullable(), duration_ms: ms, confidence })),
    /** There was more than an answer holds. */ truncated: z.boolean(),
  }),
  example: {}, errors: CONTENT, deadline: 15_000,
});
const hit = z.object({ at_ms: ms, line: z.string(), before: z.string(), after: z.string() });
const wanted = line(200).describe('without regard to case');
export const searchRecording = query({
  question: 'recording-search', on: 'id', summary: 'Where a recording shows this text: the moment, and the lines around. Bounded: `from` goes on.', input: z.object({ text: wanted, /** `next` of the answer before. */ from: z.int().min(0).default(0) }),
  output: z.object({ hits: z.array(hit), /** Null: all of it was searched. */ next: z.int().nullable() }), example: { text: 'error' }, errors: CONTENT, deadline: 15_000,
});
export const verifyRecording = query({
  question: 'recording-verify', on: 'id', summary: 'Is it what was recorded? Walks the chain of hashes from its beginning to the head in the log.', input: z.object({ /** Of the answer before. */ after: z.object({ chunk: z.int().min(0), hash }).optional() }),
  output: z.object({
    ok: z.boolean(), chunks: z.int().min(0), head: hash.nullable(), /** Of the log; null while it is recorded. */ expected: hash.nullable(),
    fault: z.object({ chunk: z.int().min(0), at_ms: ms, what: z.string() }).nullable(), /** Not null: there is more to walk. */ next: z.object({ chunk: z.int().min(0), hash }).nullable(),
  }),
  example: {}, errors: CONTENT, deadline: 30_000,
});
export const searchRecordings = query({
  question: 'recordings-search', on: 'all', summary: 'Which recordings show this text, newest first: of those that one may open. Written down as looked at where it was found. Bounded: `before` goes on.',
  input: z.object({ text: wanted, /** Only of this server. */ server: ulid.optional(), /** Id of the last one of the answer before. */ before: ulid.optional() }),
  output: z.object({ found: z.array(z.object({ recording: ulid, hits: z.array(hit), more: z.boolean() })), searched: z.int().min(0), next: ulid.nullable() }), example: { text: 'error' }, errors: [], deadline: 15_000,
});

/** Key `<tenant>.recordings.<session>`; it goes when what was recorded is deleted. */
export const recordingView = defineView({
  service: 'terminals', view: 'recordings', schema: 1, summary: 'Recordings of sessions: whose, where, how long, who looked.',
  data: z.object({
    id: ulid, server: ulid, server_name: z.string(), title: z.string(), person: z.string(), input: z.boolean(), state: z.enum(['recording', 'ended']), started_at: z.iso.datetime(), ended_at: z.iso.datetime().nullable(), ...ended, whole: z.boolean().nullable(),
    /** Null: kept for ever. */ expires_at: z.iso.datetime().nullable(), kept_until: z.iso.datetime().nullable(), /** The last twenty. */ opened: z.array(z.object({ by: actor, what: opening, at: z.iso.datetime() })),
  }),
  example: {
    id: EXAMPLE, server: EXAMPLE_SERVER, server_name: 'web-1', title: 'web-1', person: EXAMPLE_PERSON, input: false, state: 'ended', started_at: '2026-11-21T19:00:01.000Z', ended_at: '2026-11-21T19:01:36.400Z', chunks: 12, bytes: 48_210, duration_ms: 95_400, head: EXAMPLE_HEAD, whole: true, problem: null,
    expires_at: '2027-02-19T19:00:01.000Z', kept_until: null, opened: [],
  },
});
