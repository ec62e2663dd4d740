/** What is said of applications: states, kinds of work, steps. */
import type { Application, ApplicationPlanDetail, Deployment, DeploymentStep, WorkKind } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Step } from '../ui/step-list.js';
import type { Tone } from '../ui/status-pill.js';

interface Shown { readonly label: string; readonly tone: Tone; readonly moving?: true }
const STATUSES: Readonly<Record<Application['status'], Shown>> = {
  creating: { label: t('Deploying'), tone: 'info', moving: true }, running: { label: t('Running'), tone: 'ok' }, failed: { label: t('Failed'), tone: 'bad' }, stopped: { label: t('Stopped'), tone: 'idle' },
  updating: { label: t('Changing'), tone: 'info', moving: true }, deleting: { label: t('Deleting'), tone: 'warn', moving: true },
};
const HEALTHS: Readonly<Partial<Record<Application['health'], Shown>>> = {
  pending: { label: t('Pending'), tone: 'warn' }, failed: { label: t('Release failed'), tone: 'bad' }, degraded: { label: t('Degraded'), tone: 'warn' }, missing: { label: t('Missing in the cluster'), tone: 'bad' },
};
/** What runs is shown as the cluster has it; what is under way, as what it is. */
export const shownStatus = ({ status, health }: Pick<Application, 'status' | 'health'>): Shown => (status === 'running' ? HEALTHS[health] : undefined) ?? STATUSES[status];

export const ADDRESS_WORDS: Readonly<Record<Application['address'], Shown>> = {
  answers: { label: t('answers'), tone: 'ok' }, silent: { label: t('does not answer'), tone: 'warn' }, wrong: { label: t('answers wrongly'), tone: 'warn' }, unknown: { label: t('not asked yet'), tone: 'idle' },
};

export const WORK_WORDS: Readonly<Record<WorkKind, string>> = {
  deploy: t('Deploy'), upgrade: t('Upgrade'), 'set-values': t('Change of values'), rollback: t('Roll back'), expose: t('Expose a port'), revert: t('Revert'), delete: t('Delete'), restart: t('Restart'), stop: t('Stop'), start: t('Start'), scale: t('Scale'), unexpose: t('Take an address away'), password: t('Change of password'), certificate: t('Renewed certificate'),
};
const STEPS: Readonly<Record<DeploymentStep, string>> = {
  check: t('Reach the cluster'), namespace: t('Namespace'), secrets: t('Secrets'), chart: t('Fetch the chart'), values: t('Check the values'), helm: t('Helm: make it and wait until it is ready'), tls: t('Certificate'), record: t('DNS record'), address: t('Ask the address'), scale: t('Pods'),
  uninstall: t('Helm: take it away'), 'record-gone': t('DNS record'), 'tls-gone': t('Certificate'), 'secrets-gone': t('Secrets'), 'volumes-gone': t('Volumes'), 'namespace-gone': t('Namespace'), verify: t('Look whether all is right'),
};
const STEP_STATES: Readonly<Record<Deployment['steps'][number]['state'], Step['status']>> = { waiting: 'waiting', working: 'running', done: 'passed', skipped: 'skipped', failed: 'failed', undoing: 'running', undone: 'skipped' };

const withState = (label: string, state: Deployment['steps'][number]['state']): string =>
  state === 'undone' ? t('{step} – taken back', { step: label }) : state === 'undoing' ? t('{step} – being taken back', { step: label }) : label;

export const stepsOf = ({ kind, steps }: Pick<Deployment, 'kind' | 'steps'>): readonly Step[] => steps.map(({ step, state, attempt, duration_ms, text, problem }) => ({
  key: step,
  label: withState((step === 'values' && kind === 'expose') || (step === 'uninstall' && kind === 'unexpose') ? t('Service and Ingress') : STEPS[step], state),
  status: STEP_STATES[state],
  ...(problem ? { detail: `${problem.message}${attempt > 1 ? ` ${t('(try {attempt})', { attempt })}` : ''}`, code: problem.code } : text === '' ? {} : { detail: text }),
  ...(duration_ms === null ? {} : { ms: duration_ms }),
}));

export const isUnderway = ({ state }: Pick<Deployment, 'state'>): boolean => state === 'working' || state === 'undoing';
export const DEPLOYMENT_WORDS: Readonly<Record<Deployment['state'], Shown>> = {
  working: { label: t('Under way'), tone: 'info', moving: true }, undoing: { label: t('Being taken back'), tone: 'warn', moving: true }, done: { label: t('Done'), tone: 'ok' }, failed: { label: t('Failed'), tone: 'bad' }, cancelled: { label: t('Cancelled'), tone: 'idle' },
};

type Action = ApplicationPlanDetail['objects'][number]['action'];
export const ACTION_WORDS: Readonly<Record<Action, { readonly label: string; readonly sign: string; readonly className: string }>> = {
  create: { label: t('new'), sign: '+', className: 'text-ok' }, change: { label: t('changes'), sign: '~', className: 'text-warn' }, delete: { label: t('goes'), sign: '−', className: 'text-bad' }, keep: { label: t('stays'), sign: '=', className: 'text-info' }, unchanged: { label: t('as it is'), sign: ' ', className: 'text-ink-3' },
};
/** How many of each, in words: `3 new, 1 goes`. */
export const countsOf = (objects: ApplicationPlanDetail['objects']): string => {
  const of = (action: Action): number => objects.filter(o => o.action === action).length;
  const [made, changed, gone, kept] = [of('create'), of('change'), of('delete'), of('keep')];
  const counts = [
    made > 0 && t('{n} new', { n: made }), changed > 0 && t('{n, plural, one {# changes} other {# change}}', { n: changed }),
    gone > 0 && t('{n, plural, one {# goes} other {# go}}', { n: gone }), kept > 0 && t('{n, plural, one {# stays} other {# stay}}', { n: kept }),
  ].filter(Boolean);
  return counts.length === 0 ? t('Nothing changes in the cluster') : counts.join(', ');
};

/** Applications whose name, address, entry or server holds every word. */
export const filterApplications = (all: readonly Application[], words: string): readonly Application[] => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(a => wanted.every(w => [a.name, a.host ?? '', a.entry_name, a.server_name, a.version].some(t => t.toLowerCase().includes(w)))).toSorted((a, b) => a.name.localeCompare(b.name));
};
