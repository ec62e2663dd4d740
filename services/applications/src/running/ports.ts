import type { AggregateType, DomainEvent } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { Actor } from '@xanthus/proto';
import type { CatalogEntry, DeploymentStep, Release } from '@xanthus/proto/applications';
import type { ClusterOf } from '../cluster/cluster.js';

/** All that a release is made of: sealed in the vault as gzip'd JSON, never in an event, log, plan or signal. */
export interface SealedRelease {
  /** The entry as it was then; a tenant's own may have changed since. */
  readonly entry: CatalogEntry;
  readonly version: string;
  /** What the chart says that it deploys, where its own version was chosen. */
  readonly app_version?: string | null;
  readonly chart: ChartRef;
  readonly choices: Readonly<Record<string, string | number | boolean>>;
  /** Variables that are no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** YAML that a person laid over the values of the entry. */
  readonly overlay: string;
  /** The whole values, for the chart. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Name and contents of the Kubernetes Secret; none without contents. */
  readonly secret_name: string;
  readonly secrets: Readonly<Record<string, string>>;
}
/** `repository`: `local`, https or oci address. */
export interface ChartRef { readonly repository: string; readonly chart: string; readonly version: string }

export interface SealedReleases {
  /** What a plan will make. @throws Refusal PLAN.UNKNOWN */
  ofPlan(tenant: string, plan: string): Promise<SealedRelease>;
  /** @throws Refusal APPLICATION.REVISION_UNKNOWN */
  ofRevision(tenant: string, application: string, revision: number): Promise<SealedRelease>;
  /** Answers the name in the vault and the digest of values and secrets, for the release's event. */
  keep(tenant: string, application: string, revision: number, content: SealedRelease): Promise<Pick<Release, 'sealed' | 'values_digest'>>;
  keepPlan(tenant: string, plan: string, content: SealedRelease): Promise<string>;
  /** Harmless where there is none. */
  forgetPlan(tenant: string, plan: string): Promise<void>;
  forgetAll(tenant: string, application: string, revisions: readonly number[]): Promise<void>;
  /** Another Secret's content of the newest release, after a change of its password. */
  putSecrets(tenant: string, application: string, revision: number, secrets: Readonly<Record<string, string>>): Promise<void>;
  /** The password that a deployment is to set: here before anything is begun, so that no event holds it and no kill loses it. */
  keepPassword(tenant: string, deployment: string, password: string): Promise<void>;
  /** Null: it is set, or there never was one. */
  passwordOf(tenant: string, deployment: string): Promise<string | null>;
  /** Harmless where there is none. */
  forgetPassword(tenant: string, deployment: string): Promise<void>;
  /** The password that was set last, of an application that keeps only its hash. Of the application, not of a release: no rollback touches it. `forgetAll` does. */
  keepAccess(tenant: string, application: string, password: string): Promise<void>;
  accessOf(tenant: string, application: string): Promise<string | null>;
}

/** The packed chart (.tgz), checked against its digest where its repository names one. @throws Refusal CHART.NOT_FOUND, CHART.UNREACHABLE */
export interface Charts { get(chart: ChartRef, signal: AbortSignal): Promise<{ readonly bytes: Uint8Array; readonly digest: string }> }

export interface RecordWish { readonly zone: string; readonly host: string; /** IPv4 or IPv6. */ readonly address: string; readonly application: string; /** Of the application, for people. */ readonly name: string; readonly reason: string; readonly act?: Actor | undefined }
/** What of dns a deployment needs. Every method may be called again after a kill: it looks at what is there. */
export interface DnsPort {
  /** A record that leads to the address and is ours, kept or made. @throws Refusal DNS.NOT_MANAGED, PLAN.CONFLICTS (there is one that is not ours) */
  ensureRecord(tenant: string, wish: RecordWish, signal: AbortSignal): Promise<{ readonly type: 'A' | 'AAAA'; readonly id: string; readonly made: boolean }>;
  /** Only one that this application has. */
  removeRecord(tenant: string, of: Omit<RecordWish, 'address'>, signal: AbortSignal): Promise<{ readonly gone: boolean }>;
  /** Who stands in the way of a record: null: nothing, or our own. */
  recordAt(tenant: string, zone: string, host: string, application: string): Promise<{ readonly ours: boolean; readonly type: string; readonly value: string } | null>;
  /** Before the first record. */
  use(tenant: string, zone: string, application: { readonly id: string; readonly name: string }, act?: Actor): Promise<void>;
  /** After the last record is gone. */
  unuse(tenant: string, zone: string, application: string, act?: Actor): Promise<void>;
  /** Chain and key as PEM, no longer kept than the step takes; null: the domain has no certificate of ours (it is not configured). */
  certificate(tenant: string, zone: string, application: { readonly id: string; readonly name: string }, reason: string, act?: Actor): Promise<{ readonly chain: string; readonly key: string; readonly provider_ref: string } | null>;
  /** Which certificate the domain has now; null: none. To see that it was renewed. */
  certificateRef(tenant: string, zone: string): Promise<string | null>;
  zone(tenant: string, zone: string): Promise<{ readonly id: string; readonly name: string; readonly configured: boolean }>;
}

export interface ServerFacts { readonly id: string; readonly name: string; readonly address: string; readonly status: string; readonly time_zone: string; readonly k3s: boolean; readonly simulated: boolean }
/** Cores, GiB, GiB. */
export interface Resources { readonly cpu: number; readonly memory: number; readonly disk: number }
export interface VpsPort {
  /** @throws Refusal SERVER.NOT_FOUND */
  server(tenant: string, id: string): Promise<ServerFacts>;
  /** The cheapest type that has so much more, where the server is; null: there is none, it cannot grow, or its provider could not be asked. */
  growth?(tenant: string, id: string, more: Resources): Promise<{ readonly type: string; readonly currency: string; readonly monthly_more: string } | null>;
}

/** Everything that the processes reach outside. */
export interface ProcessPorts {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
  readonly now: () => number;
  /** Ends early, without an error, when aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In the name of the service. Answers the state after it, and whether anything was decided. */
  handle<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string, command: C): Promise<{ readonly state: S; readonly decided: boolean }>;
  /** Leader-routed. */
  read<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string): Promise<S>;
  readonly clusterOf: ClusterOf;
  readonly dns: DnsPort;
  readonly vps: VpsPort;
  readonly sealed: SealedReleases;
  readonly charts: Charts;
  /** How long Helm waits until everything of a release is ready. */
  readonly wait_ms: number;
  /** Lines that Helm and kubectl print, masked by whoever calls. Never waits, never throws. */
  output(of: { readonly tenant: string; readonly application: string; readonly deployment: string }, step: DeploymentStep, lines: readonly string[], dropped: number): void;
  /** GET of an address from here, for its check: the status, or why there is none. */
  ask(url: string, signal: AbortSignal): Promise<{ readonly status: number } | { readonly problem: string }>;
}
