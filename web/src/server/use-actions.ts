import { NO_ABILITIES } from '@xanthus/proto/vps';
import { mayAsk, maySend } from '../app/nav.js';
import { serverLogs, type Server } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { useKinds } from '../providers/providers.data.js';
import { actionState, type Abilities, type ActionState, type ServerAction } from './actions.js';
import { addServerKey, applyManifest, createSnapshot, deleteSnapshot, POWER, readKubeconfig, rebuildServer, resizeServer, setTimeZone } from './server.data.js';

const COMMANDS = {
  ...POWER, resize: resizeServer, rebuild: rebuildServer, 'create-snapshot': createSnapshot, 'delete-snapshot': deleteSnapshot,
  'set-time-zone': setTimeZone, 'apply-manifest': applyManifest, 'read-kubeconfig': readKubeconfig, 'change-keys': addServerKey,
} as const;

/** What the provider of a server declares; undefined while it is asked. */
const useAbilities = (server: Server): Abilities | undefined => {
  const ours = server.provider_id !== undefined;
  const { data, error, may } = useKinds(ours);
  if (!ours || !may || error) return NO_ABILITIES;
  return data && (data.find(k => k.kind === server.provider)?.capabilities ?? NO_ABILITIES);
};

/** For each action: why not now, or what to say before. */
export const useActions = (server: Server): ((action: ServerAction) => ActionState) => {
  const client = useClient();
  // Rights can change at any moment: drawn again with each new document.
  useCan(maySend(client.tenant, POWER['power-on'], server.id));
  const abilities = useAbilities(server);
  return action => actionState(action, server, abilities, client.can(action === 'read-logs' ? mayAsk(client.tenant, serverLogs, server.id) : maySend(client.tenant, COMMANDS[action], server.id)));
};
