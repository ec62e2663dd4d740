import { runAlone } from '@xanthus/nest';
import { startAuth } from './start-auth.js';

await runAlone(startAuth);
