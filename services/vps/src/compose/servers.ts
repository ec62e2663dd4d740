import { ServerDoors } from '../endpoints/server.doors.js';
import { SshKeyDoors } from '../endpoints/ssh-key.doors.js';
import { runMonitor } from '../monitor/run-monitor.js';
import { cleanUpWhenServerDeleted } from '../reactors/clean-up-when-server-deleted.js';
import { cleanUpWhenSshKeyRemoved } from '../reactors/clean-up-when-ssh-key-removed.js';
import { freeNameWhenServerRenamed } from '../reactors/free-name-when-server-renamed.js';
import { tellAuthWhenServerTagged } from '../reactors/tell-auth-when-server-tagged.js';
import type { Part, VpsCore } from './part.js';

/** Adopted servers and the keys that reach them. */
export const composeServers = ({ vps, signer }: VpsCore): Part => ({
  controllers: [ServerDoors, SshKeyDoors],
  reactors: [cleanUpWhenServerDeleted(vps), freeNameWhenServerRenamed(vps), cleanUpWhenSshKeyRemoved(vps), tellAuthWhenServerTagged(vps, signer)],
  standing: [{ name: 'monitor', run: signal => runMonitor(vps, signal) }],
});
