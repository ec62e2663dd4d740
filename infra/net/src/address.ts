import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Refusal } from '@xanthus/kernel';

/** What an address is good for. `public` is always allowed, `forbidden` never. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'forbidden';

export interface Endpoint { readonly host: string; readonly port: number }

/** Which targets the operator allows beside public ones. */
export interface AddressPolicy {
  readonly allow: readonly ('private' | 'loopback')[];
  /** Exactly these addresses, whatever their kind: the sandbox. */
  readonly endpoints?: readonly Endpoint[];
  /** Names or addresses that the operator wrote into the configuration: they may be private or loopback. Never link-local or metadata. */
  readonly configured?: readonly Endpoint[];
  /** Ports of this machine that are never a target: our own NATS and gateway. */
  readonly ownPorts?: readonly number[];
  /** The setting with which the operator allows more, named in the refusal. */
  readonly setting?: string;
}

export const PUBLIC_ONLY: AddressPolicy = { allow: [] };

const listOf = (...ranges: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, isIP(net) === 6 ? 'ipv6' : 'ipv4');
  return list;
};
const LOOPBACK = listOf(['127.0.0.0', 8], ['::1', 128]);
const PRIVATE = listOf(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['fc00::', 7]);
/** This network, link-local with the metadata services of clouds, protocol assignments, benchmarks, multicast, reserved, discard, 6to4 and NAT64 wrappers. */
const FORBIDDEN = listOf(
  ['0.0.0.0', 8], ['169.254.0.0', 16], ['192.0.0.0', 24], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4], ['100.100.100.200', 32], ['168.63.129.16', 32],
  ['::', 128], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8], ['100::', 64], ['fd00:ec2::254', 128], ['2002::', 16], ['2001::', 32], ['64:ff9b::', 96], ['64:ff9b:1::', 48],
);

/** `::ffff:a.b.c.d` is that IPv4 address, in any spelling. */
const unmapped = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bits = (parseInt(high, 16) << 16 | parseInt(low, 16)) >>> 0;
  return [bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255].join('.');
};

/** @param address an IP address; anything else is `forbidden`. */
export const addressKind = (address: string): AddressKind => {
  if (isIP(address) === 0) return 'forbidden';
  const plain = unmapped(address);
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (FORBIDDEN.check(plain, family)) return 'forbidden';
  if (LOOPBACK.check(plain, family)) return 'loopback';
  return PRIVATE.check(plain, family) ? 'private' : 'public';
};

const isOwn = (address: string): boolean =>
  addressKind(address) === 'loopback' || Object.values(networkInterfaces()).some(list => list?.some(i => i.address === unmapped(address)) ?? false);

/** May this address be connected to? The reason if not. */
export const refuseAddress = (policy: AddressPolicy, host: string, address: string, port: number): string | undefined => {
  if (policy.endpoints?.some(e => e.host === host && e.host === address && e.port === port)) return undefined;
  const kind = addressKind(address);
  if (kind === 'forbidden') return `${address} is a link-local, metadata, multicast or reserved address; give the machine's own address.`;
  if (policy.ownPorts?.includes(port) && isOwn(address)) return `Port ${port} of this machine belongs to Xanthus itself.`;
  if (kind === 'public' || policy.allow.includes(kind) || isConfigured(policy, host, port)) return undefined;
  return `${address} is a ${kind} address.${policy.setting === undefined ? '' : ` The operator can allow these with ${policy.setting}=${kind}.`}`;
};

export const isConfigured = (policy: AddressPolicy, host: string, port: number): boolean => policy.configured?.some(e => e.host === host && e.port === port) ?? false;

export type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>;
const lookupAll: Lookup = host => systemLookup(host, { all: true, verbatim: true });

/** The name has no address, or one that may not be connected to. The message says what to do. */
export class AddressError extends Refusal {
  constructor(override readonly code: 'TARGET.UNRESOLVED' | 'TARGET.ADDRESS_FORBIDDEN', message: string) {
    super(code, message, undefined, code === 'TARGET.UNRESOLVED');
  }
}

/**
 * Resolves once; the caller connects to exactly these addresses, so a name that changes its answer later gains nothing.
 * A name with any address that is refused is refused whole.
 * @returns at least one address, in the resolver's order
 * @throws AddressError
 */
export const resolveAddresses = async (host: string, port: number, policy: AddressPolicy, lookup: Lookup = lookupAll): Promise<readonly [string, ...string[]]> => {
  const found = isIP(host) ? [{ address: host }] : await lookup(host).catch((error: NodeJS.ErrnoException) => {
    throw new AddressError('TARGET.UNRESOLVED', `The name ${host} cannot be resolved (${error.code ?? error.message}). Check the spelling, or give the IP address.`);
  });
  const [first, ...others] = found.map(({ address }) => address);
  if (first === undefined) throw new AddressError('TARGET.UNRESOLVED', `The name ${host} has no address.`);
  for (const address of [first, ...others]) {
    const reason = refuseAddress(policy, host, address, port);
    if (reason !== undefined) throw new AddressError('TARGET.ADDRESS_FORBIDDEN', reason);
  }
  return [first, ...others];
};
