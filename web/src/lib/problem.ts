/** Every error that a page shows passes here once: what happened, why, and what to do. */

export interface ShownProblem {
  readonly code: string;
  readonly message: string;
  /** What the person can do now. */
  readonly advice?: string;
  readonly retryable: boolean;
  readonly correlation_id?: string;
  readonly details?: unknown;
}

/** An error of the HTTP API; the SDK throws its own with the same fields. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly status: number, readonly retryable: boolean, readonly correlation_id?: string, readonly details?: unknown) {
    super(message);
    this.name = 'ApiError';
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  DENIED: 'Ask an owner or administrator of this organisation for a role that allows it.',
  REVOKED: 'Your rights were changed a moment ago. Ask an owner or administrator if you still need this.',
  TIMEOUT: 'It may still take effect. Watch the history before you try again.',
  NO_RESPONDERS: 'The service behind this is not running. It is usually back within seconds; try again.',
  UNAVAILABLE: 'Xanthus lost touch with its message bus. It reconnects by itself; try again in a moment.',
  RATE_LIMITED: 'Wait a few seconds, then try again.',
  INTERNAL: 'This is a fault of Xanthus. The correlation id finds it in the log.',
  OFFLINE: 'Check your network. The page goes on by itself when it is back.',
  'LOGIN.REFUSED': 'Check the address and the password.',
  'LOGIN.TOO_MANY': 'Wait a minute, then try again.',
  'LOGIN.NOT_A_MEMBER': 'Ask an administrator of the organisation to add you.',
  'SETUP.LINK_INVALID': 'Open the newest link that Xanthus printed, or make one: npm start -- setup-link',
  'SETUP.LINK_EXPIRED': 'Make a fresh link: npm start -- setup-link',
  'SETUP.ALREADY_DONE': 'Log in instead.',
  'PASSWORD.TOO_WEAK': 'Use at least 12 characters; a few unrelated words are easy to remember.',
  'SERVER.UNRESOLVED': 'Check the host name, or give the IP address.',
  'SERVER.ADDRESS_FORBIDDEN': 'This address is not allowed as a target. Use the address of the machine itself.',
  'SERVER.REFUSED': 'Check the port, and that the SSH server is running on the machine.',
  'SERVER.TIMEOUT': 'Check the address and that no firewall drops the connection.',
  'SERVER.NOT_SSH': 'Something else listens on this port. SSH is usually on port 22.',
  'SERVER.AUTH_FAILED': 'Check the user name, and that the key is in ~/.ssh/authorized_keys of that user.',
  'SERVER.KEY_UNREADABLE': 'Paste the whole private key with its first and last line; give the passphrase if it has one.',
  'SERVER.HOST_KEY_CHANGED': 'If you did not reinstall the machine, somebody may be in between. Compare the fingerprints before you accept.',
  'SERVER.DISCONNECTED': 'The machine closed the connection. Its own SSH log says why.',
  'SERVER.NAME_TAKEN': 'Choose another name.',
  'SERVER.NO_SANDBOX': 'Start Xanthus without --no-sandbox to get one.',
  'SSH_KEY.NAME_TAKEN': 'Choose another name for the key.',
  'SSH_KEY.IN_USE': 'Remove the servers that use it first.',
  'MEMBER.LAST_OWNER': 'Make somebody else an owner first.',
  'MEMBER.EXISTS': 'This person is a member already.',
};

const OWN_RETRY = new Set(['OFFLINE']);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value.length > 0 ? value : undefined);

/** Names of the fields that the contract refused, for messages beside the inputs: `{host: "a host name…"}`. */
export const fieldProblems = (problem: Pick<ShownProblem, 'code' | 'details'> | undefined): Readonly<Record<string, string>> => {
  if (problem?.code !== 'INVALID') return {};
  const list: unknown = Array.isArray(problem.details) ? problem.details : (problem.details as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(list)) return {};
  const fields: Record<string, string> = {};
  for (const issue of list as { path?: unknown; message?: unknown }[]) {
    const path = Array.isArray(issue.path) ? issue.path.join('.') : text(issue.path);
    if (path && !(path in fields)) fields[path] = text(issue.message) ?? 'not accepted';
  }
  return fields;
};

/** Makes something to show out of whatever was thrown. */
export const toProblem = (error: unknown): ShownProblem => {
  const given = error as { code?: unknown; message?: unknown; retryable?: unknown; correlation_id?: unknown; details?: unknown } | null | undefined;
  const code = text(given?.code) ?? (error instanceof TypeError ? 'OFFLINE' : 'INTERNAL');
  const message = code === 'OFFLINE' ? 'Xanthus cannot be reached.' : text(given?.message) ?? 'Something went wrong.';
  const correlation = text(given?.correlation_id) ?? text((given?.details as { correlation_id?: unknown } | undefined)?.correlation_id);
  return {
    code,
    message,
    ...(ADVICE[code] ? { advice: ADVICE[code] } : {}),
    retryable: given?.retryable === true || OWN_RETRY.has(code),
    ...(correlation ? { correlation_id: correlation } : {}),
    ...(given?.details === undefined ? {} : { details: given.details }),
  };
};

/** What "copy details" puts on the clipboard. */
export const problemDetails = (problem: ShownProblem, at: string): string =>
  [`code: ${problem.code}`, `message: ${problem.message}`, problem.correlation_id && `correlation id: ${problem.correlation_id}`, `time: ${at}`,
    problem.details === undefined ? undefined : `details: ${JSON.stringify(problem.details)}`].filter(Boolean).join('\n');

export const adviceFor = (code: string): string | undefined => ADVICE[code];
