import { BlockList, isIP } from 'node:net';
import { Refusal } from '@xanthus/kernel';
import { addressKind } from '@xanthus/net';

/** Addresses that the operator allows beside the server itself: single ones, or networks as `10.0.0.0/8`. @throws Error naming what is wrong */
export const parseAddresses = (text: string): BlockList => {
  const list = new BlockList();
  for (const part of text.split(',').map(t => t.trim()).filter(t => t !== '')) {
    const [address = '', prefix, ...rest] = part.split('/');
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || rest.length > 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= most))) throw new Error(`XANTHUS_FORWARD_ADDRESSES takes IP addresses and networks (10.0.0.0/8) with commas, not "${part}".`);
    list.addSubnet(address, prefix === undefined ? most : Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
};

/** The server itself may always be reached; link-local, metadata and the like never. @throws Refusal FORWARD.ADDRESS_FORBIDDEN */
export const mustBeReachable = (allowed: BlockList, address: string): void => {
  const kind = addressKind(address);
  if (kind === 'loopback') return;
  if (kind !== 'forbidden' && allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return;
  throw new Refusal('FORWARD.ADDRESS_FORBIDDEN', kind === 'forbidden'
    ? `${address} is a link-local, metadata, multicast or reserved address, which is never opened.`
    : `Only ports of the server itself are opened (127.0.0.1). The operator can allow ${address} with XANTHUS_FORWARD_ADDRESSES.`, { address });
};
