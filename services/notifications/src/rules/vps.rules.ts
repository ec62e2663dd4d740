import type { vpsEvents } from '@xanthus/proto/vps';
import type { NoticeKind } from '@xanthus/proto/notifications';
import { ASKED, called, FACT, STEP, thingOf, type Rules } from './rule.js';

const SEVERITY = { disk: 'warning', load: 'warning', service: 'warning', clock: 'warning', unreachable: 'error' } as const;
const OF_SERVER: readonly NoticeKind[] = ['alert-disk', 'alert-unreachable', 'alert-load', 'alert-service', 'alert-clock', 'server-failed', 'server-removal-failed', 'server-host-key-changed'];
const DRIFT = { missing: 'is missing there', renamed: 'was renamed there', resized: 'has another type there', powered: 'was switched on or off there', unknown: 'is there, and we don\'t know it', snapshot: 'is a snapshot that was left there' } as const;

export const vpsRules: Rules<typeof vpsEvents> = {
  ServerAdopted: { none: ASKED, name: d => d.name },
  ServerRequested: { none: ASKED, name: d => d.name },
  ServerRenamed: { none: ASKED, name: d => d.name },
  ServerFactsObserved: { none: FACT },
  ServerBecameReachable: { none: 'the alert is cleared when it answers', },
  ServerBecameUnreachable: { none: 'an alert follows if it lasts a minute' },
  ServerHostKeyChanged: { notice: (e, k) => ({ raise: { kind: 'server-host-key-changed', severity: 'error', thing: thingOf(e, k), lasting: true, text: `${called(k, 'A server')} shows another host key (${e.data.presented.fingerprint}). Nothing is sent to it until somebody has looked and accepted it.` } }) },
  ServerHostKeyAccepted: { notice: e => ({ resolve: [{ kinds: ['server-host-key-changed'], thing: thingOf(e), text: 'The host key was accepted.' }] }) },
  ServerTagged: { none: ASKED }, ServerPlaced: { none: STEP }, ServerSetUpStarted: { none: STEP }, ServerSetUpStopped: { notice: e => ({ resolve: [{ kinds: ['server-failed'], thing: thingOf(e), text: 'The set-up was stopped.' }] }) },
  ServerBecameReady: { notice: (e, k) => ({ raise: { kind: 'server-ready', severity: 'info', thing: thingOf(e, k), lasting: false, text: `${called(k, 'A server')} is set up and can be used.` }, resolve: [{ kinds: ['server-failed'], thing: thingOf(e), text: 'It is set up.' }] }) },
  ServerSetUpFailed: { notice: (e, k) => ({ raise: { kind: 'server-failed', severity: 'error', thing: thingOf(e, k), lasting: true, text: e.data.message } }) },
  ServerDeleted: { notice: (e, k) => ({ raise: { kind: 'server-deleted', severity: 'info', thing: thingOf(e, k), lasting: false, by: true, text: `${called(k, 'A server')} is no longer managed.` }, resolve: [{ kinds: OF_SERVER, thing: thingOf(e), text: 'The server is gone.' }] }) },
  ServerRemovalRequested: { none: ASKED },
  ServerRemovalFailed: { notice: (e, k) => ({ raise: { kind: 'server-removal-failed', severity: 'error', thing: thingOf(e, k), lasting: true, text: e.data.reason.message } }) },
  ProvisioningStarted: { none: STEP }, StepStarted: { none: STEP }, StepProgressed: { none: STEP }, StepFinished: { none: STEP }, StepFailed: { none: STEP }, ProvisioningFailed: { none: 'the server says so' }, ProvisioningRetried: { none: ASKED }, ProvisioningCancelRequested: { none: ASKED }, ProvisioningCancelled: { none: ASKED }, ProvisioningFinished: { none: 'the server says so' },
  RemovalStarted: { none: ASKED }, RemovalStepStarted: { none: STEP }, RemovalStepFinished: { none: STEP }, RemovalStepFailed: { none: STEP }, RemovalFailed: { none: 'the server says so' }, RemovalRetried: { none: ASKED }, RemovalFinished: { none: 'the server says so' },
  OperationStarted: { none: ASKED }, OperationProgressed: { none: STEP }, OperationFinished: { none: ASKED },
  OperationFailed: { notice: (e, k) => ({ raise: { kind: 'server-operation-failed', severity: 'error', thing: thingOf(e, k), lasting: false, text: e.data.reason.message } }) },
  PowerChanged: { none: ASKED }, ServerResized: { none: ASKED }, ServerRebuilt: { none: ASKED }, SnapshotCreated: { none: ASKED }, SnapshotDeleted: { none: ASKED }, TimeZoneSet: { none: ASKED }, ManifestApplied: { none: ASKED }, KubeconfigRead: { none: ASKED },
  AuthorizedKeyAdded: { none: ASKED }, AuthorizedKeyRemoved: { none: ASKED }, ServerAccessGranted: { none: FACT }, ServerPriced: { none: FACT },
  SshKeyGenerated: { none: ASKED }, SshKeyImported: { none: ASKED }, SshKeyRemoved: { none: ASKED },
  AlertRaised: { notice: (e, k) => ({ raise: { kind: `alert-${e.data.kind}`, severity: SEVERITY[e.data.kind], thing: thingOf(e, k, 'server'), lasting: true, text: e.data.message } }) },
  AlertCleared: { notice: e => ({ resolve: [{ kinds: [`alert-${e.data.kind}`], thing: thingOf(e, {}, 'server'), text: e.data.message ?? 'It is over.' }] }) },
  AlertAcknowledged: { none: 'it stays open until it is over' }, AlertMuted: { none: ASKED }, AlertLimitsSet: { none: ASKED },
  ProviderConnected: { none: ASKED, name: d => d.name }, ProviderRenamed: { none: ASKED, name: d => d.name },
  ProviderKeyReplaced: { notice: e => ({ resolve: [{ kinds: ['provider-refused'], thing: thingOf(e), text: 'The key was replaced.' }] }) },
  ProviderRefused: { notice: (e, k) => ({ raise: { kind: 'provider-refused', severity: 'error', thing: thingOf(e, k), lasting: true, text: e.data.reason.message } }) },
  ProviderAccepted: { notice: e => ({ resolve: [{ kinds: ['provider-refused'], thing: thingOf(e), text: 'The provider takes the key again.' }] }) },
  ProviderDisconnected: { notice: e => ({ resolve: [{ kinds: ['provider-refused'], thing: thingOf(e), text: 'The account was disconnected.' }] }) },
  DriftFound: { notice: e => ({ raise: { kind: 'server-drift', severity: 'warning', thing: { ...thingOf(e), name: e.data.name }, lasting: true, items: [e.data.kind], text: `${e.data.name} ${DRIFT[e.data.kind]}.` } }) },
  DriftSettled: { notice: e => ({ resolve: [{ kinds: ['server-drift'], thing: thingOf(e), items: [e.data.kind], text: 'The difference is settled.' }] }) },
  DriftIgnored: { notice: e => ({ resolve: [{ kinds: ['server-drift'], thing: thingOf(e), items: [e.data.kind], text: 'The difference is left as it is.' }] }) },
  DriftAnswerFailed: { none: 'it stays open, and whoever asked sees why' },
};
