/** What happened to servers, keys and accounts, in words: one line for each type of event of the service `vps`. Pure. */
import { REMOVAL_WORDS, SET_UP_WORDS } from '@xanthus/proto/vps';
import { formatMilliseconds, formatMoment } from '../lib/format.js';
import { formatMoney } from '../lib/money.js';
import type { Tone } from '../ui/status-pill.js';

export type Data = Readonly<Record<string, unknown>>;
/** An event of a type in words; `id` is its aggregate's. */
export type Words = Readonly<Record<string, (data: Data, id: string) => { readonly text: string; readonly detail?: string; readonly tone?: Tone }>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const inside = (value: unknown): Data => (typeof value === 'object' && value !== null ? value as Data : {});
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);
const reason = (d: Data): string => text(inside(d['reason'])['message']);
const took = (d: Data): string => (typeof d['duration_ms'] === 'number' ? `in ${formatMilliseconds(d['duration_ms'])}` : '');
const some = (...parts: readonly string[]): string => parts.filter(Boolean).join(' · ');
const named = (words: Readonly<Record<string, string>>, key: unknown): string => words[text(key)] ?? text(key);

const setUpStep = (d: Data, key = 'step'): string => named(SET_UP_WORDS, d[key]);
const removalStep = (d: Data): string => named(REMOVAL_WORDS, d['step']);
const attempt = (d: Data): string => (typeof d['attempt'] === 'number' && d['attempt'] > 1 ? `try ${d['attempt']}` : '');
const OPERATIONS: Readonly<Record<string, string>> = {
  'power-on': 'Switch on', 'power-off': 'Cut the power', reboot: 'Reboot', reset: 'Reset', shutdown: 'Shut down', resize: 'Change the type', rebuild: 'Rebuild', 'create-snapshot': 'Make a snapshot', 'delete-snapshot': 'Delete a snapshot',
};
const ALERTS: Readonly<Record<string, string>> = { disk: 'disk', unreachable: 'no answer', load: 'load', service: 'failed service', clock: 'clock' };
const FINDINGS: Readonly<Record<string, string>> = { missing: 'Missing at the provider', renamed: 'Renamed at the provider', resized: 'Another type at the provider', powered: 'Switched at the provider', unknown: 'Unknown machine with our labels', snapshot: 'Snapshot left of a server' };
const SETTLED: Readonly<Record<string, string>> = { accepted: 'taken over here', reverted: 'undone at the provider', by_itself: 'no longer so' };
const finding = (d: Data): string => named(FINDINGS, d['kind']);
const change = (d: Data): string => some(d['expected'] === null ? '' : `known as ${text(d['expected'])}`, d['actual'] === null ? '' : `found as ${text(d['actual'])}`);

const server: Words = {
  ServerAdopted: d => ({ text: `Adopted ${text(d['name'])}`, detail: `${text(d['user'])}@${text(d['host'])}:${String(d['port'] ?? 22)}`, tone: 'info' }),
  ServerFactsObserved: d => { const f = inside(d['facts']); return { text: 'Facts observed', detail: some(text(f['os']), text(f['kernel'])) }; },
  ServerBecameReachable: () => ({ text: 'Became reachable', tone: 'ok' }),
  ServerBecameUnreachable: d => ({ text: 'Became unreachable', detail: reason(d), tone: 'warn' }),
  ServerHostKeyChanged: d => ({ text: 'Showed another host key; blocked', detail: text(inside(d['presented'])['fingerprint']), tone: 'bad' }),
  ServerHostKeyAccepted: d => ({ text: 'New host key accepted', detail: text(inside(d['host_key'])['fingerprint']), tone: 'info' }),
  ServerRenamed: d => ({ text: `Renamed to ${text(d['name'])}`, tone: 'info' }),
  ServerTagged: d => { const tags = list(d['tags']); return { text: tags.length > 0 ? `Tagged ${tags.join(', ')}` : 'Tags taken off', tone: 'info' }; },
  ServerDeleted: () => ({ text: 'Removed from Xanthus', tone: 'bad' }),
};

const creation: Words = {
  ServerRequested: d => ({ text: `Asked for ${text(d['name'])}`, detail: some(text(d['type']), text(d['location']), text(d['image'])), tone: 'info' }),
  ServerPlaced: d => ({ text: 'Got its address', detail: text(d['host']), tone: 'info' }),
  ServerSetUpStarted: d => ({ text: 'Set-up began', detail: `from: ${setUpStep(d)}`, tone: 'info' }),
  ServerBecameReady: () => ({ text: 'Set up and ready', tone: 'ok' }),
  ServerSetUpFailed: d => ({ text: `Set-up failed: ${setUpStep(d)}`, detail: text(d['message']), tone: 'bad' }),
  ServerSetUpStopped: () => ({ text: 'Set-up was stopped', tone: 'warn' }),
  ServerRemovalRequested: d => ({ text: d['reason'] === 'cancelled' ? 'Making it was cancelled; what was made goes' : 'To be deleted', tone: 'warn' }),
  ServerRemovalFailed: d => ({ text: `Could not be deleted: ${removalStep(d)}`, detail: reason(d), tone: 'bad' }),
  ServerPriced: d => ({
    text: /^[A-Z]{3}$/.test(text(d['currency'])) && text(inside(d['monthly'])['gross']) ? `Costs ${formatMoney(text(inside(d['monthly'])['gross']), text(d['currency']))} a month at most` : 'Has a price',
    detail: some(text(d['type']), text(d['location'])), tone: 'info',
  }),
};

const provisioning: Words = {
  ProvisioningStarted: d => ({ text: d['kind'] === 'install' ? 'Setting up begins' : 'Making the server begins', tone: 'info' }),
  StepStarted: d => ({ text: `${setUpStep(d)}: begun`, detail: attempt(d), tone: 'info' }),
  StepProgressed: d => ({ text: `${setUpStep(d)}: going on`, detail: text(d['text']) }),
  StepFinished: d => ({ text: `${setUpStep(d)}: done`, detail: some(text(d['detail']), took(d)), tone: 'ok' }),
  StepFailed: d => ({ text: `${setUpStep(d)}: failed${d['retryable'] === true ? ', tried again' : ''}`, detail: some(text(d['message']), attempt(d)), tone: d['retryable'] === true ? 'warn' : 'bad' }),
  ProvisioningFailed: d => ({ text: `Ended without success: ${setUpStep(d)}`, detail: text(d['message']), tone: 'bad' }),
  ProvisioningRetried: d => ({ text: `Tried again from: ${setUpStep(d, 'from_step')}`, tone: 'info' }),
  ProvisioningCancelRequested: () => ({ text: 'Asked to stop', tone: 'warn' }),
  ProvisioningCancelled: () => ({ text: 'Stopped; nothing of it is left', tone: 'warn' }),
  ProvisioningFinished: d => ({ text: 'All steps done', detail: took(d), tone: 'ok' }),
};

const removal: Words = {
  RemovalStarted: d => ({ text: `Taking ${text(d['name']) || 'it'} away begins`, tone: 'warn' }),
  RemovalStepStarted: d => ({ text: `${removalStep(d)}: begun`, detail: attempt(d), tone: 'info' }),
  RemovalStepFinished: d => ({ text: `${removalStep(d)}: done`, detail: some(text(d['detail']), took(d)), tone: 'ok' }),
  RemovalStepFailed: d => ({ text: `${removalStep(d)}: failed${d['retryable'] === true ? ', tried again' : ''}`, detail: some(text(d['message']), attempt(d)), tone: d['retryable'] === true ? 'warn' : 'bad' }),
  RemovalFailed: d => ({ text: `Not deleted: ${removalStep(d)}`, detail: text(d['message']), tone: 'bad' }),
  RemovalRetried: () => ({ text: 'Deleting is tried again', tone: 'info' }),
  RemovalFinished: d => ({ text: 'Nothing of it is left', detail: took(d), tone: 'ok' }),
};

const life: Words = {
  PowerChanged: d => ({ text: d['to'] === 'off' ? 'Switched off' : d['to'] === 'running' ? 'Switched on' : 'Power unknown', tone: d['to'] === 'running' ? 'ok' : 'warn' }),
  ServerResized: d => ({ text: `Is a ${text(d['to'])} now`, detail: text(d['from']) ? `was a ${text(d['from'])}` : '', tone: 'info' }),
  ServerRebuilt: d => ({ text: `Made anew from ${text(d['image'])}`, tone: 'warn' }),
  SnapshotCreated: d => ({ text: 'Snapshot made', detail: text(d['description']), tone: 'info' }),
  SnapshotDeleted: d => ({ text: `Snapshot ${text(d['snapshot'])} deleted`, tone: 'warn' }),
  TimeZoneSet: d => ({ text: `Time zone is ${text(d['to'])}`, tone: 'info' }),
  ManifestApplied: d => ({ text: 'Kubernetes objects applied', detail: list(d['names']).join(', '), tone: 'info' }),
  KubeconfigRead: () => ({ text: 'Kubeconfig was downloaded', tone: 'info' }),
  ServerAccessGranted: d => ({ text: `${text(d['service'])} was let in`, detail: text(d['purpose']), tone: 'info' }),
  AuthorizedKeyAdded: d => ({ text: `Key ${text(d['comment'])} may log in`, detail: text(d['fingerprint']), tone: 'info' }),
  AuthorizedKeyRemoved: d => ({ text: `Key ${text(d['comment'])} may not log in any more`, detail: text(d['fingerprint']), tone: 'warn' }),
  OperationStarted: d => ({ text: `${named(OPERATIONS, d['kind'])}: begun`, tone: 'info' }),
  OperationProgressed: d => ({ text: `Going on${typeof d['percent'] === 'number' ? `: ${d['percent']} %` : ''}`, detail: text(d['text']) }),
  OperationFinished: d => ({ text: 'Done', detail: took(d), tone: 'ok' }),
  OperationFailed: d => ({ text: 'It failed', detail: reason(d), tone: 'bad' }),
};

const watching: Words = {
  AlertRaised: d => ({ text: `Alert: ${text(d['message']) || named(ALERTS, d['kind'])}`, tone: 'warn' }),
  AlertCleared: d => ({ text: `Over: ${named(ALERTS, d['kind'])}`, detail: text(d['message']), tone: 'ok' }),
  AlertAcknowledged: d => ({ text: `Somebody takes care of: ${named(ALERTS, d['kind'])}`, tone: 'info' }),
  AlertMuted: d => ({ text: d['until'] === null ? `Alerts shown again: ${named(ALERTS, d['kind'])}` : `Alerts muted: ${named(ALERTS, d['kind'])}`, detail: text(d['until']) ? `until ${formatMoment(Date.parse(text(d['until'])))}` : '', tone: 'info' }),
  AlertLimitsSet: d => ({ text: Object.keys(inside(d['limits'])).length > 0 ? 'Limits of its own for alerts' : 'Usual limits for alerts', tone: 'info' }),
  DriftFound: d => ({ text: finding(d), detail: change(d), tone: 'warn' }),
  DriftSettled: d => ({ text: `${finding(d)}: ${named(SETTLED, d['how'])}`, tone: 'ok' }),
  DriftIgnored: d => ({ text: `${finding(d)}: left as it is`, tone: 'idle' }),
  DriftAnswerFailed: d => ({ text: `${finding(d)}: could not be settled`, detail: reason(d), tone: 'bad' }),
};

const keysAndAccounts: Words = {
  SshKeyGenerated: d => ({ text: `SSH key ${text(d['name'])} generated`, detail: text(d['fingerprint']), tone: 'info' }),
  SshKeyImported: d => ({ text: `SSH key ${text(d['name'])} added`, detail: text(d['fingerprint']), tone: 'info' }),
  SshKeyRemoved: () => ({ text: 'Key removed; its private half is destroyed', tone: 'bad' }),
  ProviderConnected: d => ({ text: `Account ${text(d['name'])} connected`, detail: some(text(d['kind']), text(d['hint'])), tone: 'info' }),
  ProviderKeyReplaced: d => ({ text: 'Account has another key', detail: text(d['hint']), tone: 'info' }),
  ProviderRenamed: d => ({ text: `Account renamed to ${text(d['name'])}`, tone: 'info' }),
  ProviderRefused: d => ({ text: 'Its key is refused', detail: reason(d), tone: 'bad' }),
  ProviderAccepted: () => ({ text: 'Its key is taken again', tone: 'ok' }),
  ProviderDisconnected: () => ({ text: 'Account forgotten; its key is destroyed', tone: 'bad' }),
};

export const VPS_WORDS: Words = { ...server, ...creation, ...provisioning, ...removal, ...life, ...watching, ...keysAndAccounts };
