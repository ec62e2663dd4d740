/** What a step of a deployment is. Whoever is killed in it leaves nothing that the next try does not find: a step looks before it acts. */
import type { MadeObject } from '@xanthus/proto/applications';
import { currentRelease, type KeptRelease, type LivingApplication } from '../application/application.js';
import type { Cluster, Limits } from '../cluster/cluster.js';
import type { Whose } from '../cluster/inventory.js';
import type { Owner } from '../cluster/objects.js';
import type { UnderwayDeployment } from '../deployment/deployment.js';
import type { PlanAbout } from '../plan/plan.js';
import type { ProcessPorts, SealedRelease, ServerFacts } from '../running/ports.js';

export interface StepDone {
  readonly made?: readonly MadeObject[];
  readonly gone?: readonly MadeObject[];
  /** Rightly nothing was to be done. */
  readonly skipped?: boolean;
  /** A sentence, if there is something to say. */
  readonly text?: string;
}
export interface StepContext {
  readonly ports: ProcessPorts;
  readonly tenant: string;
  /** The deployment's id. */
  readonly id: string;
  readonly deployment: UnderwayDeployment;
  readonly application: LivingApplication;
  readonly plan: PlanAbout | null;
  readonly signal: AbortSignal;
  /** Of one call, ms. */
  readonly time: number;
  /** Whose lines and refusals have no secret. */
  cluster(): Promise<Cluster>;
  server(): Promise<ServerFacts>;
  /** What the release is to be made of; of work that makes none, what it is made of. */
  wanted(): Promise<SealedRelease>;
  /** What it was made of before this work; null: there was nothing. */
  before(): Promise<SealedRelease | null>;
  /** Notes what there is before it may become invisible: a kill after that forgets nothing. */
  note(made: readonly MadeObject[]): Promise<void>;
  /** How far a long step is; told when it is something else than before. */
  progress(text: string): void;
  /** A line of a program, already masked. */
  line(line: string): void;
}
/** @throws Refusal; a retryable one is tried again */
export type StepWork = (context: StepContext) => Promise<StepDone>;
export interface Step { readonly make: StepWork; /** Takes back what `make` may have done, whole or in part. Preset: there is nothing. */ readonly back?: StepWork }

export const NOTHING: StepDone = { skipped: true };
export const nothing = (text: string): StepDone => ({ skipped: true, text });
export const limits = ({ signal, time }: Pick<StepContext, 'signal' | 'time'>): Limits => ({ signal, timeout_ms: time });
export const ownerOf = ({ tenant, deployment }: Pick<StepContext, 'tenant' | 'deployment'>): Owner => ({ tenant, application: deployment.application });
export const refOf = ({ application }: Pick<StepContext, 'application'>): { readonly namespace: string; readonly release: string } => ({ namespace: application.namespace, release: application.release_name });
export const whoseOf = (context: Pick<StepContext, 'application' | 'deployment'>): Whose => ({ ...refOf(context), application: context.deployment.application });
/** The release from before this work. */
export const releaseBefore = ({ application, id }: Pick<StepContext, 'application' | 'id'>): KeptRelease | undefined => application.releases.findLast(r => r.deployment !== id);
export const madeOf = ({ application }: Pick<StepContext, 'application'>, ...sorts: readonly MadeObject['sort'][]): readonly MadeObject[] => application.made.filter(m => sorts.includes(m.sort));
export const current = currentRelease;
