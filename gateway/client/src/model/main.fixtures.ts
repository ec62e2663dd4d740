/** `npm run model -- --seeds 10000 [--first 1] [--at-once 30]`: as many scenarios as asked for; 1 if one fails, with its smallest trace. */
import { parseArgs } from 'node:util';
import { startRealGateway } from '../real-gateway.fixtures.js';
import { check } from './check.fixtures.js';
import { scenarioOf } from './scenario.fixtures.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10000' }, first: { type: 'string', default: '1' }, 'at-once': { type: 'string', default: '30' } } });
const g = await startRealGateway();
const second = await g.another({});
try {
  const failures = await check({ g, ports: [g.port, second.port] }, {
    first: Number(values.first), seeds: Number(values.seeds), atOnce: Number(values['at-once']), scenarioOf,
    progress: seed => { console.log(`seed ${seed}`); },
  });
  for (const failure of failures) console.error(JSON.stringify(failure, null, 1));
  console.log(failures.length === 0 ? `${values.seeds} seeds: no undetected gap, nothing out of order, nothing twice` : `${failures.length} seeds failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await second.stop();
  await g.stop();
}
