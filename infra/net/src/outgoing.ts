import type { AddressPolicy, Endpoint } from './address.js';

const OUTGOING_SETTING = 'XANTHUS_OUTGOING_ALLOW';

/** The value of XANTHUS_OUTGOING_ALLOW: `private`, `loopback`, or both with a comma. @throws Error that says what is allowed */
export const outgoingAllow = (text: string): AddressPolicy['allow'] =>
  text.split(',').map(word => word.trim()).filter(word => word !== '').map(word => {
    if (word === 'private' || word === 'loopback') return word;
    throw new Error(`${OUTGOING_SETTING} takes "private", "loopback" or both with a comma, not "${word}".`);
  });

/** What the operator gave as a URL in the configuration, for `AddressPolicy.configured`. */
export const configuredEndpoint = (url: string): Endpoint => {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
};

/** Ports of our own NATS, for `AddressPolicy.ownPorts`: nobody outside names them as a target. @param urls as in XANTHUS_NATS_URL */
export const natsPorts = (urls: string): number[] => urls.split(',').map(url => Number(new URL(url.includes('://') ? url : `nats://${url}`).port || 4222));
