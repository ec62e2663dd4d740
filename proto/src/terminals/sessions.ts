/** Terminal sessions: a shell on a server, who is in it, and how it ended. Its bytes are no events: see `tty.ts`. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';

export const EXAMPLE_SESSION = '01jd3x8e2v5y9w4z7q6r1s0tse';
const EXAMPLE_SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
const EXAMPLE_PERSON = '01jd3x8e2v5y9w4z7q6r1s0tcd';

/**
 * `owner` opened it or got it handed over. `peer` types too. `observer` watches. `moderator` watches, may end it, and while moderation is on nobody's input
 * reaches the shell unless one of them watches.
 */
export const SESSION_ROLES = ['owner', 'peer', 'observer', 'moderator'] as const;
export const sessionRole = z.enum(SESSION_ROLES);
export type SessionRole = z.infer<typeof sessionRole>;
const invitedRole = sessionRole.exclude(['owner']);

/** What is kept of a session: nothing, what the shell writes, or that and what is typed (which holds passwords). */
export const RECORDING_KINDS = ['off', 'output', 'all'] as const;
const recordingKind = z.enum(RECORDING_KINDS);
export const SESSION_STATES = ['opening', 'open', 'interrupted', 'ended'] as const;

/** How it ended. `exit`: the shell did; `lost`: the connection or the service did, and nothing holds it on the host. */
export const SESSION_ENDS = ['exit', 'closed', 'killed', 'idle', 'time', 'rights', 'failed', 'lost', 'server-gone', 'recording'] as const;
const end = z.object({
  how: z.enum(SESSION_ENDS), /** Of the shell; null where it told none. */ code: z.int().nullable(), signal: z.string().nullable(),
  /** In words, for the person; of `failed` and `lost` why, of `killed` the reason given. */ message: z.string().max(500), /** Of a refusal of the host: `SERVER.…`, `SESSION.…`. */ problem: z.string().nullable(),
});

const line = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
/** 2–1,000 columns: a program that asks for 10,000 gets what fits a screen. */
export const terminalCols = z.int().min(2).max(1_000);
export const terminalRows = z.int().min(1).max(500);
const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'terminals', aggregate: 'session', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const GONE = ['SESSION.NOT_FOUND', 'SESSION.ENDED'] as const;
const OTHERS = [...GONE, 'SESSION.NOT_YOURS'] as const;

export const openSession = command({
  verb: 'open', on: 'new', deadline: 10_000,
  summary: 'Open a shell on a server. Answers at once; the terminal socket says how it goes. Takes the permission to work on the server (`vps.server.connect`) too.',
  input: z.object({
    server: ulid, title: line(60).optional(), cols: terminalCols.default(80), rows: terminalRows.default(24),
    /** Of the shell, `en_US.UTF-8`; hosts take it where their sshd accepts `LC_*` and `LANG`. */ locale: z.string().regex(/^[A-Za-z]{1,8}(_[A-Za-z]{2})?(\.[A-Za-z0-9-]{1,12})?$/, 'a locale such as en_US.UTF-8').optional(),
    /** Kept on the host by tmux, so that it outlives connections and this service. Refused where the host has no tmux. */ durable: z.boolean().default(false),
    /** Left out: as the operator has set. Less than that is refused. */ recording: recordingKind.optional(),
    moderated: z.boolean().default(false),
    /** Marks where commands begin and end (OSC 133), for bash and zsh: by the environment only, nothing is written on the host. */ integration: z.boolean().default(true),
    /** Why, for the audit. */ purpose: line(200).optional(),
  }),
  output: written.extend({ /** Path of its socket. */ socket: z.string() }),
  example: { server: EXAMPLE_SERVER, cols: 120, rows: 40 }, errors: ['SERVER.NOT_FOUND', 'SESSION.TOO_MANY', 'SESSION.RECORDING_REQUIRED', 'SESSION.RECORDING_REFUSED'],
});
export const attachSession = command({ verb: 'attach', on: 'id', summary: 'Join a session that you were not invited to, as observer or moderator: for who may end any. Everybody in it sees your name.', input: z.object({ role: z.enum(['observer', 'moderator']).default('observer') }), output: written, example: {}, errors: [...GONE, 'SESSION.IS_OWNER', 'SESSION.TOO_MANY'] });
export const detachSession = command({ verb: 'detach', on: 'id', summary: 'Leave a session for good; its owner ends it instead. It is one\'s own viewers that go.', input: z.object({}), output: written, example: {}, errors: [...OTHERS, 'SESSION.IS_OWNER'] });
export const resizeSession = command({ verb: 'resize', on: 'id', summary: 'Set the size of the terminal. The console does so through the socket.', input: z.object({ cols: terminalCols, rows: terminalRows }), output: written, example: { cols: 120, rows: 40 }, errors: [...OTHERS, 'SESSION.NOT_OPEN'] });
export const closeSession = command({ verb: 'close', on: 'id', summary: 'End one\'s own session: the shell gets a hang-up. A durable one ends on the host too.', input: z.object({}), output: written, example: {}, errors: OTHERS });
export const killSession = command({ verb: 'kill', on: 'id', summary: 'End anybody\'s session, at once. The reason is shown to those in it and recorded.', input: z.object({ reason: line(200) }), output: written, example: { reason: 'Maintenance begins' }, errors: GONE });
export const renameSession = command({ verb: 'rename', on: 'id', summary: 'Give a session another title.', input: z.object({ title: line(60) }), output: written, example: { title: 'database' }, errors: OTHERS });
export const shareSession = command({
  verb: 'share', on: 'id', summary: 'Invite a member of the tenant; the link to the session works for this person alone. Again with another role: it changes.',
  input: z.object({ person: ulid, role: invitedRole, /** From now; left out: as long as the session. */ minutes: z.int().min(1).max(7 * 1_440).optional() }), output: written, example: { person: EXAMPLE_PERSON, role: 'observer', minutes: 60 }, errors: [...OTHERS, 'SESSION.NO_MEMBER', 'SESSION.MAY_NOT', 'SESSION.IS_OWNER', 'SESSION.TOO_MANY'],
});
export const unshareSession = command({ verb: 'unshare', on: 'id', summary: 'Take an invitation back. The person is out at once.', input: z.object({ person: ulid }), output: written, example: { person: EXAMPLE_PERSON }, errors: [...OTHERS, 'SESSION.IS_OWNER'] });
export const handOverSession = command({ verb: 'hand-over', on: 'id', summary: 'Make somebody who is in it the owner, who must be allowed to work on the server too; the owner until now stays as peer.', input: z.object({ person: ulid }), output: written, example: { person: EXAMPLE_PERSON }, errors: [...OTHERS, 'SESSION.NOT_IN_IT', 'SESSION.NO_MEMBER', 'SESSION.MAY_NOT'] });
export const moderateSession = command({ verb: 'moderate', on: 'id', summary: 'Switch moderation on or off. Off is for moderators.', input: z.object({ on: z.boolean() }), output: written, example: { on: true }, errors: OTHERS });
export const extendSession = command({ verb: 'extend', on: 'id', summary: 'Stay: the idle time begins anew, and as far as the operator allows there is more time.', input: z.object({}), output: written.extend({ ends_at: z.iso.datetime().nullable() }), example: {}, errors: [...OTHERS, 'SESSION.NO_MORE_TIME'] });

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'terminals', aggregate: 'session', type, schema: 1, summary, data, example });
const size = { cols: z.int(), rows: z.int() };
const viewer = { /** One browser tab or client. */ viewer: z.string().max(64) };
export const sessionEvents = {
  SessionRequested: event('SessionRequested', 'Somebody wants a shell on a server.', z.object({
    server: ulid, server_name: z.string(), title: z.string(), ...size, locale: z.string().nullable(), durable: z.boolean(), recording: recordingKind, moderated: z.boolean(), integration: z.boolean(), purpose: z.string().nullable(),
    idle_minutes: z.int().nullable(), ends_at: z.iso.datetime().nullable(),
  }), { server: EXAMPLE_SERVER, server_name: 'web-1', title: 'web-1', cols: 120, rows: 40, locale: null, durable: false, recording: 'output', moderated: false, integration: true, purpose: null, idle_minutes: 30, ends_at: '2026-11-21T20:00:00.000Z' }),
  SessionOpened: event('SessionOpened', 'The shell runs.', z.object({ user: z.string(), address: z.string(), host_key: z.string() }), { user: 'root', address: '203.0.113.7', host_key: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs' }),
  SessionInterrupted: event('SessionInterrupted', 'The connection is gone; the shell lives on on the host, and is looked for.', z.object({ message: z.string().max(500), problem: z.string().nullable() }), { message: 'The connection to 203.0.113.7 was lost.', problem: 'SERVER.DISCONNECTED' }),
  SessionResumed: event('SessionResumed', 'The shell on the host was found again.', z.object({}), {}),
  SessionAttached: event('SessionAttached', 'Somebody looks at it.', z.object({ ...viewer, person: z.string(), role: sessionRole }), { viewer: 'c7Qz', person: EXAMPLE_PERSON, role: 'owner' }),
  SessionDetached: event('SessionDetached', 'Somebody looks no more.', z.object({ ...viewer, person: z.string(), why: z.enum(['left', 'lost', 'unshared', 'rights', 'ended']) }), { viewer: 'c7Qz', person: EXAMPLE_PERSON, why: 'left' }),
  SessionResized: event('SessionResized', 'It has another size; of many changes in a row the last.', z.object(size), { cols: 132, rows: 43 }),
  SessionRenamed: event('SessionRenamed', 'It has another title.', z.object({ title: z.string() }), { title: 'database' }),
  SessionShared: event('SessionShared', 'A member was invited, or joined by right (`joined`).', z.object({ person: ulid, role: invitedRole, until: z.iso.datetime().nullable(), joined: z.boolean() }), { person: EXAMPLE_PERSON, role: 'observer', until: null, joined: false }),
  SessionUnshared: event('SessionUnshared', 'A member is out.', z.object({ person: ulid, why: z.enum(['withdrawn', 'left', 'over', 'rights']) }), { person: EXAMPLE_PERSON, why: 'withdrawn' }),
  SessionHandedOver: event('SessionHandedOver', 'It has another owner.', z.object({ from: ulid, to: ulid }), { from: EXAMPLE_PERSON, to: '01jd3x8e2v5y9w4z7q6r1s0tp2' }),
  SessionModerationSet: event('SessionModerationSet', 'Input reaches the shell only while a moderator watches, or always again.', z.object({ on: z.boolean() }), { on: true }),
  SessionExtended: event('SessionExtended', 'Somebody stays.', z.object({ ends_at: z.iso.datetime().nullable() }), { ends_at: '2026-11-21T22:00:00.000Z' }),
  SessionCommandRan: event('SessionCommandRan', 'The shell marked a command (OSC 133). Its text stands in the recording alone, for it may hold secrets. A shell can say anything: `marked` is what it told, no proof.', z.object({ /** Of the output, where it begins. */ offset: z.int().min(0), started_at: z.iso.datetime(), duration_ms: z.int().min(0), exit_code: z.int().nullable(), confidence: z.enum(['marked', 'guessed']) }), { offset: 1_204, started_at: '2026-11-21T19:00:04.000Z', duration_ms: 31, exit_code: 0, confidence: 'marked' }),
  SessionEnded: event('SessionEnded', 'It is over.', end, { how: 'exit', code: 0, signal: null, message: '', problem: null }),
  SessionForgotten: event('SessionForgotten', 'It ended long ago and leaves the list; its log and recording stay.', z.object({}), {}),
} as const;

export const SESSION_ACTIONS = ['close', 'kill', 'rename', 'share', 'hand-over', 'moderate', 'extend', 'attach'] as const;
/** Key `<tenant>.sessions.<session>`; those that ended stay for seven days. */
export const sessionView = defineView({
  service: 'terminals', view: 'sessions', schema: 1, summary: 'Terminal sessions: where, whose, who looks, how they ended.',
  data: z.object({
    id: ulid, server: ulid, server_name: z.string(), title: z.string(), owner: z.string(), state: z.enum(SESSION_STATES), ...size, durable: z.boolean(), recording: recordingKind, moderated: z.boolean(), purpose: z.string().nullable(),
    user: z.string().nullable(), participants: z.array(z.object({ person: z.string(), role: sessionRole, until: z.iso.datetime().nullable() })), viewers: z.array(z.object({ viewer: z.string(), person: z.string(), role: sessionRole, since: z.iso.datetime() })),
    requested_at: z.iso.datetime(), requested_by: actor, opened_at: z.iso.datetime().nullable(), idle_minutes: z.int().nullable(), ends_at: z.iso.datetime().nullable(), commands: z.int().min(0), interruption: z.string().nullable(), ended_at: z.iso.datetime().nullable(), ended_by: actor.nullable(), end: end.nullable(),
  }),
  example: {
    id: EXAMPLE_SESSION, server: EXAMPLE_SERVER, server_name: 'web-1', title: 'web-1', owner: EXAMPLE_PERSON, state: 'open', cols: 120, rows: 40, durable: false, recording: 'output', moderated: false, purpose: null, user: 'root',
    participants: [{ person: EXAMPLE_PERSON, role: 'owner', until: null }], viewers: [{ viewer: 'c7Qz', person: EXAMPLE_PERSON, role: 'owner', since: '2026-11-21T19:00:01.000Z' }], requested_at: '2026-11-21T19:00:00.000Z', requested_by: { kind: 'person', id: EXAMPLE_PERSON }, opened_at: '2026-11-21T19:00:01.000Z',
    idle_minutes: 30, ends_at: '2026-11-22T07:00:00.000Z', commands: 3, interruption: null, ended_at: null, ended_by: null, end: null,
  },
});
