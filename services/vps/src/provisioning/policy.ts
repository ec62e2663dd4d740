/** How long a step may take, and what is tried again by itself. Pure. */
import { tryError, type Limit, type TryError } from '@xanthus/kernel';
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The set-up script gives up by itself after five minutes of waiting for K3s or Traefik: these are longer, so that its own words are heard. */
export const SET_UP_LIMITS: Readonly<Record<SetUpStep, Limit>> = {
  // With their pauses these outlast five minutes in which a provider is away.
  key: { time: MINUTE, tries: 10 },
  server: { time: 2 * MINUTE, tries: 10 },
  boot: { time: 5 * MINUTE, tries: 10 },
  ssh: { time: 6 * MINUTE, tries: 3 },
  prepare: { time: 15 * MINUTE, tries: 2 },
  k3s: { time: 12 * MINUTE, tries: 2 },
  helm: { time: 8 * MINUTE, tries: 3 },
  traefik: { time: 8 * MINUTE, tries: 2 },
  verify: { time: 5 * MINUTE, tries: 3 },
  ready: { time: MINUTE, tries: 5 },
};
export const REMOVAL_LIMITS: Readonly<Record<RemovalStep, Limit>> = {
  stop: { time: MINUTE, tries: 3 },
  delete: { time: 3 * MINUTE, tries: 12 },
  gone: { time: 5 * MINUTE, tries: 12 },
  key: { time: MINUTE, tries: 12 },
  secrets: { time: MINUTE, tries: 6 },
};

/** What passes by itself for others does not pass while somebody waits for a machine: another type or place is a person's choice. */
const ASK_AT_ONCE: ReadonlySet<string> = new Set(['PROVIDER.SOLD_OUT', 'SERVER.HOST_KEY_CHANGED', 'SERVER.SET_UP_TIMEOUT']);

/** Whatever a step threw, as events tell it. */
export const stepError = (error: unknown): TryError => tryError(error, ASK_AT_ONCE);
