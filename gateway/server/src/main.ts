import { runAlone } from '@xanthus/nest';
import { startGateway } from './start-gateway.js';

await runAlone(startGateway);
