import { connectSsh } from '@xanthus/ssh';
import type { HostKeyPolicy, SshConnection } from '@xanthus/ssh';
import type { Sandbox } from './contract.js';

/** A log-in at a sandbox, whatever its host key unless one is given. */
export const connectTo = (sandbox: Sandbox, privateKey: string, o: { readonly user?: string; readonly hostKey?: HostKeyPolicy } = {}): Promise<SshConnection> => connectSsh({
  target: { host: sandbox.address, port: sandbox.ssh_port, user: o.user ?? 'root' },
  auth: { privateKey },
  hostKey: o.hostKey ?? { verify: () => true },
  addresses: { allow: ['loopback'] },
});
