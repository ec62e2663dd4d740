import { join } from 'node:path';
import { operatorFiles } from '@xanthus/deploy';
import type { Options } from './options.js';

export type Program = 'auth' | 'vps' | 'dns' | 'applications' | 'terminals' | 'audit' | 'notifications' | 'gateway';
export const PROGRAMS: readonly Program[] = ['auth', 'vps', 'dns', 'applications', 'terminals', 'audit', 'notifications', 'gateway'];

export type Environment = Record<string, string>;

export interface Surroundings {
  options: Pick<Options, 'data' | 'host' | 'publicUrl'>;
  /** The port that was found free. */
  port: number;
  natsUrl: string;
  /** A folder of `<user>.creds`; default: the data folder's own. */
  natsCredentials?: string | undefined;
  webDir: string;
  sandboxFile?: string | undefined;
}

/** Each program's environment: what all share, and only the secrets that are its own. */
export function environmentOf(program: Program, o: Surroundings, inherited: NodeJS.ProcessEnv): Environment {
  const files = operatorFiles(o.options.data);
  const own: Record<Program, Environment> = {
    auth: {
      ...masterKeyOf(files.masterKeyFile, inherited),
      ...operatorOf(o, files.operatorDir, inherited),
    },
    vps: o.sandboxFile === undefined ? {} : { XANTHUS_SANDBOX_FILE: o.sandboxFile },
    dns: {},
    applications: {},
    terminals: {},
    audit: {},
    notifications: { XANTHUS_PUBLIC_URL: publicUrl(o) },
    gateway: {
      XANTHUS_PORT: String(o.port),
      XANTHUS_HOST: o.options.host,
      XANTHUS_PUBLIC_URL: publicUrl(o),
      XANTHUS_WEB_DIR: o.webDir,
    },
  };
  return {
    ...without(inherited, [...MASTER_KEY, 'XANTHUS_OPERATOR_DIR', 'XANTHUS_OWNER_EMAIL', 'XANTHUS_OWNER_PASSWORD', 'XANTHUS_SANDBOX_FILE']),
    XANTHUS_NATS_URL: o.natsUrl,
    XANTHUS_NATS_CREDENTIALS: o.natsCredentials ?? join(files.credsDir, `${program}.creds`),
    XANTHUS_SERVICE_KEY_FILE: files.serviceKey(program),
    XANTHUS_SERVICE_JWKS_FILE: files.serviceJwksFile,
    ...own[program],
  };
}

const MASTER_KEY = ['XANTHUS_MASTER_KEY_FILE', 'XANTHUS_MASTER_KEY', 'XANTHUS_MASTER_KEY_COMMAND'];

/** What the operator named, else the data folder's own file. Only auth sees any of it. */
const masterKeyOf = (own: string, inherited: NodeJS.ProcessEnv): Environment => {
  const named = MASTER_KEY.flatMap(name => (inherited[name] ? [[name, inherited[name]] as const] : []));
  return named.length > 0 ? Object.fromEntries(named) : { XANTHUS_MASTER_KEY_FILE: own };
};

/** Keys of the operator of the NATS that is used: our own, or whoever runs the other one may hand them to us. */
const operatorOf = (o: Surroundings, own: string, inherited: NodeJS.ProcessEnv): Environment => {
  const folder = o.natsCredentials === undefined ? own : inherited['XANTHUS_OPERATOR_DIR'];
  return folder ? { XANTHUS_OPERATOR_DIR: folder } : {};
};

/** Where browsers reach the console. */
export const publicUrl = (o: Pick<Surroundings, 'options' | 'port'>): string => o.options.publicUrl ?? `http://${o.options.host.includes(':') ? `[${o.options.host}]` : o.options.host}:${o.port}`;

const without = (environment: NodeJS.ProcessEnv, names: string[]): Environment =>
  Object.fromEntries(Object.entries(environment).filter((e): e is [string, string] => e[1] !== undefined && !names.includes(e[0])));
