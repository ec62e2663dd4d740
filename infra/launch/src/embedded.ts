// Services and gateway in one process, without NATS and sandbox: what `npm run dev` starts again at each change.
import type { Environment, Program } from './environments.js';
import { startInProcess } from './programs.js';

const environments = JSON.parse(process.env['XANTHUS_ENVIRONMENTS'] ?? '{}') as Record<Program, Environment>;
const running = startInProcess(program => environments[program]);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    setTimeout(() => process.exit(0), 2_000).unref(); // a developer waits for the next version
    void running.then(r => r.stop()).finally(() => process.exit(0));
  });
}
await running;
