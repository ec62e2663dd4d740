/** Child of a benchmark: a gateway alone, its limits wide open unless the environment says otherwise. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startGateway } from '@xanthus/gateway';
import { heapOnDemand } from './heap.js';
import { profileOnDemand } from '../profile.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const many = '1000000000';
const gateway = await startGateway({
  LOG_LEVEL: 'error', LOG_FORMAT: 'json', XANTHUS_PORT: '0', XANTHUS_WS_DRAIN_SECONDS: '0', XANTHUS_WS_PING_SECONDS: '3600', XANTHUS_WS_CONNECTIONS: '30000', XANTHUS_WS_CONNECTIONS_PER_TENANT: '30000', XANTHUS_WS_UNAUTHENTICATED: '30000',
  XANTHUS_WS_HANDSHAKES_PER_SECOND: '100000', XANTHUS_WS_SUBSCRIPTIONS_PER_TENANT: many, XANTHUS_WS_SUBSCRIPTIONS_PER_USER: many, XANTHUS_WS_BYTES_OUT_PER_SECOND: many,
  ...JSON.parse(process.argv[2] ?? '{}') as Record<string, string>,
});
await gateway.ready();
profileOnDemand();
heapOnDemand();
process.once('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message !== 'memory') return;
  for (let i = 0; i < 3; i++) collect();
  process.send?.({ memory: process.memoryUsage() });
});
process.send?.({ port: gateway.port });
