import { runAlone } from '@xanthus/nest';
import { startTerminals } from './start-terminals.js';

await runAlone(startTerminals);
