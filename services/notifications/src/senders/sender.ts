import type { ChannelKind, QueuedNotice } from '@xanthus/proto/notifications';

/** What is sent, whichever way. */
export interface Letter {
  /** The same at every try: whoever gets it twice can tell. */
  readonly delivery: string;
  readonly tenant: string;
  readonly at: string;
  readonly notices: readonly QueuedNotice[];
  /** Not among them: so many more. */
  readonly more: number;
  /** A trial: it says so. */
  readonly trial: boolean;
  /** Of the console; null: no links. */
  readonly url: string | null;
}

/** `final`: it makes no sense to try again. */
export type Outcome = { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly code: string; readonly message: string; readonly final: boolean };

/** What a channel's secret holds. */
export interface MailServer { readonly host: string; readonly port: number; readonly security: 'tls' | 'starttls' | 'none'; readonly user?: string | undefined; readonly password?: string | undefined; readonly from: string }
export type Target =
  | { readonly kind: 'email'; /** Null: the operator's. */ readonly server: MailServer | null; readonly to: readonly string[] }
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }
  | { readonly kind: 'slack'; readonly url: string };

/** Never throws for what the other side does: that is the outcome. */
export interface Senders {
  send(target: Target, letter: Letter, signal: AbortSignal): Promise<Outcome>;
  /** Whether this address may be called at all. @throws Refusal */
  check(target: Target): Promise<void>;
  readonly operatorSmtp: boolean;
  readonly kinds: readonly ChannelKind[];
}
