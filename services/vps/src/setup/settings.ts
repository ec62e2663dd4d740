import { HELM_VERSION, K3S_VERSION } from './versions.js';

/** What the set-up script is told, each checked by the script once more. */
export interface SetupSettings {
  /** IANA name; the machine keeps its own when there is none. */
  readonly timeZone?: string | undefined;
  /** With it, `/opt/xanthus/ssl/server.{crt,key}` becomes the secret `<domain>-tls`. */
  readonly domain?: string | undefined;
  /** Upgrade what is installed on the machine too; takes minutes. */
  readonly upgrade?: boolean;
  /** Make sshd read its configuration again: for machines that cloud-init has just written one for, never for adopted ones. */
  readonly manageSsh?: boolean;
  readonly k3sVersion?: string;
  readonly helmVersion?: string;
  /** When this was written (ms): a machine whose clock shows less has a wrong clock. */
  readonly now?: number;
  /** Seconds; the script's own are 300 each, 60 for `short` and 5 between two looks. */
  readonly timeouts?: { readonly apt?: number; readonly k3s?: number; readonly traefik?: number; /** clock, last checks */ readonly short?: number; readonly poll?: number };
}

/** A time zone's name as /usr/share/zoneinfo has them. */
const ZONE = /^[A-Za-z0-9]+(?:[_+-][A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:[_+-][A-Za-z0-9]+)*){0,2}$/;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const K3S = /^v\d+\.\d+\.\d+\+k3s\d+$/;
const HELM = /^v\d+\.\d+\.\d+$/;

const fitting = (what: string, value: string, pattern: RegExp): string => {
  if (!pattern.test(value)) throw new TypeError(`${what} of a set-up plan has the wrong form`);
  return value;
};

/** The file `settings` beside the script: lines `name=value`. @throws TypeError on a value of the wrong form */
export const settingsFile = (s: SetupSettings): string => {
  const lines = {
    time_zone: s.timeZone === undefined ? undefined : fitting('the time zone', s.timeZone, ZONE),
    domain: s.domain === undefined ? undefined : fitting('the domain', s.domain, DOMAIN),
    k3s_version: fitting('the version of K3s', s.k3sVersion ?? K3S_VERSION, K3S),
    helm_version: fitting('the version of Helm', s.helmVersion ?? HELM_VERSION, HELM),
    manage_ssh: s.manageSsh === true ? 'yes' : 'no',
    upgrade: s.upgrade === true ? 'yes' : 'no',
    made_at: s.now === undefined ? undefined : String(Math.floor(s.now / 1_000)),
    apt_timeout: seconds(s.timeouts?.apt),
    k3s_timeout: seconds(s.timeouts?.k3s),
    traefik_timeout: seconds(s.timeouts?.traefik),
    short_timeout: seconds(s.timeouts?.short),
    poll: s.timeouts?.poll === undefined ? undefined : String(Math.min(99, Math.max(0.05, s.timeouts.poll)).toFixed(2)),
  };
  return Object.entries(lines).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}\n`).join('');
};

const seconds = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(Math.min(86_400, Math.max(1, Math.round(value)))));
