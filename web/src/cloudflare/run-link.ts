/** Linking a Cloudflare account, with its steps as they come. */
import { until, type Client } from '@xanthus/client';
import type { CloudflareStep } from '../contracts.js';
import { deriveId } from '../servers/derived-id.js';
import { linkCloudflare, linkSignals, type LinkInput, type LinkOutput } from './cloudflare.data.js';

/** The signals are a courtesy: without them the answer brings all steps at once. ms to wait for the subscription. */
const PATIENCE = 1_500;

export const readStep = (payload: unknown): CloudflareStep | undefined => {
  const step = (payload as { step?: Partial<CloudflareStep> } | null)?.step;
  return typeof step?.name === 'string' && typeof step.status === 'string' ? step as CloudflareStep : undefined;
};

export const runLink = async (client: Client, input: LinkInput, onStep: (step: CloudflareStep) => void): Promise<LinkOutput> => {
  const idempotencyKey = `link-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const stop = await listen(client, idempotencyKey, onStep).catch(() => undefined);
  try {
    return await linkCloudflare(client, input, { idempotencyKey });
  } finally {
    stop?.();
  }
};

const listen = async (client: Client, key: string, onStep: (step: CloudflareStep) => void): Promise<(() => void) | undefined> => {
  if (!globalThis.crypto?.subtle) return undefined;
  const id = await deriveId(client.tenant, `person:${client.user.id}`, key);
  const subscription = linkSignals(client, id, payload => {
    const step = readStep(payload);
    if (step) onStep(step);
  });
  if (!subscription) return undefined;
  await until(subscription.state, state => state === 'live' || state === 'ended', AbortSignal.timeout(PATIENCE)).catch(() => undefined);
  return () => subscription.close();
};
