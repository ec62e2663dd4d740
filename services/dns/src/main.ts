import { runAlone } from '@xanthus/nest';
import { startDns } from './start-dns.js';

await runAlone(startDns);
