/** The way from an application to its cluster, with its secrets taken out of whatever comes back. */
import { Refusal } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';
import { currentRelease, type LivingApplication } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Whose } from '../cluster/inventory.js';
import { masked, maskOf, type Mask } from '../cluster/mask.js';
import type { SealedRelease } from '../running/ports.js';
import { secretTexts } from '../planning/secret-texts.js';
import { livingApplication } from '../use-cases/living.js';

export interface Where { readonly tenant: string; readonly id: string }
export interface Reached { readonly state: LivingApplication; readonly sealed: SealedRelease | null; readonly whose: Whose; readonly mask: Mask; cluster(): Promise<Cluster> }

const sealedOf = async (on: ApplicationsContext, { tenant, id }: Where, state: LivingApplication): Promise<SealedRelease | null> => {
  const release = currentRelease(state);
  if (release?.sealed === null || release === undefined) return null;
  return on.sealed.ofRevision(tenant, id, release.revision).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'APPLICATION.REVISION_UNKNOWN') return null;
    throw error;
  });
};

/** @throws Refusal APPLICATION.NOT_FOUND; `cluster()` CLUSTER.… */
export const reach = async (on: ApplicationsContext, where: Where, why: { readonly reason: string; readonly act?: Actor | undefined }): Promise<Reached> => {
  const state = await livingApplication(on, where.tenant, where.id);
  const sealed = await sealedOf(on, where, state);
  const mask = maskOf(sealed ? secretTexts(sealed) : []);
  return {
    state, sealed, mask, whose: { namespace: state.namespace, release: state.release_name, application: where.id },
    cluster: async () => masked(await on.clusterOf(where.tenant, state.server, why), mask),
  };
};

export interface Problem { readonly code: string; readonly message: string }
/** What a refusal says; anything else is a fault of ours and is thrown on. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Refusal) return { code: error.code, message: error.message };
  throw error;
};
