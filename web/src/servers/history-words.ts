/** What happened to servers, keys and accounts, in words: one line for each type of event of the service `vps`. Pure. */
import { formatMilliseconds, formatMoment } from '../lib/format.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';
import { REMOVAL_WORDS, SET_UP_WORDS } from './vps-words.js';

export type Data = Readonly<Record<string, unknown>>;
/** An event of a type in words; `id` is its aggregate's. */
export type Words = Readonly<Record<string, (data: Data, id: string) => { readonly text: string; readonly detail?: string; readonly tone?: Tone }>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const inside = (value: unknown): Data => (typeof value === 'object' && value !== null ? value as Data : {});
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);
const reason = (d: Data): string => text(inside(d['reason'])['message']);
const took = (d: Data): string => (typeof d['duration_ms'] === 'number' ? t('in {d}', { d: formatMilliseconds(d['duration_ms']) }) : '');
const some = (...parts: readonly string[]): string => parts.filter(Boolean).join(' · ');
const named = (words: Readonly<Record<string, string>>, key: unknown): string => words[text(key)] ?? text(key);

const setUpStep = (d: Data, key = 'step'): string => named(SET_UP_WORDS, d[key]);
const removalStep = (d: Data): string => named(REMOVAL_WORDS, d['step']);
const attempt = (d: Data): string => (typeof d['attempt'] === 'number' && d['attempt'] > 1 ? t('try {d}', { d: d['attempt'] }) : '');
const OPERATIONS: Readonly<Record<string, string>> = {
  'power-on': t('Switch on'), 'power-off': t('Cut the power'), reboot: t('Reboot'), reset: t('Reset'), shutdown: t('Shut down'), resize: t('Change the type'), rebuild: t('Rebuild'), 'create-snapshot': t('Make a snapshot'), 'delete-snapshot': t('Delete a snapshot'),
};
const ALERTS: Readonly<Record<string, string>> = { disk: t('disk'), unreachable: t('no answer'), load: t('load'), service: t('failed service'), clock: t('clock') };
const FINDINGS: Readonly<Record<string, string>> = { missing: t('Missing at the provider'), renamed: t('Renamed at the provider'), resized: t('Another type at the provider'), powered: t('Switched at the provider'), unknown: t('Unknown machine with our labels'), snapshot: t('Snapshot left of a server') };
const SETTLED: Readonly<Record<string, string>> = { accepted: t('taken over here'), reverted: t('undone at the provider'), by_itself: t('no longer so') };
const finding = (d: Data): string => named(FINDINGS, d['kind']);
const change = (d: Data): string => some(d['expected'] === null ? '' : t('known as {text}', { text: text(d['expected']) }), d['actual'] === null ? '' : t('found as {text}', { text: text(d['actual']) }));

const server: Words = {
  ServerAdopted: d => ({ text: t('Adopted {text}', { text: text(d['name']) }), detail: `${text(d['user'])}@${text(d['host'])}:${String(d['port'] ?? 22)}`, tone: 'info' }),
  ServerFactsObserved: d => { const f = inside(d['facts']); return { text: t('Facts observed'), detail: some(text(f['os']), text(f['kernel'])) }; },
  ServerBecameReachable: () => ({ text: t('Became reachable'), tone: 'ok' }),
  ServerBecameUnreachable: d => ({ text: t('Became unreachable'), detail: reason(d), tone: 'warn' }),
  ServerHostKeyChanged: d => ({ text: t('Showed another host key; blocked'), detail: text(inside(d['presented'])['fingerprint']), tone: 'bad' }),
  ServerHostKeyAccepted: d => ({ text: t('New host key accepted'), detail: text(inside(d['host_key'])['fingerprint']), tone: 'info' }),
  ServerRenamed: d => ({ text: t('Renamed to {text}', { text: text(d['name']) }), tone: 'info' }),
  ServerTagged: d => { const tags = list(d['tags']); return { text: tags.length > 0 ? t('Tagged {tags}', { tags: tags.join(', ') }) : t('Tags taken off'), tone: 'info' }; },
  ServerDeleted: () => ({ text: t('Removed from Xanthus'), tone: 'bad' }),
};

const creation: Words = {
  ServerRequested: d => ({ text: t('Asked for {text}', { text: text(d['name']) }), detail: some(text(d['type']), text(d['location']), text(d['image'])), tone: 'info' }),
  ServerPlaced: d => ({ text: t('Got its address'), detail: text(d['host']), tone: 'info' }),
  ServerSetUpStarted: d => ({ text: t('Set-up began'), detail: t('from: {step}', { step: setUpStep(d) }), tone: 'info' }),
  ServerBecameReady: () => ({ text: t('Set up and ready'), tone: 'ok' }),
  ServerSetUpFailed: d => ({ text: t('Set-up failed: {step}', { step: setUpStep(d) }), detail: text(d['message']), tone: 'bad' }),
  ServerSetUpStopped: () => ({ text: t('Set-up was stopped'), tone: 'warn' }),
  ServerRemovalRequested: d => ({ text: d['reason'] === 'cancelled' ? t('Making it was cancelled; what was made goes') : t('To be deleted'), tone: 'warn' }),
  ServerRemovalFailed: d => ({ text: t('Could not be deleted: {step}', { step: removalStep(d) }), detail: reason(d), tone: 'bad' }),
  ServerPriced: d => ({
    text: /^[A-Z]{3}$/.test(text(d['currency'])) && text(inside(d['monthly'])['gross']) ? t('Costs {text} a month at most', { text: formatMoney(text(inside(d['monthly'])['gross']), text(d['currency'])) }) : t('Has a price'),
    detail: some(text(d['type']), text(d['location'])), tone: 'info',
  }),
};

const provisioning: Words = {
  ProvisioningStarted: d => ({ text: d['kind'] === 'install' ? t('Setting up begins') : t('Making the server begins'), tone: 'info' }),
  StepStarted: d => ({ text: t('{step}: begun', { step: setUpStep(d) }), detail: attempt(d), tone: 'info' }),
  StepProgressed: d => ({ text: t('{step}: going on', { step: setUpStep(d) }), detail: text(d['text']) }),
  StepFinished: d => ({ text: t('{step}: done', { step: setUpStep(d) }), detail: some(text(d['detail']), took(d)), tone: 'ok' }),
  StepFailed: d => ({ text: d['retryable'] === true ? t('{step}: failed, tried again', { step: setUpStep(d) }) : t('{step}: failed', { step: setUpStep(d) }), detail: some(text(d['message']), attempt(d)), tone: d['retryable'] === true ? 'warn' : 'bad' }),
  ProvisioningFailed: d => ({ text: t('Ended without success: {step}', { step: setUpStep(d) }), detail: text(d['message']), tone: 'bad' }),
  ProvisioningRetried: d => ({ text: t('Tried again from: {step}', { step: setUpStep(d, 'from_step') }), tone: 'info' }),
  ProvisioningCancelRequested: () => ({ text: t('Asked to stop'), tone: 'warn' }),
  ProvisioningCancelled: () => ({ text: t('Stopped; nothing of it is left'), tone: 'warn' }),
  ProvisioningFinished: d => ({ text: t('All steps done'), detail: took(d), tone: 'ok' }),
};

const removal: Words = {
  RemovalStarted: d => ({ text: text(d['name']) ? t('Taking {name} away begins', { name: text(d['name']) }) : t('Taking it away begins'), tone: 'warn' }),
  RemovalStepStarted: d => ({ text: t('{step}: begun', { step: removalStep(d) }), detail: attempt(d), tone: 'info' }),
  RemovalStepFinished: d => ({ text: t('{step}: done', { step: removalStep(d) }), detail: some(text(d['detail']), took(d)), tone: 'ok' }),
  RemovalStepFailed: d => ({ text: d['retryable'] === true ? t('{step}: failed, tried again', { step: removalStep(d) }) : t('{step}: failed', { step: removalStep(d) }), detail: some(text(d['message']), attempt(d)), tone: d['retryable'] === true ? 'warn' : 'bad' }),
  RemovalFailed: d => ({ text: t('Not deleted: {step}', { step: removalStep(d) }), detail: text(d['message']), tone: 'bad' }),
  RemovalRetried: () => ({ text: t('Deleting is tried again'), tone: 'info' }),
  RemovalFinished: d => ({ text: t('Nothing of it is left'), detail: took(d), tone: 'ok' }),
};

const life: Words = {
  PowerChanged: d => ({ text: d['to'] === 'off' ? t('Switched off') : d['to'] === 'running' ? t('Switched on') : t('Power unknown'), tone: d['to'] === 'running' ? 'ok' : 'warn' }),
  ServerResized: d => ({ text: t('Is a {text} now', { text: text(d['to']) }), detail: text(d['from']) ? t('was a {text}', { text: text(d['from']) }) : '', tone: 'info' }),
  ServerRebuilt: d => ({ text: t('Made anew from {text}', { text: text(d['image']) }), tone: 'warn' }),
  SnapshotCreated: d => ({ text: t('Snapshot made'), detail: text(d['description']), tone: 'info' }),
  SnapshotDeleted: d => ({ text: t('Snapshot {text} deleted', { text: text(d['snapshot']) }), tone: 'warn' }),
  TimeZoneSet: d => ({ text: t('Time zone is {text}', { text: text(d['to']) }), tone: 'info' }),
  ManifestApplied: d => ({ text: t('Kubernetes objects applied'), detail: list(d['names']).join(', '), tone: 'info' }),
  KubeconfigRead: () => ({ text: t('Kubeconfig was downloaded'), tone: 'info' }),
  ServerAccessGranted: d => ({ text: t('{text} was let in', { text: text(d['service']) }), detail: text(d['purpose']), tone: 'info' }),
  AuthorizedKeyAdded: d => ({ text: t('Key {text} may log in', { text: text(d['comment']) }), detail: text(d['fingerprint']), tone: 'info' }),
  AuthorizedKeyRemoved: d => ({ text: t('Key {text} may not log in any more', { text: text(d['comment']) }), detail: text(d['fingerprint']), tone: 'warn' }),
  OperationStarted: d => ({ text: t('{named}: begun', { named: named(OPERATIONS, d['kind']) }), tone: 'info' }),
  OperationProgressed: d => ({ text: `${t('Going on')}${typeof d['percent'] === 'number' ? `: ${d['percent']} %` : ''}`, detail: text(d['text']) }),
  OperationFinished: d => ({ text: t('Done'), detail: took(d), tone: 'ok' }),
  OperationFailed: d => ({ text: t('It failed'), detail: reason(d), tone: 'bad' }),
};

const watching: Words = {
  AlertRaised: d => ({ text: t('Alert: {text}', { text: text(d['message']) || named(ALERTS, d['kind']) }), tone: 'warn' }),
  AlertCleared: d => ({ text: t('Over: {named}', { named: named(ALERTS, d['kind']) }), detail: text(d['message']), tone: 'ok' }),
  AlertAcknowledged: d => ({ text: t('Somebody takes care of: {named}', { named: named(ALERTS, d['kind']) }), tone: 'info' }),
  AlertMuted: d => ({ text: d['until'] === null ? t('Alerts shown again: {named}', { named: named(ALERTS, d['kind']) }) : t('Alerts muted: {named}', { named: named(ALERTS, d['kind']) }), detail: text(d['until']) ? t('until {time}', { time: formatMoment(Date.parse(text(d['until']))) }) : '', tone: 'info' }),
  AlertLimitsSet: d => ({ text: Object.keys(inside(d['limits'])).length > 0 ? t('Limits of its own for alerts') : t('Usual limits for alerts'), tone: 'info' }),
  DriftFound: d => ({ text: finding(d), detail: change(d), tone: 'warn' }),
  DriftSettled: d => ({ text: `${finding(d)}: ${named(SETTLED, d['how'])}`, tone: 'ok' }),
  DriftIgnored: d => ({ text: t('{finding}: left as it is', { finding: finding(d) }), tone: 'idle' }),
  DriftAnswerFailed: d => ({ text: t('{finding}: could not be settled', { finding: finding(d) }), detail: reason(d), tone: 'bad' }),
};

const keysAndAccounts: Words = {
  SshKeyGenerated: d => ({ text: t('SSH key {text} generated', { text: text(d['name']) }), detail: text(d['fingerprint']), tone: 'info' }),
  SshKeyImported: d => ({ text: t('SSH key {text} added', { text: text(d['name']) }), detail: text(d['fingerprint']), tone: 'info' }),
  SshKeyRemoved: () => ({ text: t('Key removed; its private half is destroyed'), tone: 'bad' }),
  ProviderConnected: d => ({ text: t('Account {text} connected', { text: text(d['name']) }), detail: some(text(d['kind']), text(d['hint'])), tone: 'info' }),
  ProviderKeyReplaced: d => ({ text: t('Account has another key'), detail: text(d['hint']), tone: 'info' }),
  ProviderRenamed: d => ({ text: t('Account renamed to {text}', { text: text(d['name']) }), tone: 'info' }),
  ProviderRefused: d => ({ text: t('Its key is refused'), detail: reason(d), tone: 'bad' }),
  ProviderAccepted: () => ({ text: t('Its key is taken again'), tone: 'ok' }),
  ProviderDisconnected: () => ({ text: t('Account forgotten; its key is destroyed'), tone: 'bad' }),
};

export const VPS_WORDS: Words = { ...server, ...creation, ...provisioning, ...removal, ...life, ...watching, ...keysAndAccounts };
