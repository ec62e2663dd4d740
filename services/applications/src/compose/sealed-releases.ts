/** What releases are made of, in the vault of this service. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Refusal } from '@xanthus/kernel';
import type { Vault } from '@xanthus/vault';
import type { SealedRelease, SealedReleases } from '../running/ports.js';

const planName = (plan: string): string => `plan-${plan}`;
const releaseName = (application: string, revision: number): string => `release-${application}-${revision}`;
const passwordName = (deployment: string): string => `password-${deployment}`;
const accessName = (application: string): string => `access-${application}`;
const [pack, unpack] = [promisify(gzip), promisify(gunzip)];
/** Unpacked bytes; values have 1 MiB at most, an entry 40 KB. */
const LIMIT = 8 * 1024 * 1024;

/** Of everything in it, in an order that does not depend on how it came about. */
export const digestOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content, (_key, value: unknown) => (isPlain(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value))).digest('hex');
const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

export const sealedReleases = (vault: Vault): SealedReleases => {
  const put = async (tenant: string, name: string, content: SealedRelease): Promise<void> => vault.put(tenant, name, await pack(JSON.stringify(content)));
  const get = async (tenant: string, name: string, missing: Refusal): Promise<SealedRelease> => {
    const bytes = await vault.get(tenant, name).catch((error: unknown) => {
      throw error instanceof Refusal && error.code === 'VAULT.NOT_FOUND' ? missing : error;
    });
    return JSON.parse((await unpack(bytes, { maxOutputLength: LIMIT })).toString('utf8')) as SealedRelease;
  };
  const text = (tenant: string, name: string): Promise<string | null> => vault.getText(tenant, name).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'VAULT.NOT_FOUND') return null;
    throw error;
  });
  const ofRevision: SealedReleases['ofRevision'] = (tenant, application, revision) => get(tenant, releaseName(application, revision), new Refusal('APPLICATION.REVISION_UNKNOWN', `There is no release ${revision} of it that could be gone back to.`));
  return {
    ofPlan: (tenant, plan) => get(tenant, planName(plan), new Refusal('PLAN.UNKNOWN', 'There is no such plan (any more). Make one first.')),
    ofRevision,
    async keep(tenant, application, revision, content) {
      await put(tenant, releaseName(application, revision), content);
      return { sealed: releaseName(application, revision), values_digest: await vault.fingerprintOf(tenant, digestOf([content.values, content.secrets])).then(print => createHash('sha256').update(print).digest('hex')) };
    },
    async keepPlan(tenant, plan, content) {
      await put(tenant, planName(plan), content);
      return planName(plan);
    },
    forgetPlan: (tenant, plan) => vault.destroy(tenant, planName(plan)),
    async forgetAll(tenant, application, revisions) {
      await Promise.all([accessName(application), ...revisions.map(revision => releaseName(application, revision))].map(name => vault.destroy(tenant, name)));
    },
    async putSecrets(tenant, application, revision, secrets) {
      await put(tenant, releaseName(application, revision), { ...(await ofRevision(tenant, application, revision)), secrets });
    },
    keepPassword: (tenant, deployment, password) => vault.put(tenant, passwordName(deployment), password),
    passwordOf: (tenant, deployment) => text(tenant, passwordName(deployment)),
    forgetPassword: (tenant, deployment) => vault.destroy(tenant, passwordName(deployment)),
    keepAccess: (tenant, application, password) => vault.put(tenant, accessName(application), password),
    accessOf: (tenant, application) => text(tenant, accessName(application)),
  };
};
