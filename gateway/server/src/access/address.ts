import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { isLoopback } from './origins.js';

type Asking = Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } };

/**
 * Where a client is, for limits by address. Behind a proxy of `trusted` (or one on this machine) it is what that proxy says in
 * `X-Forwarded-For`. A program on this machine has none: it is not limited by address. Of IPv6 the network (/64) counts.
 */
export const addressOf = (request: Asking, trusted: ReadonlySet<string>): string | undefined => {
  const address = fullAddressOf(request, trusted);
  return isLoopback(address) ? undefined : network(address);
};

/** The same without a cut, for the person's own record of where their sessions were opened. */
export const fullAddressOf = ({ socket, headers }: Asking, trusted: ReadonlySet<string>): string => {
  const remote = plain(socket.remoteAddress ?? '');
  if (!isLoopback(remote) && !trusted.has(remote)) return remote;
  const said = headers['x-forwarded-for'];
  const last = (Array.isArray(said) ? said.join(',') : said)?.split(',').at(-1)?.trim();
  return last !== undefined && last !== '' ? plain(last.slice(0, 64)) : remote;
};

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const network = (address: string): string => {
  if (!isIPv6(address)) return address;
  const [before = '', after] = address.split('%')[0]?.toLowerCase().split('::') ?? [];
  const [head, tail] = [groups(before), groups(after)];
  const all = after === undefined ? head : [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'), ...tail];
  return `${all.slice(0, 4).map(g => Number.parseInt(g, 16).toString(16)).join(':')}::/64`;
};
const groups = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(':'));
