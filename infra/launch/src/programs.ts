import { request } from 'node:http';
import { tryPort } from './ports.js';
import { startGuarded } from './guarded-child.js';
import { keepRunning } from './keep-running.js';
import type { Kept } from './keep-running.js';
import type { Environment, Program } from './environments.js';
import { PROGRAMS } from './environments.js';

export interface RunningPrograms {
  /** Where to ask GET /ready, besides the gateway. */
  readonly health: readonly { program: Program; port: number }[];
  /** Ends them in order: the gateway first, so that nobody new comes in, then the services. */
  stop(): Promise<void>;
}

/** All services and the gateway in this process: own Nest context, NATS connection and credential each, as if they were apart. */
export async function startInProcess(environment: (program: Program) => Environment): Promise<RunningPrograms> {
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const program of running.toReversed()) await program.stop();
  };
  try {
    const [{ startAuth }, { startVps }, { startDns }, { startApplications }, { startTerminals }, { startAudit }, { startNotifications }, { startGateway }] = await Promise.all([import('@xanthus/auth'), import('@xanthus/vps'), import('@xanthus/dns'), import('@xanthus/applications'), import('@xanthus/terminals'), import('@xanthus/audit'), import('@xanthus/notifications'), import('@xanthus/gateway')]);
    running.push(await startAuth(environment('auth')));
    running.push(await startVps(environment('vps')));
    running.push(await startDns(environment('dns')));
    running.push(await startApplications(environment('applications')));
    running.push(await startTerminals(environment('terminals')));
    running.push(await startAudit(environment('audit')));
    running.push(await startNotifications(environment('notifications')));
    running.push(await startGateway(environment('gateway')));
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { health: [], stop }; // each was ready before the next was started
}

/** Each in a process of its own, started again with growing pauses when it dies. */
export async function startApart(o: { environment(program: Program): Environment; bundle(program: Program): string; logs(program: Program): string | 'inherit'; say(line: string): void }): Promise<RunningPrograms> {
  const kept: Kept[] = [];
  const health: { program: Program; port: number }[] = [];
  for (const program of PROGRAMS) {
    const env = o.environment(program);
    if (program !== 'gateway') {
      const port = await tryPort(0, '127.0.0.1');
      env['XANTHUS_HEALTH_PORT'] = String(port);
      health.push({ program, port });
    }
    kept.push(await keepRunning(
      async () => startGuarded(process.execPath, ['--enable-source-maps', o.bundle(program)], { env, output: o.logs(program) }),
      (code, wait) => { o.say(`${program} ended (code ${code}); starting it again in ${wait} ms.`); },
    ));
  }
  return { health, stop: async () => { for (const program of kept.toReversed()) await program.stop(); } };
}

/** Status of GET /ready and its body. Undefined: nobody answers. */
export function askReady(port: number, host: string): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const asked = request({ port, host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, path: '/ready', timeout: 3_000, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}
