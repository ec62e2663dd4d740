import type { applicationsEvents, WorkKind } from '@xanthus/proto/applications';
import type { NoticeKind } from '@xanthus/proto/notifications';
import { ASKED, called, FACT, STEP, thingOf, type Heard, type Known, type Outcome, type Rules } from './rule.js';

const WELL: readonly NoticeKind[] = ['application-failed', 'application-update-held'];
const ALL: readonly NoticeKind[] = ['application-failed', 'application-unwell', 'application-drift', 'application-update-held'];
/** What was done, where others want to know. */
const DONE: Partial<Record<WorkKind, string>> = { deploy: 'is deployed', upgrade: 'has another version', 'set-values': 'has other values', revert: 'is again as its release says', expose: 'has another address' };
const FAILED: Readonly<Record<WorkKind, string>> = {
  deploy: 'could not be deployed', upgrade: 'could not be upgraded', 'set-values': 'could not get its values', rollback: 'could not be rolled back', expose: 'could not get an address', revert: 'could not be put right', delete: 'could not be deleted', restart: 'could not be restarted',
  stop: 'could not be stopped', start: 'could not be started', scale: 'could not be scaled', unexpose: 'could not be taken off its address', password: 'could not get its password', certificate: 'could not get its certificate',
};

const workEnded = (e: Heard<{ kind: WorkKind; outcome: 'done' | 'failed' | 'cancelled'; problem: { message: string } | null }>, k: Known): Outcome => {
  const [thing, name] = [thingOf(e, k), called(k, 'An application')];
  const { kind, outcome, problem } = e.data;
  if (outcome === 'failed') return { raise: { kind: 'application-failed', severity: 'error', thing, lasting: true, text: `${name} ${FAILED[kind]}. ${problem?.message ?? ''}`.trim() } };
  if (outcome === 'cancelled') return { resolve: [{ kinds: ['application-failed'], thing, text: 'It was stopped.' }] };
  const resolve = [{ kinds: WELL, thing, text: 'It was done since.' }];
  if (kind === 'rollback') return { resolve, raise: { kind: 'application-rolled-back', severity: 'warning', thing, lasting: false, text: `${name} is back at an earlier release.` } };
  const words = DONE[kind];
  return words === undefined ? { resolve } : { resolve, raise: { kind: 'application-changed', severity: 'info', thing, lasting: false, text: `${name} ${words}.` } };
};

export const applicationsRules: Rules<typeof applicationsEvents> = {
  CatalogEntryAdded: { none: ASKED }, CatalogEntryChanged: { none: ASKED }, CatalogEntryRemoved: { none: ASKED }, ApplicationPlanMade: { none: ASKED }, ApplicationPlanTaken: { none: STEP },
  ApplicationRequested: { none: STEP, name: d => d.name },
  WorkStarted: { none: STEP }, WorkEnded: { notice: workEnded },
  ObjectsMade: { none: STEP }, ObjectsGone: { none: STEP }, ReleaseMade: { none: STEP }, PodsScaled: { none: STEP },
  ApplicationObserved: {
    notice: (e, k) => {
      const { health, sentence, address } = e.data;
      if (health === 'deployed' && address !== 'silent' && address !== 'wrong') return { resolve: [{ kinds: ['application-unwell'], thing: thingOf(e), text: sentence }] };
      const unwell = health === 'failed' || health === 'degraded' || health === 'missing';
      return unwell ? { raise: { kind: 'application-unwell', severity: health === 'degraded' ? 'warning' : 'error', thing: thingOf(e, k), lasting: true, text: `${called(k, 'An application')}: ${sentence}` } } : {};
    },
  },
  AccessRead: { none: ASKED }, PasswordChanged: { none: ASKED }, UpdatePolicySet: { none: ASKED },
  UpdateHeld: { notice: (e, k) => ({ raise: { kind: 'application-update-held', severity: 'warning', thing: thingOf(e, k), lasting: true, text: `${called(k, 'An application')} is not upgraded to ${e.data.version} by itself any more. ${e.data.message}` } }) },
  DriftSeen: {
    notice: (e, k) => (e.data.findings.length === 0
      ? { resolve: [{ kinds: ['application-drift'], thing: thingOf(e), text: 'The cluster is again as the release says.' }] }
      : { raise: { kind: 'application-drift', severity: 'warning', thing: thingOf(e, k), lasting: true, text: `${called(k, 'An application')}: ${e.data.findings.length} objects in the cluster are not what the release says.` } }),
  },
  DriftAccepted: { notice: e => ({ resolve: [{ kinds: ['application-drift'], thing: thingOf(e), text: 'It was accepted as it is.' }] }) },
  ApplicationDeleted: { notice: (e, k) => ({ raise: { kind: 'application-deleted', severity: 'info', thing: thingOf(e, k), lasting: false, text: `${called(k, 'An application')} is deleted.` }, resolve: [{ kinds: ALL, thing: thingOf(e), text: 'The application is gone.' }] }) },
  DeploymentStarted: { none: STEP }, DeploymentStepStarted: { none: STEP }, DeploymentStepProgressed: { none: STEP }, DeploymentStepFinished: { none: STEP }, DeploymentStepFailed: { none: STEP }, DeploymentUndoStarted: { none: STEP }, DeploymentCancelRequested: { none: ASKED }, DeploymentRetried: { none: ASKED },
  DeploymentFinished: { none: 'the application says so' }, DeploymentFailed: { none: 'the application says so' }, DeploymentCancelled: { none: FACT },
};
