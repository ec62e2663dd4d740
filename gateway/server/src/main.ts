import { startGateway } from './start-gateway.js';

try {
  const gateway = await startGateway(process.env);
  void gateway.ended.then(() => process.exit(0));
  const stop = (): void => void gateway.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
