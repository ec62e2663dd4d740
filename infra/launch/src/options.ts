import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isTenantSlug } from '@xanthus/proto';
import { Sentence } from './sentence.js';

export interface Options {
  /** 0: any free port. */
  port: number;
  host: string;
  /** Absolute path of the data folder. */
  data: string;
  processes: boolean;
  /** Services and gateway in one process of their own, started again when their bundle changes. For `npm run dev`. */
  watch: boolean;
  sandbox: boolean;
  /** Servers to play with get a Kubernetes: a real API, simulated pods. */
  sandboxKubernetes?: boolean;
  publicUrl: string | undefined;
}

export type Command =
  | { name: 'start' }
  | { name: 'help' }
  | { name: 'setup-link' }
  | { name: 'rotate-master-key' }
  | { name: 'rotate-data-keys' | 'receipt'; tenant: string }
  | { name: 'verify-receipt'; file: string; key: string | undefined }
  | { name: 'verify-audit'; file: string; keys: string | undefined }
  | { name: 'reset-link'; tenant: string; email: string; secondFactorToo: boolean }
  | { name: 'credentials'; tenant: string; credential: string; role: string; follow: string[] };

export const HELP = `Usage: npm start [-- options]                 start Xanthus
       npm start -- sandbox-kubernetes         the same; servers to play with get a Kubernetes with simulated
                                               pods (built once, some minutes)
       npm start -- setup-link                 a fresh set-up link for a running Xanthus without an owner
       npm start -- credentials <tenant> <name> [--role viewer] [--follow VPS]
                                               a NATS credential for another service, printed once
       npm start -- reset-link <tenant> <email> [--second-factor-too]
                                               a link with which a member sets a new password
       npm start -- rotate-master-key          a new master key, while everything runs; every data key is wrapped anew
       npm start -- rotate-data-keys <tenant>  new data keys for the secrets of a tenant (xanthus: of the installation)
       npm start -- receipt <tenant>           the signed receipt of a tenant that was forgotten
       npm start -- verify-receipt <file> [--key <file>]
                                               checks one; needs nothing that runs
       npm start -- verify-audit <bundle> [--keys <file>]
                                               checks a log that was exported as a chain; needs nothing that runs

  --port <number>     console, HTTP API and WebSocket; 0: any       7700       XANTHUS_PORT
  --host <address>    address to listen on                          127.0.0.1  XANTHUS_HOST
  --data <folder>     everything that lasts                         .xanthus   XANTHUS_DATA
  --processes         each service and the gateway by itself        off
  --no-sandbox        without the server to play with               on         XANTHUS_SANDBOX=0
  sandbox-kubernetes                                                off        XANTHUS_SANDBOX_KUBERNETES=1
  --help              this text

All environment variables: docs/configuration.md`;

const spec = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  processes: { type: 'boolean' },
  watch: { type: 'boolean' },
  'no-sandbox': { type: 'boolean' },
  role: { type: 'string' },
  follow: { type: 'string' },
  key: { type: 'string' },
  keys: { type: 'string' },
  'second-factor-too': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options of the command line; each also has its environment variable, the command line wins.
 * @throws Sentence that names everything wrong, with the list of options.
 */
export function parseOptions(argv: string[], environment: Environment, cwd: string): { options: Options; command: Command } {
  const { values, positionals } = parse(argv);
  const env = (name: string): string | undefined => environment[name] || undefined;
  const problems: string[] = [];
  const command = values.help ? { name: 'help' } as const : commandOf(positionals, values, problems, cwd);
  const portText = values.port ?? env('XANTHUS_PORT') ?? '7700';
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65_535) problems.push(`--port must be a number from 0 to 65535, not "${portText}".`);
  const host = values.host ?? env('XANTHUS_HOST') ?? '127.0.0.1';
  const publicUrl = env('XANTHUS_PUBLIC_URL');
  if (publicUrl !== undefined && !/^https?:\/\/[^/\s]+/.test(publicUrl)) problems.push(`XANTHUS_PUBLIC_URL must be an address such as https://console.example.com, not "${publicUrl}".`);
  if (!['127.0.0.1', '::1', 'localhost'].includes(host) && publicUrl === undefined) {
    problems.push(`Listening on ${host} needs XANTHUS_PUBLIC_URL, the address at which browsers will reach this console (https://…).`);
  }
  if (problems.length > 0) throw new Sentence(problems.join('\n'));
  return {
    command,
    options: {
      port, host, publicUrl,
      data: resolve(cwd, values.data ?? env('XANTHUS_DATA') ?? '.xanthus'),
      processes: values.processes ?? false,
      watch: values.watch ?? false,
      ...(positionals[0] === 'sandbox-kubernetes' || ['1', 'true', 'on'].includes(env('XANTHUS_SANDBOX_KUBERNETES') ?? '') ? { sandboxKubernetes: true } : {}),
      sandbox: !(values['no-sandbox'] ?? false) && !['0', 'false', 'off'].includes(env('XANTHUS_SANDBOX') ?? ''),
    },
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: spec, allowPositionals: true, strict: true });
  } catch (error) {
    const said = (error as Error).message.split('. To specify')[0] ?? '';
    throw new Sentence(`${said}${said.endsWith('.') ? '' : '.'}\n\n${HELP}`);
  }
}

function commandOf(positionals: string[], values: { role?: string; follow?: string; key?: string; keys?: string; 'second-factor-too'?: boolean }, problems: string[], cwd: string): Command {
  const [name, ...rest] = positionals;
  if (name !== 'credentials' && (values.role !== undefined || values.follow !== undefined)) problems.push('--role and --follow belong to the command credentials.');
  if (name !== 'verify-receipt' && values.key !== undefined) problems.push('--key belongs to the command verify-receipt.');
  if (name !== 'verify-audit' && values.keys !== undefined) problems.push('--keys belongs to the command verify-audit.');
  if (name !== 'reset-link' && values['second-factor-too'] !== undefined) problems.push('--second-factor-too belongs to the command reset-link.');
  if (name === undefined || (name === 'sandbox-kubernetes' && rest.length === 0)) return { name: 'start' };
  if ((name === 'setup-link' || name === 'rotate-master-key') && rest.length === 0) return { name };
  const [first] = rest;
  if ((name === 'rotate-data-keys' || name === 'receipt') && first !== undefined && rest.length === 1) {
    if (!isTenantSlug(first)) problems.push(`"${first}" is not a tenant.`);
    return { name, tenant: first };
  }
  if (name === 'verify-receipt' && first !== undefined && rest.length === 1) return { name, file: resolve(cwd, first), key: values.key && resolve(cwd, values.key) };
  if (name === 'verify-audit' && first !== undefined && rest.length === 1) return { name, file: resolve(cwd, first), keys: values.keys && resolve(cwd, values.keys) };
  if (name === 'credentials' && rest.length === 2) {
    const [tenant = '', credential = ''] = rest;
    return { name, tenant, credential, role: values.role ?? 'viewer', follow: (values.follow ?? '').split(',').map(s => s.trim().toUpperCase()).filter(Boolean) };
  }
  if (name === 'reset-link' && first !== undefined && rest.length === 2) {
    if (!isTenantSlug(first)) problems.push(`"${first}" is not a tenant.`);
    return { name, tenant: first, email: rest[1] ?? '', secondFactorToo: values['second-factor-too'] ?? false };
  }
  if (name === 'reset-link') problems.push('reset-link needs a tenant and an address: npm start -- reset-link acme ada@example.com');
  else if (name === 'rotate-data-keys' || name === 'receipt') problems.push(`${name} needs a tenant: npm start -- ${name} acme`);
  else if (name === 'verify-audit') problems.push('verify-audit needs a file: npm start -- verify-audit acme-audit.chain.jsonl');
  else if (name === 'verify-receipt') problems.push('verify-receipt needs a file: npm start -- verify-receipt acme.receipt.json');
  else problems.push(name === 'credentials' ? 'credentials needs a tenant and a name: npm start -- credentials acme billing --role viewer' : `There is no command "${positionals.join(' ')}".\n\n${HELP}`);
  return { name: 'help' };
}
