import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsOf } from './key-pair.js';
import { operatorFiles } from './operator.js';

export interface ServerConfigOptions {
  /** The data folder that `initOperator` filled. */
  readonly dir: string;
  readonly port: number;
  readonly host: string;
  /** Where JetStream keeps its files. */
  readonly storeDir: string;
  /** `always`: an acknowledged message survives a power cut (0.5 ms instead of 0.2). `interval`: every 2 minutes. */
  readonly sync: 'always' | 'interval';
  readonly websocket?: false;
  readonly serverName?: string;
}

const text = (value: string): string => JSON.stringify(value);

/** The configuration file of nats-server in operator mode: accounts in a folder, pushed while it runs. */
export const natsServerConfig = (o: ServerConfigOptions): string => {
  const { operatorDir } = operatorFiles(o.dir);
  const jwt = (name: string): string => readFileSync(join(operatorDir, `${name}.jwt`), 'utf8').trim();
  const account = (name: string): [string, string] => {
    const token = jwt(name);
    return [claimsOf(token).sub, token];
  };
  const [system, systemJwt] = account('sys');
  const [xanthus, xanthusJwt] = account('xanthus');
  return `# Written by Xanthus at every start; changes here are lost.
server_name: ${text(o.serverName ?? 'xanthus')}
host: ${text(o.host)}
port: ${o.port}
max_payload: 1MB
write_deadline: "10s"
lame_duck_duration: "30s"
# A client signs the server's challenge; on a machine that has much to do it may not come to that within the two seconds of the default.
authorization { timeout: 10 }
jetstream {
  # By default nats-server refuses a stream whose limit is over 75 % of what is free now, also one that exists; the disk's own limit is enough.
  max_file_store: 1TB
  store_dir: ${text(o.storeDir)}${o.sync === 'always' ? '\n  sync_interval: always' : ''}
}
operator: ${text(jwt('operator'))}
system_account: ${system}
resolver {
  type: full
  dir: ${text(join(operatorDir, 'accounts'))}
  allow_delete: false
  interval: "2m"
}
resolver_preload {
  ${system}: ${text(systemJwt)}
  ${xanthus}: ${text(xanthusJwt)}
}
`;
};
