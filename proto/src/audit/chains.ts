/** The hash chain over a tenant's events, one per stream; how it is made, byte by byte: `docs/audit.md`. Nobody commands anything here: only audit's follower writes. */
import { z } from 'zod';
import { defineEvent, defineQuery, defineView } from '../contract.js';

/** Events of a block at most. */
export const AUDIT_BLOCK_EVENTS = 1_000;

const HASH = 'f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2';
const START = '9b0e3ba3f6c1f5a5d0a1b7a8f3c35e5a0ad1f0c4c3b5ef9bb1c8f0b1b6c7e907';
const SIGNATURE = 'q0Ij7n0gqk2nCf5p2Xq8V0m1c7r3b6z9y4w1x8v5t2s7r4q1p8o5n2m9l6k3j0i7h4g1f8e5d2c9b6a3AAAAAA';
const stream = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'a stream, upper case');
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** As the stream kept it: nanoseconds, always nine digits. */
const storedAt = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);

export const blockSealed = defineEvent({
  service: 'audit', aggregate: 'chain', type: 'BlockSealed', schema: 1, summary: 'Events of the tenant in one stream were chained and the end of the chain signed. The id is the stream in lower case.',
  data: z.object({
    stream, /** Sequences of its first and last event. */ from_seq: z.int().min(1), seq: z.int().min(1),
    events: z.int().min(1), /** Of the chain, up to and with this block. */ total: z.int().min(1),
    /** Earliest and latest time at which the stream kept one of them. */ from_time: storedAt, time: storedAt,
    /** End of the chain before and after. */ previous: hash, hash,
    /** A Bloom filter over persons, things, types, correlations and commands of its events, base64. */ keys: z.string(),
    /** Of audit's public key in the keys of the services, and its ed25519 signature, base64url. */ key_id: z.string(), signature: z.string(),
  }),
  example: {
    stream: 'VPS', from_seq: 12, seq: 2_044, events: 1_000, total: 3_000, from_time: '2026-11-21T20:00:00.123456789Z', time: '2026-11-21T21:00:00.000000001Z', previous: START, hash: HASH, keys: 'BwAAAAAAAAAAAAAAAAAAAAA=', key_id: 'service:audit', signature: SIGNATURE,
  },
});
export const auditEvents = { BlockSealed: blockSealed } as const;

/** Key `<tenant>.chains.<stream in lower case>` */
export const chainView = defineView({
  service: 'audit', view: 'chains', schema: 1, summary: 'How far the events of each stream are chained and signed.',
  data: z.object({
    stream, blocks: z.int(), /** Sealed ones. */ events: z.int(), first_seq: z.int(), /** Last sealed one. */ seq: z.int(), first_time: storedAt, time: storedAt, hash, sealed_at: z.iso.datetime(), key_id: z.string(),
  }),
  example: { stream: 'VPS', blocks: 3, events: 3_000, first_seq: 2, seq: 2_044, first_time: '2026-11-20T08:00:00.000000000Z', time: '2026-11-21T21:00:00.000000001Z', hash: HASH, sealed_at: '2026-11-21T21:00:00.200Z', key_id: 'service:audit' },
});

const streams = z.array(stream).max(64).optional().describe('these only; otherwise every stream that is chained');
const before = z.object({ stream, seq: z.int().min(1) }).optional().describe('go on below: stream and `from_seq` of the last block, or `next` of the last answer');

export const auditBlocks = defineQuery({
  service: 'audit', question: 'blocks', on: 'all', deadline: 15_000, summary: 'Which sequences of which stream are the tenant\'s, and how many events there are, block by block, newest first.',
  input: z.object({ streams, before, limit: z.int().min(1).max(2_000).default(500) }),
  output: z.object({ blocks: z.array(z.object({ stream, from_seq: z.int(), seq: z.int(), events: z.int(), total: z.int(), from_time: storedAt, time: storedAt })) }),
  example: { limit: 100 },
});

const name = z.string().regex(/^[a-z0-9-]{1,64}$/);
export const auditThing = z.object({ service: name, aggregate: name.optional(), id: name.optional() });
/** What is looked for; all of it must fit. */
export const auditFilter = {
  actor: z.string().min(1).max(64).optional().describe('who did it: a person, a credential, a service'),
  thing: auditThing.optional(),
  type: z.string().regex(/^[A-Z][A-Za-z0-9]{0,99}$/).optional(),
  correlation: z.string().min(1).max(128).optional(),
  command: z.string().min(1).max(128).optional().describe('the command that decided it; or an event, for what came of it'),
  from: z.iso.datetime().optional().describe('kept by the stream at or after'),
  to: z.iso.datetime().optional().describe('kept by the stream before'),
  streams,
} as const;

export const auditFind = defineQuery({
  service: 'audit', question: 'find', on: 'all', deadline: 20_000, summary: 'Where events that fit may be: ranges of sequences, newest first. Too much perhaps, never too little; what is not sealed yet is always in.',
  input: z.object({ ...auditFilter, before, limit: z.int().min(1).max(2_000).default(500) }),
  output: z.object({
    ranges: z.array(z.object({ stream, from_seq: z.int(), /** Null: up to now. */ to_seq: z.int().nullable() })),
    /** Nothing is left below. */ complete: z.boolean(),
    /** Else: ask again with this as `before`. */ next: z.object({ stream, seq: z.int() }).optional(),
  }),
  example: { correlation: '01jd3x8e2v5y9w4z7q6r1s0tc0' },
});

export const AUDIT_PROBLEMS = ['changed', 'missing', 'signature', 'order'] as const;
export const auditVerify = defineQuery({
  service: 'audit', question: 'verify', on: 'id', deadline: 30_000, summary: 'Reads the events of a stream again and compares them with the chain, some blocks at a time. The id is the stream in lower case.', errors: ['AUDIT.NO_SUCH_BLOCK'],
  input: z.object({ after: z.int().min(0).default(0).describe('`verified_to` of the answer before'), blocks: z.int().min(1).max(50).default(20) }),
  output: z.object({
    verified_to: z.int(), events: z.int(), blocks: z.int(), /** The last sealed block was compared, or something does not fit. */ done: z.boolean(),
    problem: z.object({ kind: z.enum(AUDIT_PROBLEMS), /** Where it begins. */ seq: z.int(), message: z.string() }).optional(),
  }),
  example: { after: 2_044 },
});
export type AuditProblem = NonNullable<z.infer<typeof auditVerify.output>['problem']>;
