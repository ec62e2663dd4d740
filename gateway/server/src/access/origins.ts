import type { GatewayConfig } from '../gateway.config.js';

/** Which pages may use this gateway. A program that is no browser sends no `Origin`. */
export interface Origins {
  allows(origin: string): boolean;
}

/** The public address, what is configured, and on loopback the names of this machine with the port that is listened on. */
export const originsOf = (config: GatewayConfig, port: () => number): Origins => {
  const fixed = new Set((config.XANTHUS_ALLOWED_ORIGINS ?? []).map(originOf));
  if (config.XANTHUS_PUBLIC_URL !== undefined) fixed.add(originOf(config.XANTHUS_PUBLIC_URL));
  const local = config.XANTHUS_PUBLIC_URL === undefined || isLoopback(config.XANTHUS_HOST);
  return {
    allows: origin => fixed.has(origin) || (local && LOOPBACK.some(host => origin === `http://${host}:${port()}`)),
  };
};

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
export const isLoopback = (address: string): boolean => address === 'localhost' || address === '::1' || /^(::ffff:)?127\./.test(address);
