/** `npm run conformance`: see `USAGE`. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { parseArguments, USAGE, type Arguments } from './arguments.js';
import { CLIENT_ROWS } from './client-half/rows/index.js';
import { runClients } from './client-half/run-clients.js';
import { natsDriver } from './nats-driver.js';
import { count, junit, table } from './report.js';
import { ROWS } from './rows/index.js';
import { runConformance, type Result } from './run.js';

const show = (r: Result): void => void process.stderr.write(r.outcome === 'passed' ? '.' : r.outcome === 'skipped' ? 's' : 'F');

const report = async (results: readonly Result[], { junit: file }: Arguments): Promise<number> => {
  process.stderr.write('\n');
  console.log(table(results));
  if (file !== undefined) await writeFile(file, junit(results));
  return count(results, 'failed') + count(results, 'not offered') > 0 ? 1 : 0;
};

/** The client's half: nothing but the program. */
const tryClient = async (command: readonly string[], given: Arguments): Promise<number> => {
  const rows = CLIENT_ROWS.filter(r => r.name.includes(given.only ?? ''));
  if (given.list) console.log(rows.map(r => r.name).join('\n'));
  return given.list ? 0 : report(await runClients({ client: { command }, rows, onResult: show }), given);
};

const main = async (given: Arguments): Promise<number> => {
  if (given.client !== undefined) return tryClient(given.client, given);
  const rows = ROWS.filter(r => r.name.includes(given.only ?? ''));
  if (given.list) {
    console.log(rows.map(r => r.name).join('\n'));
    return 0;
  }
  const nc = given.nats === undefined ? undefined : await connect({
    servers: given.nats, name: 'conformance', ...(given.credentials === undefined ? {} : { authenticator: credsAuthenticator(await readFile(given.credentials)) }),
  });
  const driver = nc === undefined ? undefined : await natsDriver(nc, { heartbeat: given.heartbeat, ...(given.bucket === undefined ? {} : { bucket: given.bucket }) });
  try {
    return await report(await runConformance({ ...given, rows, ...(driver === undefined ? {} : { driver }), onResult: show }), given);
  } finally {
    await driver?.stop();
    await nc?.close();
  }
};

try {
  process.exitCode = await main(parseArguments(process.argv.slice(2)));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
