/** What is under way in all services, as one list. Pure. */
import { SET_UP_WORDS } from '@xanthus/proto/vps';
import type { Application, Domain, Operations, Plan, Server, SetUp } from '../contracts.js';
import { WORK_WORDS } from '../applications/words.js';
import { progressText } from '../dns/plan-model.js';
import { STEP_WORDS } from '../dns/tls-model.js';
import { operationTitle } from '../server/operations.js';
import { t } from '../texts/text.js';
import type { ThingAddress } from '../lib/thing-link.js';

export interface Work {
  readonly key: string;
  readonly kind: 'set-up' | 'operation' | 'deployment' | 'plan' | 'domain';
  /** What is done: `Making web-1`. */
  readonly title: string;
  /** Of what it is done. */
  readonly name: string;
  readonly link: ThingAddress;
  /** Where it is. */
  readonly step: string | undefined;
  readonly started_at: string | undefined;
  /** 0–100. */
  readonly percent: number | undefined;
  /** `stuck`: it goes on when somebody decides. */
  readonly state: 'running' | 'waiting' | 'stuck';
  readonly retry_at: string | undefined;
  readonly problem: string | undefined;
  /** It can be stopped; what by: the server, the application or the plan. */
  readonly cancel: { readonly kind: 'set-up' | 'deployment' | 'plan'; readonly id: string } | undefined;
  /** Deployments tell their step in a row of their own. */
  readonly deployment?: string;
}

export interface Sources {
  readonly setUps: Iterable<SetUp>;
  readonly operations: Iterable<Operations>;
  readonly servers: ReadonlyMap<string, Pick<Server, 'name'>>;
  readonly applications: Iterable<Application>;
  readonly plans: Iterable<Plan>;
  readonly domains: Iterable<Domain>;
}

const DOING: Readonly<Record<SetUp['kind'], string>> = { create: t('Making a server'), install: t('Setting up K3s'), remove: t('Removing a server') };
const MOVING: ReadonlySet<SetUp['state']> = new Set(['running', 'cancelling', 'removing']);
const STUCK: ReadonlySet<SetUp['state']> = new Set(['failed', 'removal-failed']);

const ofSetUp = (s: SetUp): Work[] => {
  if (!MOVING.has(s.state) && !STUCK.has(s.state)) return [];
  const title = s.state === 'cancelling' ? t('Cancelling a set-up') : s.state === 'removing' || s.state === 'removal-failed' ? DOING.remove : DOING[s.kind];
  return [{
    key: `set-up ${s.server}`, kind: 'set-up', title, name: s.name, link: { to: '/servers/$id', params: { id: s.server }, search: { tab: 'set-up' } }, step: s.step ? SET_UP_WORDS[s.step] : undefined, started_at: s.started_at, percent: s.percent ?? undefined,
    state: STUCK.has(s.state) ? 'stuck' : s.retry_at === null ? 'running' : 'waiting', retry_at: s.retry_at ?? undefined, problem: s.problem?.message, cancel: s.next.includes('cancel') && s.state === 'running' ? { kind: 'set-up', id: s.server } : undefined,
  }];
};

const ofOperations = ({ server, items }: Operations, servers: Sources['servers']): Work[] => items.filter(o => o.state === 'running').map(o => ({
  key: `operation ${o.id}`, kind: 'operation', title: operationTitle(o), name: servers.get(server)?.name ?? t('a server'), link: { to: '/servers/$id', params: { id: server } }, step: o.text, started_at: o.started_at, percent: o.percent, state: 'running',
  retry_at: undefined, problem: undefined, cancel: undefined,
}));

const ofApplication = (a: Application): Work[] => {
  if (a.work === null || a.deployment === null) return [];
  return [{
    key: `deployment ${a.deployment}`, kind: 'deployment', title: WORK_WORDS[a.work], name: a.name, link: { to: '/applications/$id', params: { id: a.id } }, step: a.sentence || undefined, started_at: undefined, percent: undefined, state: 'running',
    retry_at: undefined, problem: undefined, cancel: { kind: 'deployment', id: a.id }, deployment: `${a.id}.${a.deployment}`,
  }];
};

const ofPlan = (p: Plan): Work[] => {
  const moving = p.state === 'applying' || p.state === 'rolling-back';
  if (!moving && !(p.state === 'failed' && p.next.includes('resume'))) return [];
  return [{
    key: `plan ${p.id}`, kind: 'plan', title: p.state === 'rolling-back' ? t('Rolling a plan back') : t('Applying a plan'), name: p.zone_name, link: { to: '/domains/$id', params: { id: p.zone }, search: { tab: 'plans', plan: p.id } }, step: progressText(p), started_at: p.made_at,
    percent: p.parts === 0 ? undefined : Math.round((100 * p.parts_done) / p.parts), state: !moving ? 'stuck' : p.retry_at === null ? 'running' : 'waiting', retry_at: p.retry_at ?? undefined, problem: p.problem?.message,
    cancel: p.next.includes('cancel') ? { kind: 'plan', id: p.id } : undefined,
  }];
};

const ofDomain = (d: Domain): Work[] => {
  const moving = d.state === 'configuring' || d.state === 'undoing';
  if (!moving && d.state !== 'failed') return [];
  const step = d.steps.find(s => s.state === 'running' || s.state === 'waiting' || s.state === 'failed');
  return [{
    key: `domain ${d.zone}`, kind: 'domain', title: d.back ? t('Taking a configuration back') : t('Configuring a domain'), name: d.name, link: { to: '/domains/$id', params: { id: d.zone }, search: { tab: 'tls' } }, step: step && STEP_WORDS[step.name][d.back ? 1 : 0],
    started_at: d.started_at, percent: undefined, state: !moving ? 'stuck' : d.retry_at === null ? 'running' : 'waiting', retry_at: d.retry_at ?? undefined, problem: d.problem?.message, cancel: undefined,
  }];
};

const ORDER = { stuck: 1, waiting: 0, running: 0 } as const;

/** What runs, the oldest first, so that rows keep their places; then what waits for a person. */
export const runningWork = ({ setUps, operations, servers, applications, plans, domains }: Sources): readonly Work[] => [
  ...[...setUps].flatMap(ofSetUp), ...[...operations].flatMap(o => ofOperations(o, servers)), ...[...applications].flatMap(ofApplication), ...[...plans].flatMap(ofPlan), ...[...domains].flatMap(ofDomain),
].sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.started_at ?? '9').localeCompare(b.started_at ?? '9') || a.key.localeCompare(b.key));
