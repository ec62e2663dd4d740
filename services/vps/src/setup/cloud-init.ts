import { parsePublicKey } from '@xanthus/ssh';
import { stringify } from 'yaml';
import { settingsFile } from './settings.js';
import type { SetupSettings } from './settings.js';
import setupScript from './setup.sh';

/** What a new machine is made from. Everything in it is checked here once more, since it becomes a file on a machine. */
export interface CloudInitPlan extends Omit<SetupSettings, 'manageSsh'> {
  /** Host name: 1–63 small or capital letters, digits, hyphens. */
  readonly hostname: string;
  /** Who may log in: `root`, or a user that may use sudo without a password (made when the image has none of that name). */
  readonly user: string;
  /** Where sshd listens. */
  readonly sshPort: number;
  /** Lines of authorized_keys, without options; at least one. */
  readonly authorizedKeys: readonly string[];
  /** The ed25519 pair by which the machine shows itself from the first contact on: so that even that one is checked. */
  readonly hostKey: { readonly publicKey: string; /** OpenSSH PEM */ readonly privateKey: string };
}

/** Providers take no more (Hetzner: 32 KiB). */
export const MAX_USER_DATA = 32 * 1024;
/** Where everything of ours lies on a server. */
export const SETUP_FOLDER = '/opt/xanthus';

const HOSTNAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;
const PRIVATE = /^-----BEGIN OPENSSH PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END OPENSSH PRIVATE KEY-----\n?$/;
const HIDDEN = '(the private half of the host key: made when the server is created, never shown)';

const check = (plan: Omit<CloudInitPlan, 'hostKey'>): void => {
  const wrong = (what: string): never => { throw new TypeError(`${what} of a set-up plan has the wrong form`); };
  if (!HOSTNAME.test(plan.hostname)) wrong('the host name');
  if (!USER.test(plan.user)) wrong('the user');
  if (!Number.isInteger(plan.sshPort) || plan.sshPort < 1 || plan.sshPort > 65_535) wrong('the SSH port');
  if (plan.authorizedKeys.length === 0 || plan.authorizedKeys.some(key => parsePublicKey(key) === undefined)) wrong('an authorized key');
};

/** The sshd part: Debian and Ubuntu include the folder at the top of sshd_config, and the first value of an option counts. */
const sshdDropIn = (plan: Pick<CloudInitPlan, 'sshPort' | 'user'>): string => `# Written by Xanthus
Port ${plan.sshPort}
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin ${plan.user === 'root' ? 'prohibit-password' : 'no'}
`;

const userPart = (plan: Omit<CloudInitPlan, 'hostKey'>): Record<string, unknown> => plan.user === 'root'
  ? { disable_root: false, ssh_authorized_keys: plan.authorizedKeys }
  : { disable_root: true, users: [{ name: plan.user, sudo: 'ALL=(ALL) NOPASSWD:ALL', 'shell': '/bin/bash', lock_passwd: true, ssh_authorized_keys: plan.authorizedKeys }] };

const render = (plan: Omit<CloudInitPlan, 'hostKey'>, hostKey: { publicKey: string; privateKey: string }): string => {
  check(plan);
  const text = `#cloud-config\n${stringify({
    hostname: plan.hostname,
    manage_etc_hosts: true,
    ssh_pwauth: false,
    ...userPart(plan),
    // Only this one: cloud-init makes none of another type when it is given one.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    no_ssh_fingerprints: true,
    ssh: { emit_keys_on_console: false },
    write_files: [
      { path: '/etc/ssh/sshd_config.d/10-xanthus.conf', permissions: '0644', content: sshdDropIn(plan) },
      { path: `${SETUP_FOLDER}/settings`, permissions: '0600', content: settingsFile({ ...plan, manageSsh: true }) },
      { path: `${SETUP_FOLDER}/setup.sh`, permissions: '0700', content: setupScript },
    ],
    runcmd: [['bash', `${SETUP_FOLDER}/setup.sh`, 'start']],
  }, { lineWidth: 0 })}`;
  if (Buffer.byteLength(text) > MAX_USER_DATA) throw new TypeError(`the cloud-init of a set-up plan is longer than ${MAX_USER_DATA} bytes; give fewer keys`);
  return text;
};

/**
 * The `user_data` of a new machine (#cloud-config): access by key only, our host key, the port of sshd, and the set-up script, started detached.
 * Holds the private half of the host key: never log, store or show it.
 * @throws TypeError when a part has the wrong form, or all of it passes 32 KiB
 */
export const cloudInit = (plan: CloudInitPlan): string => {
  if (!PRIVATE.test(plan.hostKey.privateKey) || parsePublicKey(plan.hostKey.publicKey)?.type !== 'ssh-ed25519') throw new TypeError('the host key of a set-up plan has the wrong form');
  return render(plan, plan.hostKey);
};

/** The same for a person to read before anything is made: without the private half of the host key, and with its public half only if there is one already. */
export const cloudInitPreview = (plan: Omit<CloudInitPlan, 'hostKey'> & { readonly hostKey?: { readonly publicKey: string } }): string =>
  render(plan, { publicKey: plan.hostKey?.publicKey ?? '(made when the server is created)', privateKey: HIDDEN });
