/**
 * Security rule "NATS itself enforces": every credential tries every subject there is, and nats-server refuses all that is not on the list here.
 * The subjects come from the declarations and the contracts, the list is written by hand: what is added later is nobody's until a line says whose.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { bucketStream, declarationsOf, provision, sharedDeclarations } from '@xanthus/jetstream';
import { SERVICE_RIGHTS, SERVICES, type ServiceContracts } from '@xanthus/proto';
import { startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { readFile } from 'node:fs/promises';
import { accountJwt, newCredential, openOperator, pushAccount } from './credentials.js';
import { initOperator } from './operator.js';
import { natsServerConfig } from './server-config.js';
import { inboxPrefixOf, NATS_USERS } from './users.js';

/** The programs, the system user that auth hands accounts to nats-server with, and a credential of the tenant `acme` that follows VPS. */
type Who = (typeof NATS_USERS)[number] | 'sys' | 'tenant';
const EVERYBODY: readonly Who[] = [...NATS_USERS, 'sys', 'tenant'];
const ID = '01jd3x8e2v5y9w4z7q6r1s0tab';
const CONSUMER = 'acme_01jd3x8e2v5y9w4z7q6r1s0tcr_billing';

/** Of notifications, on the events of each other service. */
const NOTICING = 'notifications-notice';

/** Whose is what: stream or bucket → who reads it, and who besides may only follow it from a consumer of its own, to its end. */
const READERS: Readonly<Record<string, { readonly read: readonly Who[]; readonly follow?: readonly Who[] }>> = {
  AUTH: { read: ['auth', 'audit', 'gateway'] },
  AUTH_TIMERS: { read: ['auth'] },
  AUTH_METRICS: { read: ['auth', 'gateway'] },
  VPS: { read: ['vps', 'audit', 'gateway'] },
  VPS_TIMERS: { read: ['vps'] },
  VPS_METRICS: { read: ['vps', 'gateway'] },
  VPS_SERIES: { read: ['vps'] },
  DNS: { read: ['dns', 'audit', 'gateway'] },
  DNS_TIMERS: { read: ['dns'] },
  DNS_METRICS: { read: ['dns', 'gateway'] },
  APPLICATIONS: { read: ['applications', 'audit', 'gateway'] },
  APPLICATIONS_TIMERS: { read: ['applications'] },
  APPLICATIONS_METRICS: { read: ['applications', 'gateway'] },
  TERMINALS: { read: ['terminals', 'audit', 'gateway'] },
  AUDIT: { read: ['audit', 'gateway'] },
  NOTIFICATIONS: { read: ['notifications', 'audit', 'gateway'] },
  TERMINALS_TIMERS: { read: ['terminals'] },
  TERMINALS_METRICS: { read: ['terminals', 'gateway'] },
  TERMINALS_RECORDINGS: { read: ['terminals'] },
  BLOBS: { read: [] },
  'KV_auth-a': { read: ['auth', 'gateway'], follow: ['vps', 'dns', 'applications', 'terminals', 'audit', 'notifications'] },
  'KV_auth-b': { read: ['auth', 'gateway'], follow: ['vps', 'dns', 'applications', 'terminals', 'audit', 'notifications'] },
  'KV_auth-state': { read: ['auth'] }, 'KV_auth-past': { read: ['auth'] },
  'KV_auth-attempts': { read: ['auth'] },
  'KV_vps-a': { read: ['vps', 'gateway'] },
  'KV_vps-b': { read: ['vps', 'gateway'] },
  'KV_vps-state': { read: ['vps'] }, 'KV_vps-past': { read: ['vps'] },
  'KV_dns-a': { read: ['dns', 'gateway'] },
  'KV_dns-b': { read: ['dns', 'gateway'] },
  'KV_dns-state': { read: ['dns'] }, 'KV_dns-past': { read: ['dns'] },
  'KV_applications-a': { read: ['applications', 'gateway'] },
  'KV_applications-b': { read: ['applications', 'gateway'] },
  'KV_applications-state': { read: ['applications'] }, 'KV_applications-past': { read: ['applications'] },
  'KV_terminals-a': { read: ['terminals', 'gateway'] },
  'KV_terminals-b': { read: ['terminals', 'gateway'] },
  'KV_terminals-state': { read: ['terminals'] }, 'KV_terminals-past': { read: ['terminals'] },
  'KV_audit-a': { read: ['audit', 'gateway'] },
  'KV_audit-b': { read: ['audit', 'gateway'] },
  'KV_audit-state': { read: ['audit'] }, 'KV_audit-past': { read: ['audit'] },
  'KV_notifications-a': { read: ['notifications', 'gateway'] },
  'KV_notifications-b': { read: ['notifications', 'gateway'] },
  'KV_notifications-state': { read: ['notifications'] }, 'KV_notifications-past': { read: ['notifications'] },
  KV_views: { read: ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'gateway'] },
  KV_vault: { read: [] },
  KV_budgets: { read: [] },
  'KV_data-keys': { read: ['auth'] },
};
/** By the name of whom a bucket is written. */
const WRITERS: Readonly<Record<string, readonly Who[]>> = {
  'auth-a': ['auth'], 'auth-b': ['auth'], 'auth-state': ['auth'], 'auth-past': ['auth'], 'auth-attempts': ['auth'], 'data-keys': ['auth'], 'vps-a': ['vps'], 'vps-b': ['vps'], 'vps-state': ['vps'], 'vps-past': ['vps'], 'dns-a': ['dns'], 'dns-b': ['dns'], 'dns-state': ['dns'], 'dns-past': ['dns'], 'applications-a': ['applications'], 'applications-b': ['applications'], 'applications-state': ['applications'], 'applications-past': ['applications'], 'terminals-a': ['terminals'], 'terminals-b': ['terminals'], 'terminals-state': ['terminals'], 'terminals-past': ['terminals'], 'audit-a': ['audit'], 'audit-b': ['audit'], 'audit-state': ['audit'], 'audit-past': ['audit'], 'notifications-a': ['notifications'], 'notifications-b': ['notifications'], 'notifications-state': ['notifications'], 'notifications-past': ['notifications'], budgets: ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications'], views: [], vault: [],
};
const PURGED: Readonly<Record<string, readonly Who[]>> = {
  'KV_auth-a': ['auth'], 'KV_auth-b': ['auth'], 'KV_auth-state': ['auth'], 'KV_auth-past': ['auth'], 'KV_vps-a': ['vps'], 'KV_vps-b': ['vps'], 'KV_vps-state': ['vps'], 'KV_vps-past': ['vps'], VPS_SERIES: ['vps'],
  'KV_dns-a': ['dns'], 'KV_dns-b': ['dns'], 'KV_dns-state': ['dns'], 'KV_dns-past': ['dns'], 'KV_applications-a': ['applications'], 'KV_applications-b': ['applications'], 'KV_applications-state': ['applications'], 'KV_applications-past': ['applications'], 'KV_terminals-a': ['terminals'], 'KV_terminals-b': ['terminals'], 'KV_terminals-state': ['terminals'], 'KV_terminals-past': ['terminals'], 'KV_audit-a': ['audit'], 'KV_audit-b': ['audit'], 'KV_audit-state': ['audit'], 'KV_audit-past': ['audit'], 'KV_notifications-a': ['notifications'], 'KV_notifications-b': ['notifications'], 'KV_notifications-state': ['notifications'], 'KV_notifications-past': ['notifications'], TERMINALS_RECORDINGS: ['terminals'], BLOBS: ['gateway'],
};

const DECLARED = [declarationsOf('auth', { metrics: true, timers: true, attempts: true }), declarationsOf('vps', { metrics: true, series: true, timers: true }), declarationsOf('dns', { metrics: true, timers: true }), declarationsOf('applications', { metrics: true, timers: true }), declarationsOf('terminals', { metrics: true, timers: true, recordings: true }), declarationsOf('audit'), declarationsOf('notifications'), sharedDeclarations()];
const BUCKETS = DECLARED.flatMap(d => d.buckets.map(b => b.name));
const STREAMS = [...DECLARED.flatMap(d => d.streams.map(s => s.name)), ...BUCKETS.map(bucketStream)];
const SERVICE_NAMES = Object.keys(SERVICES) as (keyof typeof SERVICES)[];

/** What the tenant's credential has under JetStream's own names: the acknowledgement of its one consumer. */
const apiOf = (stream: string): [string, readonly Who[]][] => {
  const { read = [], follow = [] } = READERS[stream] ?? {};
  const followers = [...read, ...follow];
  // auth makes, looks at and deletes the consumers of credentials on the streams of others
  const events = ['VPS', 'DNS', 'APPLICATIONS', 'TERMINALS', 'AUDIT', 'NOTIFICATIONS'].includes(stream) ? (['auth'] as const) : [];
  // one consumer on the events of each other service, by its name
  const noticing: readonly Who[] = ['AUTH', 'VPS', 'DNS', 'APPLICATIONS', 'TERMINALS', 'AUDIT'].includes(stream) ? ['notifications'] : [];
  const secrets: readonly Who[] = stream === 'KV_vault' ? ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications'] : [];
  const counters: readonly Who[] = stream === 'KV_budgets' ? ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications'] : [];
  const api = (verb: string): string => `$JS.API.${verb}`;
  return [
    [api(`STREAM.CREATE.${stream}`), ['provisioner']],
    [api(`STREAM.UPDATE.${stream}`), ['provisioner']],
    [api(`STREAM.INFO.${stream}`), ['provisioner', ...followers, ...events, ...secrets, ...noticing]],
    [api(`STREAM.PURGE.${stream}`), PURGED[stream] ?? []],
    [api(`STREAM.MSG.DELETE.${stream}`), stream === 'KV_data-keys' ? ['auth'] : []],
    ...['STREAM.DELETE', 'STREAM.SNAPSHOT', 'STREAM.RESTORE', 'STREAM.PEER.REMOVE', 'STREAM.LEADER.STEPDOWN'].map((verb): [string, readonly Who[]] => [api(`${verb}.${stream}`), []]),
    [api(`STREAM.MSG.GET.${stream}`), [...followers, ...counters]],
    [api(`DIRECT.GET.${stream}`), read],
    [api(`DIRECT.GET.${stream}.some.subject`), read],
    [api(`CONSUMER.CREATE.${stream}`), followers],
    [api(`CONSUMER.CREATE.${stream}.spy`), followers],
    [api(`CONSUMER.CREATE.${stream}.spy.evt.acme.>`), [...followers, ...events]],
    [api(`CONSUMER.CREATE.${stream}.spy.>`), followers],
    [api(`CONSUMER.DURABLE.CREATE.${stream}.spy`), []],
    [api(`CONSUMER.INFO.${stream}.spy`), [...followers, ...events]],
    [api(`CONSUMER.DELETE.${stream}.spy`), [...followers, ...events]],
    [api(`CONSUMER.MSG.NEXT.${stream}.spy`), followers],
    [api(`CONSUMER.MSG.NEXT.${stream}.${CONSUMER}`), followers],
    ...[`CONSUMER.CREATE.${stream}.${NOTICING}.evt.*.>`, `CONSUMER.INFO.${stream}.${NOTICING}`, `CONSUMER.MSG.NEXT.${stream}.${NOTICING}`].map((verb): [string, readonly Who[]] => [api(verb), [...followers, ...noticing, ...(verb.includes('MSG.NEXT') ? [] : events)]]),
    [api(`CONSUMER.DELETE.${stream}.${NOTICING}`), [...followers, ...events]],
    [`$JS.ACK.${stream}.${NOTICING}.1.1.1.1.1`, [...followers, ...noticing]],
    [api(`CONSUMER.NAMES.${stream}`), followers],
    [api(`CONSUMER.LIST.${stream}`), followers],
    [api(`CONSUMER.UNPIN.${stream}.spy`), followers],
    [api(`CONSUMER.RESET.${stream}.spy`), /^KV_|^BLOBS$|_(TIMERS|SERIES|RECORDINGS)$/.test(stream) ? [] : ['gateway']],
    ...['CONSUMER.PAUSE', 'CONSUMER.LEADER.STEPDOWN'].map((verb): [string, readonly Who[]] => [api(`${verb}.${stream}.spy`), []]),
    [`$JS.ACK.${stream}.spy.1.1.1.1.1`, followers],
    [`$JS.ACK.${stream}.${CONSUMER}.1.1.1.1.1`, [...followers, ...(stream === 'VPS' ? (['tenant'] as const) : [])]],
    ...['XAN.API.CONSUMER.MSG.NEXT', 'XAN.API.CONSUMER.INFO'].flatMap(verb => ['spy', CONSUMER].map((name): [string, readonly Who[]] => [`${verb}.${stream}.${name}`, stream === 'VPS' && name === CONSUMER ? ['tenant'] : []])),
  ];
};

/** `*` and `>` of a right, against one subject. */
const covers = (right: string, subject: string): boolean => {
  const [a, b] = [right.split('.'), subject.split('.')];
  return a.every((token, i) => (token === '>' ? b.length > i : i < b.length && (token === '*' || token === b[i]))) && (a.at(-1) === '>' || a.length === b.length);
};

const askedOf = (tenant: string): [string, readonly Who[]][] => SERVICE_NAMES.flatMap(service => {
  const { commands, queries, views } = SERVICES[service] as ServiceContracts;
  const subjects = [
    ...Object.values(commands).map(c => `cmd.${tenant}.${service}.${c.aggregate}.${c.on === 'new' ? 'new' : ID}.${c.verb}`),
    ...Object.values(queries).map(q => `qry.${tenant}.${service}.${q.question}.${q.on === 'all' ? 'all' : ID}`),
    ...Object.values(views).map(v => `qry.${tenant}.${service}.view.${v.view}.all`),
  ];
  return subjects.map((subject): [string, readonly Who[]] => [subject, [
    ...(['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'launch'] as const).filter(who => SERVICE_RIGHTS[who]?.some(right => covers(right, subject))), 'gateway', ...(tenant === 'acme' ? (['tenant'] as const) : []),
  ]]);
});

const PUBLISHED: readonly [string, readonly Who[]][] = [
  ...STREAMS.flatMap(apiOf),
  ...BUCKETS.map((bucket): [string, readonly Who[]] => [`$KV.${bucket}.acme.x`, WRITERS[bucket] ?? []]),
  ...SERVICE_NAMES.flatMap((service): [string, readonly Who[]][] => [
    [`evt.acme.${service}.thing.${ID}`, [service]],
    [`mark.acme.${service}.name.x`, [service]],
    [`met.acme.${service}.${ID}`, [service]],
    [`ser.acme.${service}.${ID}.hour`, service === 'vps' ? ['vps'] : []],
    [`tmr.acme.${service}.later.${ID}`, [service]],
    [`sig.acme.${service}.thing.${ID}.tick`, [service]],
    [`key.${service}.unwrap`, [service]],
    [`key.${service}.renew`, ['auth']],
    [`$KV.views.${service}`, [service]],
    [`blob.${service}.${ID}.0`, ['gateway']],
    [`$JS.API.DIRECT.GET.BLOBS.blob.${service}.${ID}.0`, [service]],
    [`$KV.vault.acme.${service}.x`, [service]],
    [`$JS.API.DIRECT.GET.KV_vault.$KV.vault.acme.${service}.x`, [service]],
  ]),
  ...['acme', 'other', 'xanthus'].flatMap(askedOf),
  ...['acme', 'other'].flatMap(tenant => [...askedOf(tenant)].map(([subject]): [string, readonly Who[]] => [`ext.${tenant}.${subject.replace(`.${tenant}.`, '.')}`, []])),
  ...['attach', 'replay', 'in'].map((verb): [string, readonly Who[]] => [`tty.acme.s1.${verb}`, ['gateway']]),
  ['tty.acme.s1.out', ['terminals']],
  ['tty.acme.s1.hold', ['terminals']],
  [`rec.acme.${ID}.0`, ['terminals']],
  ['tun.acme.f1.open', ['gateway']],
  ['tun.acme.f1.t1.up', ['gateway']],
  ['tun.acme.f1.t1.down', ['terminals']],
  ['gw.durable.VPS.x', ['gateway']],
  ['$JS.API.INFO', ['provisioner', 'auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'gateway', 'launch']],
  ['$JS.API.STREAM.NAMES', ['provisioner']],
  ['$JS.API.STREAM.LIST', ['provisioner']],
  ['$JS.API.STREAM.CREATE.EVIL', ['provisioner']],
  ['$SYS.REQ.CLAIMS.UPDATE', ['sys']],
  ['$SYS.REQ.ACCOUNT.A.CLAIMS.LOOKUP', ['sys']],
  ...['$JS.API.ACCOUNT.PURGE.A', '$JS.API.META.LEADER.STEPDOWN', '$JS.API.SERVER.REMOVE', '$SYS.REQ.CLAIMS.DELETE', '$SYS.REQ.CLAIMS.LIST', '$SYS.REQ.SERVER.PING', '$SYS.REQ.SERVER.X.RELOAD', '$SYS.REQ.SERVER.X.KICK', '$SYS.REQ.USER.INFO.x', '$SYS.REQ.ACCOUNT.A.CONNZ', '_INBOX.x', ...NATS_USERS.map(u => `${inboxPrefixOf(u)}.x`)]
    .map((subject): [string, readonly Who[]] => [subject, []]),
];

const LISTENED: readonly [string, readonly Who[]][] = [
  ...['>', '*.>', 'cmd.>', 'qry.>', 'ext.>', 'evt.>', 'mark.>', 'met.>', 'ser.>', 'tmr.>', 'key.>', 'tty.>', 'rec.>', '$KV.>', '$JS.>', '$SYS.>', '_INBOX_gateway.other', 'evt.acme.>', 'cmd.acme.>', 'ext.acme.>'].map((subject): [string, readonly Who[]] => [subject, subject === '_INBOX_gateway.other' ? ['gateway'] : []]),
  ['sig.>', ['gateway']],
  ['tty.*.*.out', ['gateway']],
  ...['attach', 'replay', 'in', 'hold'].map((verb): [string, readonly Who[]] => [`tty.*.*.${verb}`, ['terminals']]),
  ['tun.*.*.open', ['terminals']],
  ['tun.*.*.*.up', ['terminals']],
  ['tun.*.*.*.down', ['gateway']],
  ['gw.durable.>', ['gateway']],
  ['_INBOX.>', ['tenant']],
  ['key.*.unwrap', ['auth']],
  ...[...NATS_USERS, 'sys' as const].map((user): [string, readonly Who[]] => [`${inboxPrefixOf(user)}.>`, [user]]),
  ...SERVICE_NAMES.flatMap((service): [string, readonly Who[]][] => [
    ...['cmd.*', 'qry.*', 'ext.*.cmd', 'ext.*.qry'].map((kind): [string, readonly Who[]] => [`${kind}.${service}.>`, [service]]),
    [`key.${service}.renew`, [service]],
    [`key.${service}.unwrap`, ['auth']],
    [`evt.*.${service}.>`, []], [`mark.*.${service}.>`, []], [`met.*.${service}.>`, []], [`ser.*.${service}.>`, []], [`tmr.*.${service}.>`, []], [`sig.*.${service}.>`, ['gateway']],
  ]),
  ...BUCKETS.map((bucket): [string, readonly Who[]] => [`$KV.${bucket}.>`, []]),
];

let folder: TempDir;
let nats: TestNats;
const connections = new Map<Who, NatsConnection>();
const told = new Map<Who, string[]>();

const open = async (who: Who, creds: Uint8Array): Promise<void> => {
  const nc = await nats.connect({ authenticator: credsAuthenticator(creds), ...(who === 'tenant' ? {} : { inboxPrefix: inboxPrefixOf(who) }), name: who });
  const messages: string[] = [];
  connections.set(who, nc);
  told.set(who, messages);
  void (async () => {
    for await (const status of nc.status()) if (status.type === 'error') messages.push(status.error.message);
  })();
};

/** What nats-server refused of all that was done. Its refusals come before its answer to a ping; a turn of the event loop hands them on. */
const refusedOf = async (who: Who, kind: RegExp, act: (nc: NatsConnection) => void): Promise<Set<string>> => {
  const nc = connections.get(who)!;
  act(nc);
  await nc.flush();
  await new Promise(resolve => { setImmediate(resolve); });
  return new Set(told.get(who)!.splice(0).filter(m => kind.test(m)).map(m => /"([^"]+)"/.exec(m)?.[1] ?? m));
};

beforeAll(async () => {
  folder = await tempDir('xanthus-operator-');
  const files = await initOperator(folder.path);
  nats = await startNats({ configFor: o => natsServerConfig({ dir: folder.path, port: o.port, host: '127.0.0.1', storeDir: o.storeDir, sync: 'interval' }) });
  for (const user of NATS_USERS) await open(user, await readFile(files.creds(user)));
  await provision(connections.get('provisioner')!, DECLARED, { replicas: 1 });
  const made = await newCredential({ id: '01jd3x8e2v5y9w4z7q6r1s0tcr', name: 'billing', tenant: 'acme', consumers: { VPS: CONSUMER } });
  await open('sys', await readFile(files.systemCreds));
  await pushAccount(connections.get('sys')!, await accountJwt(openOperator(files.operatorDir), made.account));
  await open('tenant', new TextEncoder().encode(made.creds));
});
afterAll(async () => {
  await Promise.all([...connections.values()].map(nc => nc.close()));
  await nats?.stop();
  await folder?.remove();
});

describe('every stream and bucket that is declared', () => {
  it('has a line that says whose it is', () => {
    expect(Object.keys(READERS).sort()).toEqual([...STREAMS].sort());
    expect(Object.keys(WRITERS).sort()).toEqual([...BUCKETS].sort());
  });
});

describe.each(EVERYBODY)('the credential %s', who => {
  const mine = (list: readonly [string, readonly Who[]][]): string[] => list.filter(([, allowed]) => allowed.includes(who)).map(([subject]) => subject).sort();

  it('publishes what is its own, and is refused every other subject by nats-server', async () => {
    const refused = await refusedOf(who, /publish/i, nc => { for (const [subject] of PUBLISHED) nc.publish(subject, '{}'); });
    expect(PUBLISHED.map(([subject]) => subject).filter(subject => !refused.has(subject)).sort()).toEqual(mine(PUBLISHED));
  });

  it('listens to what is its own, and is refused every other subject by nats-server', async () => {
    const refused = await refusedOf(who, /subscription/i, nc => { for (const [subject] of LISTENED) nc.subscribe(subject, { callback: () => undefined }); });
    expect(LISTENED.map(([subject]) => subject).filter(subject => !refused.has(subject)).sort()).toEqual(mine(LISTENED));
  });
});
