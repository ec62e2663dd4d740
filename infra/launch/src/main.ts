import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './commands.js';
import { HELP, parseOptions } from './options.js';
import type { Options } from './options.js';
import { explain, Sentence } from './sentence.js';
import { start } from './start.js';

/** Longest shutdown; what has not ended by then goes with this process. */
const SHUTDOWN_MS = 9_500;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

/** Tells a failure in sentences; what we did not foresee goes with its stack into a file, not to the person. */
async function tell(failure: unknown, data: string | undefined): Promise<void> {
  const known = explain(failure) ?? ((failure as Error | undefined)?.name === 'EnvironmentError' ? (failure as Error).message : undefined);
  if (known !== undefined) return void process.stderr.write(`${known}\n`);
  const first = (failure instanceof Error ? failure.message : String(failure)).split('\n')[0] ?? '';
  let more = '';
  if (data) {
    const file = join(data, 'logs', 'launcher.log');
    const text = `${new Date().toISOString()} ${failure instanceof Error ? failure.stack : String(failure)}\n`;
    try {
      await mkdir(join(data, 'logs'), { recursive: true });
      await appendFile(file, text);
      more = ` Details are in ${file}.`;
    } catch { /* the folder may be what is wrong */ }
  }
  process.stderr.write(`Xanthus could not go on: ${first}${/[.!?]$/.test(first) ? '' : '.'}${more}\n`);
}

async function run(options: Options): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  let stopping: Promise<void> | undefined;
  const starting = start({ options, environment: process.env, root, say });
  const end = (code: number): Promise<void> => {
    stopping ??= (async () => {
      setTimeout(() => process.exit(code), SHUTDOWN_MS).unref();
      const launched = await starting.catch(() => undefined);
      await launched?.stop().catch((error: unknown) => tell(error, options.data));
      process.exit(code);
    })();
    return stopping;
  };
  const crash = async (failure: unknown): Promise<void> => {
    await tell(failure, options.data);
    await end(1);
  };
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) say('Stopping …');
      else if (signal === 'SIGINT' && signals > 2) process.exit(130); // Ctrl-C reaches us twice under npm
      void end(0);
    });
  }
  if (process.env['npm_lifecycle_event'] !== undefined) whenParentEnds(() => { void end(0); });
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (failure: unknown) => { void crash(failure); });
  }
  let launched;
  try {
    launched = await starting;
  } catch (error) {
    if (stopping) return;
    await tell(error, options.data);
    process.exit(1);
  }
  if (stopping) return;
  const first = launched.setupLink ? `\nFirst time here? Open    ${launched.setupLink}   (valid 1 hour, or: npm start -- setup-link)` : '';
  say(`\nXanthus ${version} is ready   ${launched.url}${first}`); // in one write: who waits for the first line finds the second
}

/** npm killed with SIGKILL tells us nothing, and we must not stay behind it. */
function whenParentEnds(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 500);
  timer.unref();
}

let options: Options | undefined;
try {
  const parsed = parseOptions(process.argv.slice(2), process.env, process.cwd());
  options = parsed.options;
  if (parsed.command.name === 'help') say(HELP);
  else if (parsed.command.name === 'start') await run(options);
  else {
    await runCommand(parsed.command, { options, environment: process.env, say });
    process.exit(0);
  }
} catch (error) {
  await tell(error, options?.data);
  process.exit(error instanceof Sentence && !options ? 2 : 1);
}
