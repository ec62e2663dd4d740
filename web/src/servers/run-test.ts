/** A connection test with its stages as they come. */
import { until, type Client } from '@xanthus/client';
import type { TestStage } from '../contracts.js';
import type { AdoptForm, TestResult } from './adopt-form.js';
import { toTarget } from './adopt-form.js';
import { deriveId } from './derived-id.js';
import { testConnection, testSignals } from './servers.data.js';

/** The signals are a courtesy: without them (no right, no secure context) the answer brings all stages at once. ms to wait for the subscription. */
const PATIENCE = 1_500;

const readStage = (payload: unknown): TestStage | undefined => {
  const stage = (payload as { stage?: Partial<TestStage> } | null)?.stage;
  return typeof stage?.name === 'string' && typeof stage.status === 'string' ? stage as TestStage : undefined;
};

export const runTest = async (client: Client, form: AdoptForm, confirmed: string | undefined, onStage: (stage: TestStage) => void): Promise<TestResult> => {
  const idempotencyKey = `test-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const stop = await listen(client, idempotencyKey, onStage).catch(() => undefined);
  try {
    return await testConnection(client, toTarget(form, confirmed), { idempotencyKey });
  } finally {
    stop?.();
  }
};

const listen = async (client: Client, key: string, onStage: (stage: TestStage) => void): Promise<(() => void) | undefined> => {
  if (!globalThis.crypto?.subtle) return undefined;
  const id = await deriveId(client.tenant, `person:${client.user.id}`, key);
  const subscription = testSignals(client, id, payload => {
    const stage = readStage(payload);
    if (stage) onStage(stage);
  });
  if (!subscription) return undefined;
  await until(subscription.state, state => state === 'live' || state === 'ended', AbortSignal.timeout(PATIENCE)).catch(() => undefined);
  return () => subscription.close();
};
