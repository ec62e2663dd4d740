import type { IncomingMessage } from 'node:http';
import { FORWARD_LABEL } from '@xanthus/proto/terminals';
import { isLoopback } from '../access/origins.js';
import type { GatewayConfig } from '../gateway.config.js';

/** Under which names forwarded ports are reached: `<scheme>://<label>.<host>[:<port>]`. */
export interface ForwardHost { readonly scheme: 'http' | 'https'; readonly host: string; /** With the colon, where it is not the scheme's own. */ readonly port: string }
export type ForwardHostOf = () => ForwardHost | { readonly missing: string };

const NO_HOST = 'Open ports need a wildcard name: let *.<name> point to this gateway in DNS, with a certificate for *.<name>, and set XANTHUS_FORWARD_HOST=<name>. Best take a domain that is used for nothing else.';

/**
 * On this machine `localhost`: browsers take every name below it for this machine. Elsewhere only what the operator has set, for it takes DNS and a certificate.
 * @param port that is listened on
 */
export const forwardHostOf = (config: Pick<GatewayConfig, 'XANTHUS_FORWARD_HOST' | 'XANTHUS_PUBLIC_URL'>, port: () => number): ForwardHostOf => () => {
  const shown = config.XANTHUS_PUBLIC_URL === undefined ? undefined : new URL(config.XANTHUS_PUBLIC_URL);
  const scheme = shown?.protocol === 'https:' ? 'https' : 'http';
  const [set, setPort] = config.XANTHUS_FORWARD_HOST?.toLowerCase().split(':') ?? [];
  const local = shown === undefined || isLoopback(shown.hostname.replace(/^\[|\]$/g, ''));
  const host = set ?? (local ? 'localhost' : undefined);
  if (host === undefined) return { missing: NO_HOST };
  const number = setPort ?? (shown === undefined ? String(port()) : shown.port);
  return { scheme, host, port: number === '' || number === (scheme === 'https' ? '443' : '80') ? '' : `:${number}` };
};

export const originOf = ({ scheme, host, port }: ForwardHost, label: string): string => `${scheme}://${label}.${host}${port}`;

/** The label that a request is for; undefined: it is for the console. The name must be exact, whatever the port: a proxy may stand before us. */
export const labelOf = (host: ForwardHost | { readonly missing: string }, request: Pick<IncomingMessage, 'headers'>): string | undefined => {
  if ('missing' in host) return undefined;
  const [, label = '', parent] = /^([^.:]+)\.([^:]+)(?::\d{1,5})?$/.exec((request.headers.host ?? '').toLowerCase()) ?? [];
  return parent === host.host && FORWARD_LABEL.test(label) ? label : undefined;
};
