/** Everything that keys asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { SshKey } from '../contracts.js';
import { onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useSshKeys = (): Rows<SshKey> => useRows<SshKey>('vps', useClient().tenant, 'ssh-keys');

export const generateSshKey = onNew(contracts.generateSshKey);

export const importSshKey = onNew(contracts.importSshKey);
export const removeSshKey = onThing(contracts.removeSshKey);
