/**
 * The port to who rents out machines. One folder per provider implements it and `provider.features.ts` is what every one passes; nobody outside asks for a
 * kind, only for what `capabilities` declare. Every method throws a Refusal `PROVIDER.…` of `provider.errors.ts` with a sentence that says what to do, and the
 * signal's reason once the signal is aborted.
 */
import type { PowerAction, ProviderCapabilities, ProviderImage, ProviderLocation, ProviderPricing, ServerTypeOffer } from '@xanthus/proto/vps';

export type Labels = Readonly<Record<string, string>>;

/** `unknown`: there, in a state that has no word here. */
export type MachineStatus = 'creating' | 'starting' | 'running' | 'stopping' | 'off' | 'rebuilding' | 'migrating' | 'deleting' | 'unknown';

/** A machine as the provider has it. */
export interface ProviderServer {
  /** The provider's own id; opaque. */
  readonly ref: string;
  readonly name: string;
  readonly status: MachineStatus;
  /** Where it is reached by SSH: its public IPv4 address, else an IPv6 one; null until it has one. */
  readonly address: string | null;
  /** Of SSH, where the provider decides it; null: what `user_data` says. */
  readonly port: number | null;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  readonly type: string;
  readonly location: string;
  readonly image: string | null;
  /** Something is under way at the provider, so that it takes no other command. */
  readonly locked: boolean;
  readonly disk_bytes: number | null;
  readonly created_at: string;
  readonly labels: Labels;
}

export interface ServerSpec {
  readonly name: string;
  readonly location: string;
  readonly type: string;
  readonly image: string;
  /** As `ensureSshKey` answered. */
  readonly ssh_keys: readonly string[];
  readonly user_data: string;
  readonly labels: Labels;
  /** TCP ports beside 22, 80, 443 and 6443 that are reached from outside: who has a firewall in front opens them. */
  readonly open_ports?: readonly number[];
}

/** Something that the provider does after it answered; opaque. Null: it is done already. */
export type ActionRef = string | null;

export interface ProviderSnapshot { readonly ref: string; readonly description: string; /** Of the machine that it was taken from, as long as the provider knows. */ readonly server: string | null; readonly size_bytes: number | null; readonly ready: boolean; readonly created_at: string; readonly labels: Labels }

export interface Progress { /** 0–100 */ readonly percent: number; /** A word of the provider's, e.g. `create_server`. */ readonly what: string }

/** An account at a provider. Lists are whole: all pages are read. */
export interface Provider {
  readonly kind: string;
  /** As people call it. */
  readonly title: string;
  readonly capabilities: ProviderCapabilities;
  /** Is the key good, and may it write? @returns the account's own name, where it has one @throws PROVIDER.KEY_REFUSED, PROVIDER.KEY_READ_ONLY */
  validate(signal: AbortSignal): Promise<{ readonly account: string | null }>;
  locations(signal: AbortSignal): Promise<readonly ProviderLocation[]>;
  serverTypes(signal: AbortSignal): Promise<readonly ServerTypeOffer[]>;
  /** Without snapshots. */
  images(signal: AbortSignal): Promise<readonly ProviderImage[]>;
  pricing(signal: AbortSignal): Promise<ProviderPricing>;
  /** A key that is there already, under whatever name, is used as it is: then `made` is false and it isn't ours to remove. */
  ensureSshKey(key: { readonly name: string; readonly public_key: string; readonly labels: Labels }, signal: AbortSignal): Promise<{ readonly ref: string; readonly made: boolean }>;
  /** Harmless if it is gone. */
  removeSshKey(ref: string, signal: AbortSignal): Promise<void>;
  /** Those that carry all of these labels. */
  findServers(labels: Labels, signal: AbortSignal): Promise<readonly ProviderServer[]>;
  /**
   * Sent once: after PROVIDER.TIMEOUT or UNAVAILABLE nobody knows whether it was made. Use `ensureServer`, which looks for the labels before and after.
   * @throws PROVIDER.NAME_TAKEN, SOLD_OUT, QUOTA_REACHED, UNKNOWN_TYPE, UNKNOWN_LOCATION, UNKNOWN_IMAGE, INVALID
   */
  createServer(spec: ServerSpec, signal: AbortSignal): Promise<{ readonly server: ProviderServer; readonly action: ActionRef }>;
  /** undefined: there is none (any more). */
  server(ref: string, signal: AbortSignal): Promise<ProviderServer | undefined>;
  /** @throws PROVIDER.NOT_FOUND, LOCKED, UNSUPPORTED */
  power(ref: string, action: PowerAction, signal: AbortSignal): Promise<ActionRef>;
  /** The machine must be off. @throws PROVIDER.WRONG_STATE, SOLD_OUT, UNKNOWN_TYPE, and as `power` */
  resize(ref: string, to: { readonly type: string; readonly grow_disk: boolean }, signal: AbortSignal): Promise<ActionRef>;
  /** Everything on its disk is lost. @throws as `power` */
  rebuild(ref: string, from: { readonly image: string; readonly user_data?: string }, signal: AbortSignal): Promise<ActionRef>;
  /** @throws PROVIDER.NAME_TAKEN, and as `power` */
  rename(ref: string, name: string, signal: AbortSignal): Promise<void>;
  /** All labels, in place of those that it has. */
  label(ref: string, labels: Labels, signal: AbortSignal): Promise<void>;
  snapshots(labels: Labels, signal: AbortSignal): Promise<readonly ProviderSnapshot[]>;
  snapshot(ref: string, o: { readonly description: string; readonly labels: Labels }, signal: AbortSignal): Promise<{ readonly ref: string; readonly action: ActionRef }>;
  /** Harmless if it is gone. */
  deleteSnapshot(ref: string, signal: AbortSignal): Promise<void>;
  /** Harmless if it is gone: null then. */
  deleteServer(ref: string, signal: AbortSignal): Promise<ActionRef>;
  /** Until it is done, asked with growing pauses. @throws PROVIDER.ACTION_FAILED with the provider's reason */
  awaitAction(action: ActionRef, signal: AbortSignal, onProgress?: (progress: Progress) => void): Promise<void>;
}

/** How somebody gets a key for it. */
export interface KeyHelp { readonly label: string; readonly help: string; readonly url: string; readonly long: boolean; /** Kind of a tenant's secret that may hold it. */ readonly secret_kind: string }

/** `fetch` obeys the shared budget and refuses addresses that nobody allowed. */
export type ProviderFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;
export interface OpenWith { readonly key: string; readonly fetch: ProviderFetch; readonly pause: (ms: number, signal: AbortSignal) => Promise<void>; readonly now: () => number }

/** What a provider's folder exports, and `providers/index.ts` lists. */
export interface ProviderAdapter {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly capabilities: ProviderCapabilities;
  /** Null: no key is needed. */
  readonly key: KeyHelp | null;
  /** Calls that an account may make, where documented; else a cautious preset holds. */
  readonly budget?: { readonly limit: number; readonly window_s: number };
  /** Addresses that the operator wrote into the configuration, which may therefore be of this machine. */
  readonly endpoints: () => Promise<readonly { readonly host: string; readonly port: number }[]>;
  /** Its machines are of this very computer, made by a host that the operator runs: exactly where it says that one is may be connected to. */
  readonly local?: true;
  /** Why it can't be used here; undefined: it can. */
  readonly unavailable: () => Promise<string | undefined>;
  /** The key in the form that is kept. @throws PROVIDER.KEY_MALFORMED without asking anybody */
  readonly readKey: (text: string) => string;
  /** What may be shown of a key, where its ends say nothing. */
  readonly hint?: (key: string) => string;
  readonly open: (with_: OpenWith) => Provider;
}

/** Type and body of a public key: the comment behind them says nothing. */
export const keyBody = (publicKey: string): string => publicKey.trim().split(/\s+/, 2).join(' ');

const LABEL_KEY = /^[a-z][a-z0-9_]{0,62}$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** On everything that we make: whose it is can be told from the provider's side alone. `server` is our own id of it. */
export const ourLabels = (tenant: string, server?: string): Labels => {
  const labels = { managed_by: 'xanthus', xanthus_tenant: tenant, ...(server !== undefined && { xanthus_server: server }) };
  for (const value of Object.values(labels)) if (!LABEL_VALUE.test(value)) throw new TypeError('a label has 1–63 letters, digits, - _ and ., with a letter or digit at the ends');
  return labels;
};

/** `a=1,b=2`, for providers that filter by labels. */
export const labelSelector = (labels: Labels): string => Object.entries(labels).map(([key, value]) => {
  if (!LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) throw new TypeError('a label to look for is malformed');
  return `${key}=${value}`;
}).join(',');
