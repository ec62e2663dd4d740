/** node infra/launch/bin/run.mjs services/terminals/src/mirror/trials.cli.ts [count] [first seed] */
import { trials } from './snapshot-trial.fixture.js';

const [count = 10_000, from = 1] = process.argv.slice(2).map(Number);
const start = performance.now();
const failure = await trials(from, count);
console.log(failure === undefined ? `${count} streams from ${from}: all the same, ${Math.round(performance.now() - start)} ms` : JSON.stringify(failure, null, 1));
process.exitCode = failure === undefined ? 0 : 1;
