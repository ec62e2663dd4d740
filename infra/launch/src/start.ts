import { appendFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { initOperator } from '@xanthus/deploy';
import { tenantSlug } from '@xanthus/proto';
import { completeSetup } from '@xanthus/proto/auth';
import { callAuth } from './ask-auth.js';
import { lockDataFolder, openDataFolder, turnLogs } from './data-folder.js';
import { startEmbeddedNats } from './embedded-nats.js';
import { environmentOf, publicUrl } from './environments.js';
import type { Program } from './environments.js';
import { startGuarded } from './guarded-child.js';
import { keepRunning } from './keep-running.js';
import type { Options } from './options.js';
import { nextFreePort } from './ports.js';
import { askReady, startApart, startInProcess } from './programs.js';
import type { RunningPrograms } from './programs.js';
import { provisionAll } from './provisioner.js';
import { startSandboxes } from './sandboxes.js';
import { explain, Sentence } from './sentence.js';

export interface Launched {
  readonly url: string;
  readonly natsUrl: string;
  /** Only while the installation has no owner. */
  readonly setupLink: string | undefined;
  /** Console first, then services, sandbox and NATS; each waits for what it still does. */
  stop(): Promise<void>;
}

interface StartOptions {
  options: Options;
  environment: NodeJS.ProcessEnv;
  /** Root folder of the code. */
  root: string;
  say(line: string): void;
}

/** Starts everything; when a part can't be started, what already runs is ended again. @throws Sentence, or an error that `explain` knows */
export async function start({ options, environment, root, say }: StartOptions): Promise<Launched> {
  const owner = ownerOf(environment);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = undo.pop(); end; end = undo.pop()) await end();
  };
  try {
    await openDataFolder(options.data);
    const lock = await lockDataFolder(options.data);
    undo.push(() => lock.release());
    await turnLogs(join(options.data, 'logs'));
    const files = await initOperator(options.data);

    const natsUrl = await natsOf(options, environment, say, undo);
    const natsCredentials = environment['XANTHUS_NATS_URL'] ? environment['XANTHUS_NATS_CREDENTIALS'] : undefined;
    say('Checking streams and views …');
    await provisionAll({ natsUrl, credsDir: natsCredentials ?? files.credsDir, replicas: natsUrl.includes(',') ? 3 : 1 });
    const sandboxFile = options.sandbox ? await sandboxOf(options, say, undo) : undefined;

    const port = await portOf(options, say);
    const surroundings = { options, port, natsUrl, natsCredentials, sandboxFile, webDir: join(root, 'web', 'dist') };
    const environmentFor = (program: Program): Record<string, string> => environmentOf(program, surroundings, environment);
    say(options.processes ? 'Starting auth, vps, dns, applications, terminals, audit, notifications and gateway, each in a process of its own …' : 'Starting auth, vps, dns, applications, terminals, audit, notifications and gateway …');
    const programs = await startPrograms(options, root, environmentFor, say);
    undo.push(() => programs.stop());
    await untilReady([...programs.health.map(h => ({ ...h, host: '127.0.0.1' })), { program: 'gateway', port, host: options.host }], say);

    const url = publicUrl(surroundings);
    await lock.describe({ url, nats_url: natsUrl, nats_credentials: natsCredentials && resolve(natsCredentials) });
    const setupLink = await firstOwner({ data: options.data, natsUrl, natsCredentials, url, owner });
    return { url, natsUrl, setupLink, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function natsOf(options: Options, environment: NodeJS.ProcessEnv, say: (line: string) => void, undo: (() => Promise<unknown>)[]): Promise<string> {
  const existing = environment['XANTHUS_NATS_URL'];
  if (existing) {
    if (!environment['XANTHUS_NATS_CREDENTIALS']) throw new Sentence('XANTHUS_NATS_URL needs XANTHUS_NATS_CREDENTIALS, the folder with provisioner.creds, auth.creds, vps.creds, dns.creds, applications.creds, terminals.creds, audit.creds, notifications.creds, gateway.creds and launch.creds for that server.');
    return existing;
  }
  say('Starting nats-server …');
  const nats = await startEmbeddedNats(options.data, say);
  undo.push(() => nats.stop());
  return nats.url;
}

/** Everything else works without a server to play with, so a failure here is only told. */
async function sandboxOf(options: Options, say: (line: string) => void, undo: (() => Promise<unknown>)[]): Promise<string | undefined> {
  try {
    const sandboxes = await startSandboxes(options.data, say, options.sandboxKubernetes);
    undo.push(() => sandboxes.stop());
    return sandboxes.file;
  } catch (error) {
    const why = explain(error);
    if (why === undefined) await appendFile(join(options.data, 'logs', 'launcher.log'), `${(error as Error).stack}\n`);
    say(`There is no server to play with: ${why ?? (error as Error).message}`);
    return undefined;
  }
}

async function portOf(options: Options, say: (line: string) => void): Promise<number> {
  const port = await nextFreePort(options.port, options.host);
  if (options.port !== 0 && port !== options.port) {
    if (options.publicUrl !== undefined) throw new Sentence(`Port ${options.port} is taken, and XANTHUS_PUBLIC_URL leads there. Free it, or choose another with --port.`);
    say(`Port ${options.port} is taken; using ${port} instead.`);
  }
  return port;
}

async function startPrograms(options: Options, root: string, environment: (program: Program) => Record<string, string>, say: (line: string) => void): Promise<RunningPrograms> {
  if (options.watch) return startWatched(root, environment, say);
  if (!options.processes) return startInProcess(environment);
  const folder = (program: Program): string => join(root, program === 'gateway' ? 'gateway/server' : `services/${program}`);
  return startApart({ environment, say, logs: () => 'inherit', bundle: program => join(folder(program), 'dist', 'main.js') });
}

/** For `npm run dev`: one process for all, started again when its bundle was rebuilt. */
async function startWatched(root: string, environment: (program: Program) => Record<string, string>, say: (line: string) => void): Promise<RunningPrograms> {
  const dist = join(root, 'infra', 'launch', 'dist');
  const environments = JSON.stringify({ auth: environment('auth'), vps: environment('vps'), dns: environment('dns'), applications: environment('applications'), terminals: environment('terminals'), audit: environment('audit'), notifications: environment('notifications'), gateway: environment('gateway') });
  const kept = await keepRunning(
    async () => startGuarded(process.execPath, ['--enable-source-maps', join(dist, 'embedded.js')], { env: { ...process.env, XANTHUS_ENVIRONMENTS: environments }, output: 'inherit' }),
    (code, wait) => { say(`ended (code ${code}); starting again in ${wait} ms, or at the next change.`); },
  );
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dist, (_, name) => {
    if (name !== 'embedded.js') return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      say('changed: starting again');
      void kept.restart(300); // every service survives a kill, and somebody is waiting for the change
    }, 50);
  });
  return {
    health: [],
    stop: async () => {
      watcher.close();
      clearTimeout(timer);
      await kept.stop();
    },
  };
}

/** Waits for GET /ready of each; tells what is missing every 10 s, gives up after a minute and a half. */
async function untilReady(all: { program: Program; port: number; host: string }[], say: (line: string) => void): Promise<void> {
  const begun = Date.now();
  for (let told = 0; ;) {
    const missing: string[] = [];
    for (const { program, port, host } of all) {
      const answer = await askReady(port, host);
      if (answer?.status !== 200) missing.push(answer ? `${program}: ${notReady(answer.body)}` : `${program} does not answer`);
    }
    if (missing.length === 0) return;
    const waited = Date.now() - begun;
    if (waited > 90_000) throw new Sentence(`Xanthus did not become ready within 90 seconds: ${missing.join('; ')}.`);
    if (waited - told > 10_000) {
      told = waited;
      say(`Still waiting: ${missing.join('; ')} …`);
    }
    await pause(25);
  }
}

function notReady(body: string): string {
  try {
    const report = JSON.parse(body) as { data?: Report; details?: Report } & Report;
    const checks = report.checks ?? report.data?.checks ?? report.details?.checks ?? {};
    return Object.entries(checks).filter(([, c]) => !c.ok).map(([name, c]) => (c.detail ? `${name} (${c.detail})` : name)).join(', ') || body.slice(0, 200);
  } catch {
    return body.slice(0, 200);
  }
}
interface Report { checks?: Record<string, { ok: boolean; detail?: string }> }

interface Owner { email: string; password: string; tenant: string }

/** An unattended first start. Checked before anything is started. @throws Sentence */
export function ownerOf(environment: NodeJS.ProcessEnv): Owner | undefined {
  const { XANTHUS_OWNER_EMAIL: address, XANTHUS_OWNER_PASSWORD: secret, XANTHUS_TENANT: tenant } = environment;
  if (!address && !secret) return undefined;
  const problems: string[] = [];
  const fields = completeSetup.input.shape;
  if (!fields.email.safeParse(address).success) problems.push('XANTHUS_OWNER_EMAIL must be an e-mail address.');
  if (!fields.password.safeParse(secret).success) problems.push('XANTHUS_OWNER_PASSWORD must have at least 12 characters.');
  if (!tenantSlug.safeParse(tenant).success) problems.push('XANTHUS_TENANT must be the short name of the first tenant, such as acme: small letters, digits and hyphens.');
  if (problems.length > 0) throw new Sentence(problems.join('\n'));
  return { email: address as string, password: secret as string, tenant: tenant as string };
}

/** Makes the owner that the environment names, or a link for a person to become it; nothing when there is one already. */
async function firstOwner(o: { data: string; natsUrl: string; natsCredentials: string | undefined; url: string; owner: Owner | undefined }): Promise<string | undefined> {
  const auth = await callAuth(o);
  try {
    if (await auth.setUp()) return undefined;
    if (!o.owner) return `${o.url}/setup#${await auth.setupToken()}`;
    await auth.makeOwner(o.owner).catch((error: unknown) => { throw new Sentence(`The owner that XANTHUS_OWNER_EMAIL names could not be made: ${(error as Error).message}`); });
    return undefined;
  } finally {
    await auth.close();
  }
}
