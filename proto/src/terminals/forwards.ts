/** Ports of servers that are open as an address of their own below the console's: HTTP only, for members who were let in, for a time. The bytes are no events: see `tunnel.ts`. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';

const EXAMPLE_FORWARD = '01jd3x8e2v5y9w4z7q6r1s0tfw';
const EXAMPLE_SERVER = '01jd3x8e2v5y9w4z7q6r1s0tsv';
const EXAMPLE_LABEL = 'p-7zk3x8e2v5y9w4m7q6r1s0tab2';

/** First part of its host name. Not its id: nobody guesses it, and yet it is no secret, for a person must enter through the console. */
export const FORWARD_LABEL = /^p-[0-9a-hjkmnp-tv-z]{26}$/;
/** `me`: for whoever opened it alone; `tenant`: for every member who may enter and work on the server. */
export const FORWARD_SHARES = ['me', 'tenant'] as const;
/** `over`: its time; `rights`: of whoever opened it; `failed`: what the message says. */
export const FORWARD_ENDS = ['closed', 'over', 'rights', 'server-gone', 'failed'] as const;
/** `local`: the application gets Host, Origin and Referer as a browser on the server itself would send them; `public`: as the person's browser sent them, with X-Forwarded-Host and -Proto. */
export const FORWARD_NAMES = ['local', 'public'] as const;
export const FORWARD_MOST_MINUTES = 24 * 60;

const line = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
const address = z.union([z.ipv4(), z.ipv6()]);
const minutes = z.int().min(1).max(FORWARD_MOST_MINUTES);
const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'terminals', aggregate: 'forward', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const GONE = ['FORWARD.NOT_FOUND', 'FORWARD.OVER'] as const;

export const openForward = command({
  verb: 'open', on: 'new', deadline: 10_000,
  summary: 'Open an HTTP port of a server at an address of its own, for a time. Takes the permission to work on the server (`vps.server.connect`) too.',
  input: z.object({
    server: ulid, port: z.int().min(1).max(65_535),
    /** On the server's side. Others than the server itself only if the operator allows them (XANTHUS_FORWARD_ADDRESSES). */ address: address.default('127.0.0.1'),
    scheme: z.enum(['http', 'https']).default('http'), /** Of https: take a certificate that nobody vouches for. */ insecure: z.boolean().default(false), names: z.enum(FORWARD_NAMES).default('local'),
    minutes: minutes.default(60), title: line(60).optional(), share: z.enum(FORWARD_SHARES).default('me'),
  }),
  output: written.extend({ /** First part of its host name. */ label: z.string().regex(FORWARD_LABEL), /** Path in the console that lets a person in and leads to the address. */ url: z.string(), ends_at: z.iso.datetime() }),
  example: { server: EXAMPLE_SERVER, port: 3_000, minutes: 60, title: 'preview' }, errors: ['SERVER.NOT_FOUND', 'FORWARD.ADDRESS_FORBIDDEN', 'FORWARD.TOO_MANY'],
});
export const enterForward = command({
  verb: 'enter', on: 'id', summary: 'Let a person in. The gateway does so, once for each ticket; opening the path of `open` in a browser is the way.',
  input: z.object({ /** Of the ticket. */ entry: z.string().regex(/^[0-9a-z]{26}$/) }), output: written, example: { entry: '01jd3x8e2v5y9w4z7q6r1s0tnt' }, errors: [...GONE, 'FORWARD.NOT_SHARED', 'FORWARD.ENTRY_USED'],
});
export const extendForward = command({ verb: 'extend', on: 'id', summary: 'Give it more time, counted from now; 24 hours at most.', input: z.object({ minutes: minutes.default(60) }), output: written.extend({ ends_at: z.iso.datetime() }), example: { minutes: 60 }, errors: [...GONE, 'FORWARD.NOT_YOURS'] });
export const closeForward = command({ verb: 'close', on: 'id', summary: 'Close it. Whoever is connected is cut off at once.', input: z.object({}), output: written, example: {}, errors: GONE });

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'terminals', aggregate: 'forward', type, schema: 1, summary, data, example });
const place = { server: ulid, server_name: z.string(), address: z.string(), port: z.int(), scheme: z.enum(['http', 'https']), insecure: z.boolean(), names: z.enum(FORWARD_NAMES), title: z.string(), share: z.enum(FORWARD_SHARES), label: z.string() };
const EXAMPLE_PLACE = { server: EXAMPLE_SERVER, server_name: 'web-1', address: '127.0.0.1', port: 3_000, scheme: 'http', insecure: false, names: 'local', title: 'preview', share: 'me', label: EXAMPLE_LABEL } as const;
const end = { how: z.enum(FORWARD_ENDS), message: z.string().max(500) };
export const forwardEvents = {
  ForwardOpened: event('ForwardOpened', 'A port of a server can be reached at an address.', z.object({ ...place, ends_at: z.iso.datetime() }), { ...EXAMPLE_PLACE, ends_at: '2026-11-21T20:00:00.000Z' }),
  ForwardEntered: event('ForwardEntered', 'A person was let in: their browser can reach it until it closes or their session ends.', z.object({ entry: z.string() }), { entry: '01jd3x8e2v5y9w4z7q6r1s0tnt' }),
  ForwardExtended: event('ForwardExtended', 'It has more time.', z.object({ ends_at: z.iso.datetime() }), { ends_at: '2026-11-21T21:00:00.000Z' }),
  ForwardClosed: event('ForwardClosed', 'It is closed, and nobody is connected any more.', z.object(end), { how: 'over', message: '' }),
} as const;

export const FORWARD_STATES = ['open', 'closed'] as const;
/** Key `<tenant>.forwards.<forward>`; of a tenant the last 20 that were closed stay. */
export const forwardsView = defineView({
  service: 'terminals', view: 'forwards', schema: 1, summary: 'Ports of servers that are open at an address: whose, for how long, who entered.',
  data: z.object({
    id: ulid, ...place, state: z.enum(FORWARD_STATES), owner: z.string(), opened_at: z.iso.datetime(), opened_by: actor, ends_at: z.iso.datetime(), /** Persons, the latest last. */ entered: z.array(z.object({ person: z.string(), at: z.iso.datetime() })),
    closed_at: z.iso.datetime().nullable(), closed_by: actor.nullable(), end: z.object(end).nullable(),
  }),
  example: {
    id: EXAMPLE_FORWARD, ...EXAMPLE_PLACE, state: 'open', owner: '01jd3x8e2v5y9w4z7q6r1s0tcd', opened_at: '2026-11-21T19:00:00.000Z', opened_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, ends_at: '2026-11-21T20:00:00.000Z',
    entered: [{ person: '01jd3x8e2v5y9w4z7q6r1s0tcd', at: '2026-11-21T19:00:07.000Z' }], closed_at: null, closed_by: null, end: null,
  },
});
