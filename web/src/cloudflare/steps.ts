/** The five steps of a token check, as rows. Pure. */
import { CLOUDFLARE_STEPS, type CloudflareFeature, type CloudflareStep } from '../contracts.js';
import type { ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import type { Step } from '../ui/step-list.js';

const LABELS: Readonly<Record<CloudflareStep['name'], string>> = { token: t('Token given'), permissions: t('Token is good, and what it may do'), account: t('Account'), storage: t('Storage (Workers KV)'), 'certificate-request': t('Certificate request') };

/** Steps as far as they were told; the one after the last that passed is at work. */
export const toSteps = (told: readonly CloudflareStep[], running: boolean): readonly Step[] => CLOUDFLARE_STEPS.map((name, i): Step => {
  const step = told.findLast(s => s.name === name);
  const before = i === 0 || told.some(s => s.name === CLOUDFLARE_STEPS[i - 1] && s.status === 'passed');
  const failed = told.some(s => s.status === 'failed');
  return {
    key: name, label: LABELS[name], status: step?.status ?? (failed ? 'skipped' : running && before ? 'running' : 'waiting'),
    ...(step?.detail ? { detail: step.detail } : {}), ...(step?.code ? { code: step.code } : {}), ...(step?.ms === undefined ? {} : { ms: step.ms }),
  };
});

/** A later word about a step replaces the earlier one. */
export const addStep = (told: readonly CloudflareStep[], step: CloudflareStep): readonly CloudflareStep[] => [...told.filter(s => s.name !== step.name), step];

export interface CloudflareAccountChoice { readonly id: string; readonly name: string }

/** Where a token reaches several accounts, the refusal names them. */
export const choicesOf = (problem: ShownProblem | undefined): readonly CloudflareAccountChoice[] => {
  const accounts: unknown = problem?.code === 'CLOUDFLARE.ACCOUNT_CHOICE' ? (problem.details as { accounts?: unknown } | undefined)?.accounts : undefined;
  return Array.isArray(accounts) ? accounts.filter((a): a is CloudflareAccountChoice => typeof (a as CloudflareAccountChoice | null)?.id === 'string' && typeof (a as CloudflareAccountChoice).name === 'string') : [];
};

/** What of the product works with a token, in words. */
export const FEATURE_LABELS: Readonly<Record<CloudflareFeature['feature'], string>> = { account: t('Account'), storage: t('Storage'), zones: t('Zones'), dns: t('DNS records'), tls: t('TLS certificates'), redirects: t('Redirects') };
