import { Refusal } from '@xanthus/kernel';
import type { HostKey } from '@xanthus/proto/vps';

/** Where on the way to a machine it ended. `session`: after the log-in. */
export type SshStage = 'resolve' | 'connect' | 'host_key' | 'auth' | 'session';

/** What went wrong; the message says what to do. They are the codes that the contracts of `vps` name. */
export type SshErrorCode =
  | 'SERVER.UNRESOLVED'
  | 'SERVER.ADDRESS_FORBIDDEN'
  | 'SERVER.REFUSED'
  | 'SERVER.TIMEOUT'
  | 'SERVER.NOT_SSH'
  | 'SERVER.HOST_KEY_UNCONFIRMED'
  | 'SERVER.HOST_KEY_CHANGED'
  | 'SERVER.JUMP_HOST_KEY_UNCONFIRMED'
  | 'SERVER.JUMP_HOST_KEY_CHANGED'
  | 'SERVER.KEY_UNREADABLE'
  | 'SERVER.AUTH_FAILED'
  | 'SERVER.CHANNELS_FULL'
  | 'SERVER.CHANNEL_PROHIBITED'
  | 'SERVER.NO_TERMINAL'
  | 'SERVER.NO_SHELL'
  | 'SERVER.DISCONNECTED'
  | 'SERVER.CANCELLED';

const RETRYABLE: readonly SshErrorCode[] = ['SERVER.UNRESOLVED', 'SERVER.REFUSED', 'SERVER.TIMEOUT', 'SERVER.CHANNELS_FULL', 'SERVER.DISCONNECTED', 'SERVER.CANCELLED'];

/** A refusal with the stage at which it happened. `details.presented` is the host key that was shown, where one was. */
export class SshError extends Refusal {
  constructor(readonly stage: SshStage, code: SshErrorCode, message: string, details?: { readonly presented?: HostKey; readonly expected?: string }) {
    super(code, message, details, RETRYABLE.includes(code));
  }
}

/** The host key that a refused machine showed, if the error carries one. */
export const presentedHostKey = (error: unknown): HostKey | undefined =>
  error instanceof SshError ? (error.details as { presented?: HostKey } | undefined)?.presented : undefined;
