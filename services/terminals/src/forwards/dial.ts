import { Refusal } from '@xanthus/kernel';
import type { Reach } from '@xanthus/reach';
import { SshError } from '@xanthus/ssh';
import type { Dial } from './context.js';

/** Reasons of RFC 4254, 5.1. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** Over the SSH connection to the server, which is shared with terminals and files. */
export const dialOver = (reach: Reach): Dial => async ({ tenant, server, serverName, address, port, actor }) => {
  try {
    return await reach.channel({ tenant, server, purpose: `open port ${port}`, actor }, connection => connection.forward(address, port));
  } catch (error) {
    throw told(error, { serverName, address, port });
  }
};

const told = (error: unknown, { serverName, address, port }: { readonly serverName: string; readonly address: string; readonly port: number }): unknown => {
  const { reason, code } = error as { readonly reason?: unknown; readonly code?: unknown };
  if (error instanceof Error && (reason === PROHIBITED || code === 'SERVER.CHANNEL_PROHIBITED')) return new Refusal('FORWARD.PROHIBITED', `The SSH server of ${serverName} does not pass on connections (AllowTcpForwarding, PermitOpen).`);
  if (error instanceof Error && (reason === CONNECT_FAILED || !(error instanceof Refusal))) return new Refusal('FORWARD.REFUSED', `Nothing answers on port ${port} of ${serverName}${address === '127.0.0.1' ? '' : ` (${address})`}. Look whether the application runs and listens there.`, undefined, true);
  return error instanceof SshError ? new Refusal(error.code, `${serverName} cannot be reached: ${error.message}`, undefined, error.retryable) : error;
};
