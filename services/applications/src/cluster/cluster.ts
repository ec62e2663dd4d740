/** One server's Kubernetes, reached somehow. The typed functions beside this file are what the rest of the service uses. */
import type { Actor } from '@xanthus/proto';

export type Program = 'helm' | 'kubectl';

export interface RunOptions {
  /** Values, secrets and objects go here, never into an argument. */
  readonly stdin?: string | Uint8Array | undefined;
  /** The program is ended. */
  readonly signal: AbortSignal;
  /** The program is ended and `CLUSTER.TIMED_OUT` thrown. */
  readonly timeout_ms: number;
  /** Every line of stdout and stderr as it comes; not masked. */
  readonly onLine?: ((line: string) => void) | undefined;
}
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Either of them was longer than {@link MAX_OUTPUT}. */
  readonly truncated: boolean;
}
export interface FollowOptions {
  /** The end of it, as wanted. */
  readonly signal: AbortSignal;
  /** A promise holds the program back until it resolves. */
  readonly onData: (chunk: Buffer) => void | Promise<void>;
}
export interface PutFile { readonly path: string; remove(): Promise<void> }

/** Bytes kept of each of stdout and stderr. */
export const MAX_OUTPUT = 16 * 1024 * 1024;

export interface ClusterFacts {
  /** A cluster of a test bed or of a simulated server: its pods run nothing. */
  readonly simulated: boolean;
  /** Versions as `4.2.3` and `1.36.3`. */
  readonly helm: string;
  readonly kubernetes: string;
}

export interface Cluster {
  readonly facts: ClusterFacts;
  /** A status other than 0 is a result. @throws Refusal CLUSTER.UNREACHABLE, CLUSTER.TIMED_OUT, CLUSTER.CANCELLED */
  run(program: Program, argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Until the program ends or the signal does. @throws Refusal CLUSTER.UNREACHABLE */
  follow(program: Program, argv: readonly string[], options: FollowOptions): Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** A file in a private folder on the machine where the programs run, mode 0600. `suffix` as `.tgz`. Whoever puts it removes it. */
  putFile(bytes: Uint8Array, suffix: string, signal: AbortSignal): Promise<PutFile>;
}

/** Why somebody goes onto a server: vps keeps it, one event a connection. */
export interface ClusterReason { readonly reason: string; readonly act?: Actor | undefined }
/** @throws Refusal CLUSTER.UNREACHABLE, CLUSTER.NO_KUBERNETES, CLUSTER.NO_HELM, SERVER.NOT_FOUND */
export type ClusterOf = (tenant: string, server: string, why: ClusterReason) => Promise<Cluster>;

/** What every call on a cluster takes: there is none without an end. */
export interface Limits { readonly signal: AbortSignal; readonly timeout_ms: number }
