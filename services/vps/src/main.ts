import { runAlone } from '@xanthus/nest';
import { startVps } from './start-vps.js';

await runAlone(startVps);
