import { runAlone } from '@xanthus/nest';
import { startAudit } from './start-audit.js';

await runAlone(startAudit);
