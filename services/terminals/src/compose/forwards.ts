import { connectNats } from '@xanthus/jetstream';
import { readCredentials } from '@xanthus/nest';
import { ForwardDoors } from '../endpoints/forward.doors.js';
import { FORWARDS_CONTEXT } from '../endpoints/tokens.js';
import { parseAddresses } from '../forwards/addresses.js';
import type { ForwardsContext } from '../forwards/context.js';
import { dialOver } from '../forwards/dial.js';
import { openForwards } from '../forwards/open-forwards.js';
import { runForwards } from '../forwards/run-forwards.js';
import { serveTunnels } from '../forwards/serve-tunnels.js';
import type { Part, TerminalsCore } from './part.js';

/** Ports of servers at addresses of their own. Their bytes have a connection to NATS of their own: a download never stands before a command. */
export const composeForwards = async ({ terminals, config, onStop }: TerminalsCore): Promise<Part> => {
  const forwards: ForwardsContext = { ...terminals, open: openForwards(), addresses: parseAddresses(config.XANTHUS_FORWARD_ADDRESSES), dial: dialOver(terminals.reach) };
  const stop = new AbortController();
  const following = forwards.open.follow(terminals.nc, stop.signal);
  const nc = await connectNats({ servers: config.XANTHUS_NATS_URL, credentials: await readCredentials(config.XANTHUS_NATS_CREDENTIALS, 'terminals'), name: 'terminals-forwards', inboxPrefix: '_INBOX_terminals' });
  const tunnels = serveTunnels(forwards, nc);
  onStop(async () => {
    tunnels.stop();
    await nc.flush().catch(() => undefined);
    await nc.close();
    stop.abort();
    await following.catch(() => undefined);
  });
  return { controllers: [ForwardDoors], providers: [{ provide: FORWARDS_CONTEXT, useValue: forwards }], standing: [{ name: 'forwards', run: signal => runForwards(forwards, signal) }] };
};
