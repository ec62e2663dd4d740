/** P18: what rights cost: a check at the door, the documents of a whole tenant, a change of a role with a thousand holders. */
import { authProjections } from '@xanthus/auth';
import type { RecordedEvent } from '@xanthus/kernel';
import { allows, type CapabilityDocument, type CapabilityRequest } from '@xanthus/proto';
import type { Grant } from '@xanthus/proto/auth';
import type { Benchmark, Row } from './benchmark.js';

const MEMBERS = 1_000;
const ROLES = 50;
const ADMIN = 'admin';
const SERVER = '01jd3x8e2v5y9w4z7q6r1s0ta1';

/** Auth's capability projection over a bucket in memory. */
const bucket = () => {
  const projection = authProjections.find(p => p.name === 'capabilities');
  if (projection === undefined) throw new Error('auth has no capabilities');
  const keys = new Map<string, unknown>();
  const reader = { get: <T>(key: string) => keys.get(key) as T | undefined };
  let seq = 0;
  const fold = async (type: string, aggregate: string, id: string, data: unknown): Promise<number> => {
    const event: RecordedEvent = {
      id: SERVER, type, schema: 1, tenant: 'acme', aggregate: { service: 'auth', name: aggregate, id }, occurred_at: '2026-01-01T00:00:00.000Z', actor: { kind: 'system', id: 'bench' }, command_id: 'c', correlation_id: 'c',
      data, stream: 'AUTH', seq: ++seq, stored_at: '2026-01-01T00:00:00.000Z',
    };
    const changes = await projection.project(event, reader);
    for (const change of changes) {
      if ('deleted' in change) keys.delete(change.key);
      else keys.set(change.key, change.value);
    }
    return changes.length;
  };
  return { fold, documentOf: (id: string) => keys.get(`acme.capabilities.${id}`) as CapabilityDocument };
};

/** A role as somebody makes one: reads everything, works with what has a tag and with some things by id. */
const grantsOf = (i: number): Grant[] => [
  { permission: 'vps.read', resources: 'all' }, { permission: 'vps.server.rename', resources: 'tag:staging' },
  ...Array.from({ length: 8 }, (_, j): Grant => ({ permission: 'vps.server.delete', resources: `id:server-${i}-${j}` })),
];
const members = Array.from({ length: MEMBERS }, (_, i) => `person-${String(i).padStart(6, '0')}`);

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** µs of one check, over many. */
const check = (document: CapabilityDocument, request: CapabilityRequest, expected: boolean, rounds: number): number => {
  const times: number[] = [];
  const each = 20_000;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    let right = 0;
    for (let i = 0; i < each; i++) if (allows(document, request) === expected) right++;
    times.push((performance.now() - started) / each * 1_000);
    if (right !== each) throw new Error('a check answered otherwise');
  }
  return median(times);
};

const timed = async (run: () => Promise<void>): Promise<number> => {
  const started = performance.now();
  await run();
  return performance.now() - started;
};

const run = async (quick: boolean): Promise<Row[]> => {
  const rounds = quick ? 3 : 9;
  const compile: number[] = [];
  const change: number[] = [];
  let last = bucket();
  for (let round = 0; round < rounds; round++) {
    const { fold } = last = bucket();
    for (let i = 0; i < ROLES; i++) await fold('RoleDefined', 'role', `role-${i}`, { description: '', grants: grantsOf(i) });
    await fold('ResourceTagged', 'resource', SERVER, { service: 'vps', aggregate: 'server', tags: ['staging'], seq: 1 });
    compile.push(await timed(async () => { for (const [i, id] of members.entries()) await fold('MemberAdded', 'member', id, { role: `role-${i % ROLES}` }); }));
    const crowd = bucket();
    await crowd.fold('RoleDefined', 'role', 'crowd', { description: '', grants: [] });
    for (const id of members) await crowd.fold('MemberAdded', 'member', id, { role: 'crowd' });
    change.push(await timed(async () => {
      await crowd.fold('RoleDefined', 'role', 'crowd', { description: '', grants: grantsOf(1) });
      let made = 0;
      for (let at = 0; at < MEMBERS; at += 90) made += await crowd.fold('RoleApplied', 'role', 'crowd', { after: members[at - 1] ?? '', until: members[at + 89] ?? null });
      if (made !== MEMBERS) throw new Error(`${made} of ${MEMBERS} documents made`);
    }));
  }
  await last.fold('MemberAdded', 'member', 'admin', { role: ADMIN });
  const own = last.documentOf(members[7] ?? '');
  const admin = last.documentOf('admin');
  const command = (subject: string): CapabilityRequest => ({ what: 'command', subject });
  const checks: readonly (readonly [string, CapabilityDocument, CapabilityRequest, boolean])[] = [
    ['check, own role: allowed by its last grant', own, command('cmd.acme.vps.server.server-7-7.delete'), true],
    ['check, own role: refused', own, command('cmd.acme.vps.server.another.delete'), false],
    ['check, admin: allowed', admin, command('cmd.acme.vps.server.another.delete'), true],
    ['check, admin: refused', admin, command('cmd.other.vps.server.another.delete'), false],
    ['check of a bucket, own role', own, { what: 'bucket', bucket: 'vps', pattern: 'acme.servers.*' }, true],
  ];
  return [
    ...checks.map(([what, document, request, expected]): Row => {
      const ours = check(document, request, expected, rounds);
      return { what, unit: 'µs', ours, budget: '< 5 µs', met: ours < 5 };
    }),
    { what: `compile ${MEMBERS} members in ${ROLES} own roles`, unit: 'ms', ours: median(compile), ours_p99: Math.max(...compile), budget: '< 100 ms', met: median(compile) < 100 },
    { what: `compile again all ${MEMBERS} holders of one role`, unit: 'ms', ours: median(change), ours_p99: Math.max(...change), budget: '< 100 ms', met: median(change) < 100 },
  ];
};

export const p18: Benchmark = {
  id: 'p18', title: 'rights: a check, the documents of a tenant, a change of a role',
  run: async ({ quick }) => ({
    rows: await run(quick),
    notes: ['A check is `allows` on a document as the doors and the gateway hold it; the second figure of the compiles is the slowest round.', 'Compiling is the fold alone, without NATS: what a change of a role costs from command to answer over a real server is in the spec of tenancy.'],
  }),
};
