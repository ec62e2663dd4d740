/** What may be asked of an application in which state: the one table that its rules and the console share. */
import { PLAN_KINDS } from './plans.js';

export const STATUSES = ['creating', 'running', 'failed', 'stopped', 'updating', 'deleting'] as const;
export type ApplicationStatus = (typeof STATUSES)[number];
export const WORK_KINDS = [...PLAN_KINDS, 'restart', 'stop', 'start', 'scale', 'unexpose', 'password', 'certificate'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];
export const ACTIONS = ['upgrade', 'set-values', 'rollback', 'expose', 'unexpose', 'restart', 'stop', 'start', 'scale', 'set-password', 'revert', 'delete', 'cancel', 'retry'] as const;
export type ApplicationAction = (typeof ACTIONS)[number];

/** Work that can be stopped half-way, since what it has made can be taken back. */
export const CANCELLABLE: readonly WorkKind[] = ['deploy', 'upgrade', 'set-values', 'rollback', 'revert', 'expose'];
/** While such work runs, the application is this. */
export const statusDuring = (kind: WorkKind): ApplicationStatus => (kind === 'deploy' ? 'creating' : kind === 'delete' ? 'deleting' : 'updating');

export interface ActionFacts {
  readonly status: ApplicationStatus;
  /** What is under way. */
  readonly work: WorkKind | null;
  /** What failed last, and was not followed by anything else. */
  readonly failed: WorkKind | null;
  readonly releases: number;
  readonly exposures: number;
  /** Findings that nobody has accepted. */
  readonly drift: number;
}

const RESTING: Readonly<Record<ApplicationStatus, readonly ApplicationAction[]>> = {
  running: ['upgrade', 'set-values', 'rollback', 'expose', 'unexpose', 'restart', 'stop', 'scale', 'set-password', 'revert', 'delete', 'retry'],
  stopped: ['start', 'unexpose', 'delete', 'retry'],
  failed: ['upgrade', 'set-values', 'rollback', 'restart', 'delete', 'retry'],
  creating: [], updating: [], deleting: [],
};

/** One piece of work at a time: while something is under way, it can at most be cancelled. */
export const actionsOf = (facts: ActionFacts): ApplicationAction[] => {
  if (facts.work !== null) return CANCELLABLE.includes(facts.work) ? ['cancel'] : [];
  return RESTING[facts.status].filter(action => {
    switch (action) {
      case 'rollback': return facts.releases > 1 || (facts.status === 'failed' && facts.releases > 0);
      case 'upgrade': case 'set-values': case 'restart': return facts.releases > 0;
      case 'unexpose': return facts.exposures > 0;
      case 'revert': return facts.drift > 0;
      case 'retry': return facts.failed !== null;
      default: return true;
    }
  });
};
