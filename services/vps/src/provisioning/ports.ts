import type { AggregateType, DomainEvent } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import type { ServerFacts } from '@xanthus/proto/vps';
import type { Provider } from '../providers/provider.js';
import type { Machine } from '../server/server.js';
import type { SetupStatus } from '../setup/setup-status.js';
import type { Made, Run } from './provisioning.js';

/** A server as a step sees it. */
export interface Subject { readonly tenant: string; readonly id: string; readonly machine: Machine }

/** What the set-up script on a machine says. `lines`: new ones of its log since `after`. */
export interface Seen { readonly status: SetupStatus; readonly lines: readonly string[]; readonly after: number; /** It ended without a word. */ readonly dead: boolean }

/** The set-up script on a machine, over its one connection. @throws SshError; Refusal VAULT.… */
export interface SetUpScript {
  look(subject: Subject, after: number, signal: AbortSignal): Promise<Seen>;
  /** Writes it anew and starts it; one that runs already goes on. */
  start(subject: Subject, signal: AbortSignal): Promise<void>;
  stop(subject: Subject, signal: AbortSignal): Promise<void>;
}

/** Everything that the processes reach outside. */
export interface ProcessPorts {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
  readonly now: () => number;
  /** Ends early, without an error, when aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly timeout: (ms: number) => AbortSignal;
  /** In the name of the service. Answers the state after it, and whether anything was decided. */
  handle<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string, command: C): Promise<{ readonly state: S; readonly decided: boolean }>;
  /** Leader-routed. */
  read<S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, tenant: string, id: string): Promise<S>;
  /** @throws Refusal PROVIDER.NOT_CONNECTED, PROVIDER.REFUSED */
  provider(tenant: string, id: string): Promise<Provider>;
  readonly secrets: { text(tenant: string, name: string): Promise<string>; destroy(tenant: string, name: string): Promise<void> };
  /** The `user_data` of a new machine, with the private half of its host key. */
  userData(machine: Machine, hostKey: string, now: number): string;
  /** Logs in, which checks the host key, and keeps the connection. @returns a sentence @throws SshError */
  contact(subject: Subject, signal: AbortSignal): Promise<string>;
  /** What it is by now. @throws SshError */
  facts(subject: Subject, signal: AbortSignal): Promise<ServerFacts>;
  readonly script: SetUpScript;
  /** Nobody uses its connection any more. */
  drop(id: string): void;
}

export interface ProgressNews { readonly word: string; readonly text: string; readonly percent?: number; readonly lines?: readonly string[]; /** Bytes of the log that were read with these lines. */ readonly after?: number }

export interface StepContext extends Subject { readonly ports: ProcessPorts; readonly run: Run; readonly signal: AbortSignal; progress(news: ProgressNews): Promise<void> }

export type Outcome = Made & { readonly detail: string };
export type StepWork = (context: StepContext) => Promise<Outcome>;
