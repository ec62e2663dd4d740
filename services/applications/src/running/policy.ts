import type { DeploymentStep, WorkKind } from '@xanthus/proto/applications';

/** Failed tries of a step before it counts as failed. */
export const TRIES = 5;
const MINUTE = 60_000;
/** How long one try of a step may take, ms; Helm's own waiting comes on top of that of `helm` and `uninstall`. */
export const TIMES: Readonly<Partial<Record<DeploymentStep, number>>> = { helm: 3 * MINUTE, uninstall: 3 * MINUTE, 'volumes-gone': 3 * MINUTE, 'namespace-gone': 3 * MINUTE };
export const TIME = 2 * MINUTE;

/** Kinds of work that are taken back when they fail. The others leave nothing half-made: going on is all that makes sense. */
const TAKEN_BACK: ReadonlySet<WorkKind> = new Set(['deploy', 'upgrade', 'set-values', 'rollback', 'revert', 'expose']);
/** @param rollback whether a failed upgrade goes back by itself, as the entry says */
export const isTakenBack = (kind: WorkKind, rollback: boolean): boolean => TAKEN_BACK.has(kind) && (rollback || kind === 'deploy' || kind === 'expose');
