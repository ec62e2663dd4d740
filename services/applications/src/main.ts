import { runAlone } from '@xanthus/nest';
import { startApplications } from './start-applications.js';

await runAlone(startApplications);
