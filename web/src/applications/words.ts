/** What is said of applications: states, kinds of work, steps. */
import type { Application, ApplicationPlanDetail, Deployment, DeploymentStep, WorkKind } from '../contracts.js';
import type { Step } from '../ui/step-list.js';
import type { Tone } from '../ui/status-pill.js';

interface Shown { readonly label: string; readonly tone: Tone; readonly moving?: true }
const STATUSES: Readonly<Record<Application['status'], Shown>> = {
  creating: { label: 'Deploying', tone: 'info', moving: true }, running: { label: 'Running', tone: 'ok' }, failed: { label: 'Failed', tone: 'bad' }, stopped: { label: 'Stopped', tone: 'idle' },
  updating: { label: 'Changing', tone: 'info', moving: true }, deleting: { label: 'Deleting', tone: 'warn', moving: true },
};
const HEALTHS: Readonly<Partial<Record<Application['health'], Shown>>> = {
  pending: { label: 'Pending', tone: 'warn' }, failed: { label: 'Release failed', tone: 'bad' }, degraded: { label: 'Degraded', tone: 'warn' }, missing: { label: 'Missing in the cluster', tone: 'bad' },
};
/** What runs is shown as the cluster has it; what is under way, as what it is. */
export const shownStatus = ({ status, health }: Pick<Application, 'status' | 'health'>): Shown => (status === 'running' ? HEALTHS[health] : undefined) ?? STATUSES[status];

export const ADDRESS_WORDS: Readonly<Record<Application['address'], Shown>> = {
  answers: { label: 'answers', tone: 'ok' }, silent: { label: 'does not answer', tone: 'warn' }, wrong: { label: 'answers wrongly', tone: 'warn' }, unknown: { label: 'not asked yet', tone: 'idle' },
};

export const WORK_WORDS: Readonly<Record<WorkKind, string>> = {
  deploy: 'Deploy', upgrade: 'Upgrade', 'set-values': 'Change of values', rollback: 'Roll back', expose: 'Expose a port', revert: 'Revert', delete: 'Delete', restart: 'Restart', stop: 'Stop', start: 'Start', scale: 'Scale', unexpose: 'Take an address away', password: 'Change of password', certificate: 'Renewed certificate',
};
const STEPS: Readonly<Record<DeploymentStep, string>> = {
  check: 'Reach the cluster', namespace: 'Namespace', secrets: 'Secrets', chart: 'Fetch the chart', values: 'Check the values', helm: 'Helm: make it and wait until it is ready', tls: 'Certificate', record: 'DNS record', address: 'Ask the address', scale: 'Pods',
  uninstall: 'Helm: take it away', 'record-gone': 'DNS record', 'tls-gone': 'Certificate', 'secrets-gone': 'Secrets', 'volumes-gone': 'Volumes', 'namespace-gone': 'Namespace', verify: 'Look whether all is right',
};
const STEP_STATES: Readonly<Record<Deployment['steps'][number]['state'], Step['status']>> = { waiting: 'waiting', working: 'running', done: 'passed', skipped: 'skipped', failed: 'failed', undoing: 'running', undone: 'skipped' };

export const stepsOf = ({ kind, steps }: Pick<Deployment, 'kind' | 'steps'>): readonly Step[] => steps.map(({ step, state, attempt, duration_ms, text, problem }) => ({
  key: step,
  label: `${step === 'values' && kind === 'expose' ? 'Service and Ingress' : step === 'uninstall' && kind === 'unexpose' ? 'Service and Ingress' : STEPS[step]}${state === 'undone' ? ' – taken back' : state === 'undoing' ? ' – being taken back' : ''}`,
  status: STEP_STATES[state],
  ...(problem ? { detail: `${problem.message}${attempt > 1 ? ` (try ${attempt})` : ''}`, code: problem.code } : text === '' ? {} : { detail: text }),
  ...(duration_ms === null ? {} : { ms: duration_ms }),
}));

export const isUnderway = ({ state }: Pick<Deployment, 'state'>): boolean => state === 'working' || state === 'undoing';
export const DEPLOYMENT_WORDS: Readonly<Record<Deployment['state'], Shown>> = {
  working: { label: 'Under way', tone: 'info', moving: true }, undoing: { label: 'Being taken back', tone: 'warn', moving: true }, done: { label: 'Done', tone: 'ok' }, failed: { label: 'Failed', tone: 'bad' }, cancelled: { label: 'Cancelled', tone: 'idle' },
};

type Action = ApplicationPlanDetail['objects'][number]['action'];
export const ACTION_WORDS: Readonly<Record<Action, { readonly label: string; readonly sign: string; readonly className: string }>> = {
  create: { label: 'new', sign: '+', className: 'text-ok' }, change: { label: 'changes', sign: '~', className: 'text-warn' }, delete: { label: 'goes', sign: '−', className: 'text-bad' }, keep: { label: 'stays', sign: '=', className: 'text-info' }, unchanged: { label: 'as it is', sign: ' ', className: 'text-ink-3' },
};
/** How many of each, in words: `3 new, 1 goes`. */
export const countsOf = (objects: ApplicationPlanDetail['objects']): string => {
  const counts = (['create', 'change', 'delete', 'keep'] as const).map(action => [objects.filter(o => o.action === action).length, ACTION_WORDS[action].label] as const).filter(([n]) => n > 0);
  return counts.length === 0 ? 'Nothing changes in the cluster' : counts.map(([n, label]) => `${n} ${n === 1 ? label : label.replace(/s$/, '').replace(/^goe$/, 'go')}`).join(', ');
};

/** Applications whose name, address, entry or server holds every word. */
export const filterApplications = (all: readonly Application[], words: string): readonly Application[] => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(a => wanted.every(w => [a.name, a.host ?? '', a.entry_name, a.server_name, a.version].some(t => t.toLowerCase().includes(w)))).toSorted((a, b) => a.name.localeCompare(b.name));
};
