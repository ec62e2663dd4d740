import { Refusal } from '@xanthus/kernel';

/** What the host said, or that it said nothing. */
export type SftpErrorCode =
  | 'FILES.NOT_FOUND'
  | 'FILES.FORBIDDEN'
  | 'FILES.NAME_INVALID'
  /** The host says no more than "failure": a full disk, a folder that is not empty, a name that is taken. */
  | 'FILES.FAILED'
  | 'FILES.NO_SFTP'
  | 'SERVER.TIMEOUT'
  | 'SERVER.DISCONNECTED';

const RETRYABLE: readonly SftpErrorCode[] = ['SERVER.TIMEOUT', 'SERVER.DISCONNECTED'];

export class SftpError extends Refusal {
  constructor(code: SftpErrorCode, message: string) {
    super(code, message, undefined, RETRYABLE.includes(code));
  }
}

/** Status codes of the protocol, version 3. */
const STATUS = { NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4, BAD_MESSAGE: 5, NO_CONNECTION: 6, CONNECTION_LOST: 7, UNSUPPORTED: 8 } as const;

/** Names may hold anything: what is shown of them is one line. */
const shown = (path: string): string => JSON.stringify(path.length > 200 ? `${path.slice(0, 199)}…` : path);

export const sftpErrorOf = (error: unknown, what: string, path: string): SftpError => {
  if (error instanceof SftpError) return error;
  const { code, message } = error as { code?: unknown; message?: string };
  switch (code) {
    case STATUS.NO_SUCH_FILE: return new SftpError('FILES.NOT_FOUND', `There is no ${shown(path)} on the server (any more).`);
    case STATUS.PERMISSION_DENIED: return new SftpError('FILES.FORBIDDEN', `The server does not let the account that Xanthus uses there ${what} ${shown(path)}.`);
    case STATUS.BAD_MESSAGE: return new SftpError('FILES.NAME_INVALID', `The server does not take the name ${shown(path)}; a name has at most 255 bytes there.`);
    case STATUS.FAILURE: case STATUS.UNSUPPORTED: return new SftpError('FILES.FAILED', `The server could not ${what} ${shown(path)} and does not say why.`);
    default: return new SftpError('SERVER.DISCONNECTED', `The connection ended before the server answered (${what} ${shown(path)}): ${message ?? 'no reason given'}.`);
  }
};
