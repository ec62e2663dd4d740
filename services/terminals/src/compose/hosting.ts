import { connectNats } from '@xanthus/jetstream';
import { readCredentials } from '@xanthus/nest';
import { NATIVE_CRYPTO } from '@xanthus/ssh';
import { openHost as openShells } from '../hosting/open-host.js';
import { openWire } from '../hosting/wire.js';
import { createMirrors } from '../mirror/index.js';
import { recordersOf } from '../recording/recordings.context.js';
import type { HostOf } from '../terminals.context.js';

const SLOW = 'The SSH library has no native half here (its install script did not run or found no compiler): terminals and files cost 2.5 to 4 times as much. Run "npm rebuild ssh2" where a C++ compiler is.';

/** The shells of this copy, with the connection to NATS, the screens and the recordings that are theirs. */
export const openHost: HostOf = async (on) => {
  const { config, log } = on;
  if (!NATIVE_CRYPTO) log.warn({ setting: 'ssh2' }, SLOW);
  const nc = await connectNats({ servers: config.XANTHUS_NATS_URL, credentials: await readCredentials(config.XANTHUS_NATS_CREDENTIALS, 'terminals'), name: 'terminals-bytes', inboxPrefix: '_INBOX_terminals' });
  const mirrors = createMirrors();
  const recorders = recordersOf(on);
  const host = openShells({ ...on, wire: openWire(nc), mirrors, recorders, onRecordingFailure: config.XANTHUS_TERMINALS_ON_RECORDING_FAILURE });
  return {
    ...host,
    async stop() {
      await host.stop();
      await Promise.allSettled([recorders.stop(), mirrors.stop()]);
    },
  };
};
