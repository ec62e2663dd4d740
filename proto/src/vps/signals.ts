import { z } from 'zod';
import { defineSignal } from '../contract.js';
import { testStage } from './commands.js';

/** The subject is `sig.<tenant>.vps.server.<id>.<what>`. */
export const testConnectionSignal = defineSignal({
  service: 'vps', aggregate: 'server', what: 'test-connection', summary: 'A stage of a connection test that runs now; the id is that of the test.',
  data: z.object({ command_id: z.string(), correlation_id: z.string(), stage: testStage }),
  example: { command_id: '01jd3x8e2v5y9w4z7q6r1s0tcm', correlation_id: '01jd3x8e2v5y9w4z7q6r1s0tcc', stage: { name: 'connect', status: 'passed', ms: 12.4 } },
});
