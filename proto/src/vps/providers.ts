/** Accounts at providers, and what can be bought there now. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { providerCapabilities, providerImage, providerKind, providerLocation, providerPricing, serverTypeOffer } from './catalogue.js';
import { problemReason } from './views.js';

/** Refusals of anything that asks a provider. `details` may carry `retry_at`. */
export const PROVIDER_ERRORS = [
  'PROVIDER.NOT_CONNECTED', 'PROVIDER.KEY_REFUSED', 'PROVIDER.KEY_READ_ONLY', 'PROVIDER.RATE_LIMITED', 'PROVIDER.UNAVAILABLE', 'PROVIDER.TIMEOUT', 'PROVIDER.UNREADABLE',
] as const;

export const providerName = z.string().trim().min(1).max(64).regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');
const providerKey = z.string().min(1).max(16_384);
/** The key itself, or the id of a secret that the tenant keeps (also one that an import left); its kind must be the provider's. */
export const providerKeySource = z.union([z.strictObject({ value: providerKey }), z.strictObject({ secret: ulid })], { error: 'give {value} or {secret}, not both' })
  .describe('{value: the key} or {secret: id of a secret of the tenant}');
/** First and last four characters. */
const hint = z.string().max(16).nullable();
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/).nullable();

const ID = '01jd3x8e2v5y9w4z7q6r1s0tpr';
const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate'>) => defineCommand<I, O>({ service: 'vps', aggregate: 'provider', ...c } as Parameters<typeof defineCommand<I, O>>[0]);

export const connectProvider = command({
  verb: 'connect', on: 'new', deadline: 25_000, summary: 'Connect an account at a provider. The key is tried first; then it lies in the vault and is never shown again.',
  input: z.object({ kind: providerKind, name: providerName, key: providerKeySource.optional() }), output: written, example: { kind: 'hetzner', name: 'Shop', key: { value: 'LRK9DAWQ1ZAEFSrCNEEzLCUwhYX1U3g7wMg4dTlkkDC96fyDuyJ39nVbVjCKSDfj' } },
  errors: ['PROVIDER.KIND_UNKNOWN', 'PROVIDER.KIND_UNAVAILABLE', 'PROVIDER.KEY_NEEDED', 'PROVIDER.KEY_MALFORMED', 'PROVIDER.NAME_TAKEN', 'PROVIDER.EXISTS', 'PROVIDER.KEY_IN_USE', 'PROVIDER.LIMIT_REACHED', 'PROVIDER.SECRET_UNKNOWN', ...PROVIDER_ERRORS],
});

export const replaceProviderKey = command({
  verb: 'replace-key', on: 'id', deadline: 25_000, summary: 'Use another key for an account; the old one is destroyed. It must be of the same account where that can be told.',
  input: z.object({ key: providerKeySource }), output: written, example: { key: { secret: '01jd3x8e2v5y9w4z7q6r1s0tse' } },
  errors: ['PROVIDER.KEY_NEEDED', 'PROVIDER.KEY_MALFORMED', 'PROVIDER.OTHER_ACCOUNT', 'PROVIDER.SECRET_UNKNOWN', ...PROVIDER_ERRORS],
});

export const renameProvider = command({
  verb: 'rename', on: 'id', summary: 'Call an account something else.', input: z.object({ name: providerName }), output: written, example: { name: 'Shop (old)' }, errors: ['PROVIDER.NOT_CONNECTED', 'PROVIDER.NAME_TAKEN'],
});

export const checkProvider = command({
  verb: 'check', on: 'id', deadline: 25_000, summary: 'Ask the provider now whether the key is good.',
  input: z.object({}), output: written.extend({ state: z.enum(['connected', 'refused']) }), example: {}, errors: [...PROVIDER_ERRORS],
});

export const disconnectProvider = command({
  verb: 'disconnect', on: 'id', summary: 'Forget an account and destroy its key. Refused while servers use it.', input: z.object({}), output: written, example: {}, errors: ['PROVIDER.NOT_CONNECTED', 'PROVIDER.IN_USE'],
});

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'vps', aggregate: 'provider', type, schema: 1, summary, data, example });
/** Where the key lies in the vault of vps; null for what needs none. */
const keyOf = { secret: z.string().nullable(), hint, fingerprint };
const KEY = { secret: `provider-${ID}-9f86d081`, hint: 'LRK9…SDfj', fingerprint: '9f86d081884c7d65' };

export const providerEvents = {
  ProviderConnected: event('ProviderConnected', 'An account at a provider was connected; its key was tried and lies in the vault.', z.object({
    kind: providerKind, name: z.string(), ...keyOf, /** What the provider calls the account, where it says so. */ account: z.string().nullable(),
  }), { kind: 'hetzner', name: 'Shop', ...KEY, account: null }),
  ProviderKeyReplaced: event('ProviderKeyReplaced', 'The account is reached with another key.', z.object({ ...keyOf, account: z.string().nullable() }), { ...KEY, account: null }),
  ProviderRenamed: event('ProviderRenamed', 'The account is called something else.', z.object({ name: z.string() }), { name: 'Shop (old)' }),
  ProviderRefused: event('ProviderRefused', 'The provider no longer takes the key: nothing is asked with it until it is replaced or taken again.', z.object({ reason: problemReason }), {
    reason: { code: 'PROVIDER.KEY_REFUSED', message: 'Hetzner does not take this key any more. Make a new one in the console of Hetzner and replace it here.' },
  }),
  ProviderAccepted: event('ProviderAccepted', 'The provider takes the key again.', z.object({}), {}),
  ProviderDisconnected: event('ProviderDisconnected', 'The account was forgotten here; its key was destroyed.', z.object({}), {}),
} as const;

export const providerView = defineView({
  service: 'vps', view: 'providers', schema: 1, summary: 'Accounts at providers.',
  data: z.object({
    id: ulid, kind: providerKind, name: z.string(), /** First and last four characters of the key; null without one. */ hint, account: z.string().nullable(),
    state: z.enum(['connected', 'refused']), reason: problemReason.nullable(),
    connected_at: z.iso.datetime(), connected_by: actor, /** When the state was last found to differ, or the key was last tried. */ checked_at: z.iso.datetime(),
  }),
  example: {
    id: ID, kind: 'hetzner', name: 'Shop', hint: 'LRK9…SDfj', account: null, state: 'connected', reason: null,
    connected_at: '2026-11-21T08:00:00.000Z', connected_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' }, checked_at: '2026-11-21T08:00:00.000Z',
  },
});

/** A sample, kept up to date by whoever calls; no event stands behind it. */
export const accountBudgetView = defineView({
  service: 'vps', view: 'account-budgets', schema: 1, no_past: 'What a provider still takes is counted now and not written down.', summary: 'Calls that the provider of each account still takes, and whether it is called at all.',
  data: z.object({
    id: ulid, kind: providerKind, /** Calls per window. */ limit: z.int(), used: z.int(), window_s: z.int(), resets_at: z.iso.datetime(),
    /** `open`: it failed several times in a row and is left alone until `retry_at`. */
    circuit: z.enum(['closed', 'open', 'half_open']), retry_at: z.iso.datetime().optional(),
  }),
  example: { id: ID, kind: 'hetzner', limit: 3_600, used: 37, window_s: 3_600, resets_at: '2026-11-21T09:00:00.000Z', circuit: 'closed' },
});

export const providerKinds = defineQuery({
  service: 'vps', question: 'provider-kinds', on: 'all', summary: 'Which providers can be connected here, what they can do, and where their key is made.',
  input: z.object({}), output: z.object({
    kinds: z.array(z.object({
      kind: providerKind, title: z.string(), summary: z.string(), capabilities: providerCapabilities,
      available: z.boolean(), /** Why not. */ reason: z.string().optional(),
      /** Null: no key is needed. */
      key: z.object({ label: z.string(), help: z.string(), url: z.url(), /** More than one line. */ long: z.boolean(), /** Kind of a tenant's secret that may hold it. */ secret_kind: z.string() }).nullable(),
    })),
  }), example: {},
});

/** Of which account; may be left out while the tenant has just one. */
const ofAccount = z.object({ provider: ulid.optional() });
const live = { as_of: z.iso.datetime(), provider: ulid };

export const serverTypes = defineQuery({
  service: 'vps', question: 'server-types', on: 'all', deadline: 20_000, summary: 'What can be ordered at a provider now, where, and for how much. Asked live; answers are shared for a minute.',
  input: ofAccount, output: z.object({ ...live, pricing: providerPricing, types: z.array(serverTypeOffer) }), example: { provider: ID }, errors: [...PROVIDER_ERRORS, 'PROVIDER.CHOICE_NEEDED'],
});
export const providerLocations = defineQuery({
  service: 'vps', question: 'locations', on: 'all', deadline: 20_000, summary: 'Where a provider has machines.',
  input: ofAccount, output: z.object({ ...live, locations: z.array(providerLocation) }), example: { provider: ID }, errors: [...PROVIDER_ERRORS, 'PROVIDER.CHOICE_NEEDED'],
});
export const providerImages = defineQuery({
  service: 'vps', question: 'images', on: 'all', deadline: 20_000, summary: 'Systems that a machine can start with.',
  input: ofAccount, output: z.object({ ...live, images: z.array(providerImage) }), example: { provider: ID }, errors: [...PROVIDER_ERRORS, 'PROVIDER.CHOICE_NEEDED'],
});

export const validateName = defineQuery({
  service: 'vps', question: 'validate-name', on: 'all', summary: 'Can a server be called that? For a form, while somebody types: a name is only reserved by the command that uses it.',
  input: z.object({ name: z.string().max(256) }), output: z.object({ valid: z.boolean(), code: z.enum(['SERVER.NAME_INVALID', 'SERVER.NAME_TAKEN']).optional(), message: z.string().optional(), suggestion: z.string().optional() }),
  example: { name: 'web-1' },
});
