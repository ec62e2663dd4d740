/** Every error that a page shows passes here once: what happened, why, and what to do. */
import { t } from '../texts/text.js';

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
  DENIED: t('Ask an owner or administrator of this organisation for a role that allows it.'),
  REVOKED: t('Your rights were changed a moment ago. Ask an owner or administrator if you still need this.'),
  TIMEOUT: t('It may still take effect. Watch the history before you try again.'),
  NO_RESPONDERS: t('The service behind this is not running. It is usually back within seconds; try again.'),
  UNAVAILABLE: t('Xanthus lost touch with its message bus. It reconnects by itself; try again in a moment.'),
  RATE_LIMITED: t('Wait a few seconds, then try again.'),
  INTERNAL: t('This is a fault of Xanthus. The correlation id finds it in the log.'),
  OFFLINE: t('Check your network. The page goes on by itself when it is back.'),
  'LOGIN.REFUSED': t('Check the address and the password.'),
  'LOGIN.TOO_MANY': t('Wait a minute, then try again.'),
  'LOGIN.NOT_A_MEMBER': t('Ask an administrator of the organisation to add you.'),
  'SETUP.LINK_INVALID': t('Open the newest link that Xanthus printed, or make one: npm start -- setup-link'),
  'SETUP.LINK_EXPIRED': t('Make a fresh link: npm start -- setup-link'),
  'SETUP.ALREADY_DONE': t('Log in instead.'),
  'PASSWORD.TOO_WEAK': t('Use at least 12 characters; a few unrelated words are easy to remember.'),
  'SERVER.UNRESOLVED': t('Check the host name, or give the IP address.'),
  'SERVER.ADDRESS_FORBIDDEN': t('This address is not allowed as a target. Use the address of the machine itself.'),
  'SERVER.REFUSED': t('Check the port, and that the SSH server is running on the machine.'),
  'SERVER.TIMEOUT': t('Check the address and that no firewall drops the connection.'),
  'SERVER.NOT_SSH': t('Something else listens on this port. SSH is usually on port 22.'),
  'SERVER.AUTH_FAILED': t('Check the user name, and that the key is in ~/.ssh/authorized_keys of that user.'),
  'SERVER.KEY_UNREADABLE': t('Paste the whole private key with its first and last line; give the passphrase if it has one.'),
  'SERVER.HOST_KEY_CHANGED': t('If you did not reinstall the machine, somebody may be in between. Compare the fingerprints before you accept.'),
  'SERVER.DISCONNECTED': t('The machine closed the connection. Its own SSH log says why.'),
  'SERVER.NAME_TAKEN': t('Choose another name.'),
  'SERVER.NO_SANDBOX': t('Start Xanthus without --no-sandbox to get one.'),
  'SERVER.BUSY': t('Wait until that has ended; its progress is on the overview of the server.'),
  'SERVER.NO_KUBECONFIG': t('Install K3s first: Settings of the server, Set-up.'),
  'SERVER.LOG_ENDED': t('Load it again; if it stays, the journal of the machine has a problem of its own.'),
  'FILES.FORBIDDEN': t('The account that Xanthus logs in with has no right to it on the server.'),
  'FILES.NOT_ALLOWED': t('Ask an administrator: rules about files are made on this page.'),
  'FILES.NO_SFTP': t('Switch SFTP on in sshd_config of the server, then load this again.'),
  'FILES.NO_SPACE': t('Make room on the server, then resume.'),
  'FILES.CHANGED': t('Nothing was written over.'),
  'FILES.FAILED': t('The server gave no reason. A read-only disk, a file that is busy, or a full one are usual.'),
  'MANIFEST.PLAN_CHANGED': t('See again what it would do, then apply that.'),
  'DRIFT.CHANGED': t('Look at it again: it is another difference by now.'),
  'DRIFT.NOT_FOUND': t('It was settled meanwhile, by somebody else or by itself.'),
  'ALERT.NOT_OPEN': t('It is over, or somebody else was faster.'),
  'SESSION.TOO_MANY': t('End sessions that are no longer needed.'),
  'SESSION.RECORDING_REQUIRED': t('Leave the recording as it is set for everybody.'),
  'SESSION.NO_MEMBER': t('Choose a member of this organisation.'),
  'SESSION.MAY_NOT': t('Everybody in a session needs the right to work on its server by SSH. An administrator can give it.'),
  'SESSION.NOT_INVITED': t('Ask its owner to share it with you.'),
  'SESSION.NO_MORE_TIME': t('Open another session; the operator allows this one no longer.'),
  'SSH_KEY.NAME_TAKEN': t('Choose another name for the key.'),
  'SSH_KEY.IN_USE': t('Remove the servers that use it first.'),
  'MEMBER.LAST_OWNER': t('Make somebody else an owner first.'),
  'MEMBER.EXISTS': t('This person is a member already.'),
  'MEMBER.CHANGED': t('Somebody changed it at the same moment. Look again, then decide.'),
  'AUTH.PROOF_NEEDED': t('Nothing was done. Try again and confirm that it’s you.'),
  'PROOF.REFUSED': t('Check the password or the code.'),
  'PROOF.TOO_MANY': t('Wait a minute, then try again.'),
  'PROOF.NOT_POSSIBLE': t('Log out and log in again: a fresh log-in counts as proof for ten minutes.'),
  'LOGIN.WRONG_CODE': t('Codes change every half minute: wait for the next one. The clock of the phone must be right.'),
  'TOTP.WRONG_CODE': t('Codes change every half minute: wait for the next one. The clock of the phone must be right.'),
  'PASSWORD.WRONG': t('Check your present password.'),
  'RESET.LINK_INVALID': t('Ask for a fresh link; an older one ends when a newer is made.'),
  'RESET.LINK_EXPIRED': t('Ask for a fresh link; each is good for an hour.'),
  'RESET.ROLE_TOO_HIGH': t('Ask an owner to make the link.'),
  'RESET.OTHER_TENANTS': t('They belong to other organisations too, so nobody here may take over the account.'),
  'INVITATION.EXISTS': t('Make a new link for the open invitation instead.'),
  'INVITATION.OTHER_ADDRESS': t('Log in with the account that the invitation was sent to.'),
  'ROLE.TOO_HIGH': t('Nobody can give or take more than they have. Ask somebody with more rights.'),
  'ROLE.IN_USE': t('Give everybody who has it another role first.'),
  'ROLE.BUILT_IN': t('Choose another name.'),
  'KEY.EXISTS': t('Choose another name.'),
  'SECRET.NAME_TAKEN': t('Choose another name, or replace the secret that has it.'),
  'SECRET.SAME_VALUE': t('This is the value that is kept already.'),
  'TENANT.SLUG_TAKEN': t('Choose another short name; one that was used is never free again.'),
  'TENANT.OWNER_ONLY': t('Ask an owner.'),
  'IDENTITY.LAST': t('It is your only way to log in. Set a password first, by a link from an administrator.'),
  'IDENTITY.TAKEN': t('It belongs to another account here.'),
  'OIDC.REFUSED': t('Try again; if it stays, ask whoever looks after the provider.'),
  'OIDC.FLOW_INVALID': t('Begin again from here, in this browser.'),
  'OIDC.UNAVAILABLE': t('Try again in a moment, or log in another way.'),
  'OIDC.EMAIL_NOT_VERIFIED': t('Verify your address at the provider, then try again.'),
  'OIDC.DOMAIN_NOT_ALLOWED': t('Use the account of your organisation.'),
  'OIDC.NO_ROLE': t('Ask an administrator to put you into a group that may come in.'),
  'OIDC.NOT_INVITED': t('Ask an administrator for an invitation.'),
  'OIDC.SECRET_NEEDED': t('The issuer changed: give the secret again, so that the old one is not sent to a new place.'),
  'CLOUDFLARE.TOKEN_INVALID': t('Copy the whole token again, or make a new one.'),
  'CLOUDFLARE.TOKEN_INACTIVE': t('Make a new token at Cloudflare.'),
  'CLOUDFLARE.PERMISSION_MISSING': t('Edit the token at Cloudflare, or make one with everything ticked.'),
  'CLOUDFLARE.NOT_LINKED': t('Ask an administrator to link this Cloudflare account in the settings.'),
  'CLOUDFLARE.UNAVAILABLE': t('Cloudflare does not answer. Try again in a moment.'),
  'DNS.NOT_LINKED': t('Link the account in Settings → Cloudflare.'),
  'DNS.TOKEN_REFUSED': t('Replace the token in Settings → Cloudflare.'),
  'DNS.PERMISSION_MISSING': t('Edit the token at Cloudflare, or make one with everything ticked.'),
  'DNS.RATE_LIMITED': t('Cloudflare asks us to slow down. Try again in a few minutes.'),
  'DNS.UNAVAILABLE': t('Cloudflare does not answer. Try again in a moment.'),
  'DNS.PLAN_STALE': t('Nothing was changed. Make the plan anew and look at it again.'),
  'DNS.ZONE_BUSY': t('Wait for the other plan to end, or cancel it.'),
  'DNS.NO_CERTIFICATE_REQUEST': t('Check the Cloudflare account in the settings: the certificate request is made there.'),
  'CLOUDFLARE.RATE_LIMITED': t('Cloudflare asks us to slow down. Try again in a few minutes.'),
};

/** Of what a browser comes back with from a provider: only the code. */
const RETURNED: Readonly<Record<string, string>> = {
  'OIDC.NOT_FOUND': t('This organisation has no such provider.'),
  'OIDC.FLOW_INVALID': t('This log-in was not begun here, or it took too long.'),
  'OIDC.REFUSED': t('The provider did not vouch for you.'),
  'OIDC.UNAVAILABLE': t('The provider cannot be reached.'),
  'OIDC.EMAIL_NOT_VERIFIED': t('Your address is not verified at the provider.'),
  'OIDC.DOMAIN_NOT_ALLOWED': t('Accounts with this address may not come in here.'),
  'OIDC.NO_ROLE': t('You are in no group that may come in here.'),
  'OIDC.NOT_INVITED': t('You are no member here, and nobody invited you.'),
  'IDENTITY.TAKEN': t('This account at the provider is linked to somebody else.'),
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
    if (path && !(path in fields)) fields[path] = text(issue.message) ?? t('not accepted');
  }
  return fields;
};

/** Makes something to show out of whatever was thrown. */
export const toProblem = (error: unknown): ShownProblem => {
  const given = error as { code?: unknown; message?: unknown; retryable?: unknown; correlation_id?: unknown; details?: unknown } | null | undefined;
  const code = text(given?.code) ?? (error instanceof TypeError ? 'OFFLINE' : 'INTERNAL');
  const message = code === 'OFFLINE' ? t('Xanthus cannot be reached.') : text(given?.message) ?? t('Something went wrong.');
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

/** A problem of which only the code came along. */
export const returnedProblem = (code: string): ShownProblem => ({ ...toProblem({ code, message: RETURNED[code] ?? t('The log-in at the provider did not work.') }), retryable: false });

/** What "copy details" puts on the clipboard. */
export const problemDetails = (problem: ShownProblem, at: string): string =>
  [`code: ${problem.code}`, `message: ${problem.message}`, problem.correlation_id && t('correlation id: {correlation_id}', { correlation_id: problem.correlation_id }), `time: ${at}`,
    problem.details === undefined ? undefined : `details: ${JSON.stringify(problem.details)}`].filter(Boolean).join('\n');

export const adviceFor = (code: string): string | undefined => ADVICE[code];
