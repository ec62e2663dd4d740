import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ask, readKubeconfig } from './kubeconfig.js';
import type { ApiAnswer } from './kubeconfig.js';
import { buildServer } from './server.js';

/** How pods fare that a rule fits; the first rule that fits holds. Without one: `ready`, pods of jobs `complete`. */
export interface PodRule {
  readonly namespace?: string;
  /** Beginning of the pod's name. */
  readonly pod?: string;
  /** Label selector. */
  readonly selector?: string;
  /** Part of the name of an image. */
  readonly image?: string;
  /** `slow`: ready after `seconds`; `crash`, `oom`: ends and is started again, longer and longer apart; `image-pull`: never pulled; `stuck`: ContainerCreating for ever; `fail`, `complete`: ends after `seconds`. */
  readonly do: 'ready' | 'slow' | 'crash' | 'oom' | 'never-ready' | 'image-pull' | 'stuck' | 'complete' | 'fail' | 'evicted';
  readonly seconds?: number;
}

export interface StartClusterOptions {
  /** Kept, for a cluster that shall be the same at the next start. Default: a new one that goes with `stop`. */
  readonly folder?: string;
  readonly nodes?: number;
  /** Of each node, as Kubernetes writes quantities. Default 4 CPUs, 8Gi, 110 pods. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly nodeName?: string;
  /** Pods of `kube-system` as a K3s has them: CoreDNS, Traefik, … Default: none. */
  readonly likeK3s?: boolean;
  /** Serve what ingresses lead to, by HTTP and HTTPS on free loopback ports: a page for every service with a ready pod. */
  readonly ingress?: boolean;
  readonly say?: (line: string) => void;
}

export interface TestCluster {
  /** Path of a kubeconfig, everything in it. */
  readonly kubeconfig: string;
  readonly url: string;
  /** PEM. */
  readonly ca: string | undefined;
  /** Of an administrator. Undefined where a foreign cluster lets in by certificate. */
  readonly token: string | undefined;
  /** Pods are played by ours; false for a cluster of XANTHUS_TEST_KUBECONFIG. */
  readonly simulated: boolean;
  /** `http://127.0.0.1:<port>` of the ingress, when it was asked for. */
  readonly ingress: { readonly http: string; readonly https: string } | undefined;
  /** Process id of the cluster; undefined for a foreign one. */
  readonly pid: number | undefined;
  /** One request to the API server, `path` such as `/api/v1/namespaces`. */
  ask(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** Replaces all rules; pods that run already follow them too. Only where pods are simulated. */
  simulate(rules: readonly PodRule[]): Promise<void>;
  /** What the servers wrote last, at most 64 kB. */
  log(): Promise<string>;
  /** Ends it at once, folder and all when it is not kept. */
  stop(): Promise<void>;
}

const ready = z.object({ kubeconfig: z.string(), url: z.string(), ca: z.string(), token: z.string(), ingress_http: z.string().optional(), ingress_https: z.string().optional(), milliseconds: z.number() });
const PATIENCE_MS = 180_000;

/**
 * A Kubernetes of its own on free loopback ports: real API server, etcd, controllers and scheduler in one process, simulated nodes.
 * The process ends with ours, however we end. @throws Unavailable where it can't be built; Error with what the servers said
 */
export const startCluster = async (o: StartClusterOptions = {}): Promise<TestCluster> => {
  const program = await buildServer({ ...(o.say && { say: o.say }) });
  const folder = o.folder ?? await mkdtemp(join(tmpdir(), 'xanthus-k8s-'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logFile = join(folder, 'kubernetes.log');
  const output = await open(logFile, 'w', 0o600);
  const args = ['-folder', folder, '-nodes', String(o.nodes ?? 1), '-cpu', o.cpu ?? '4', '-memory', o.memory ?? '8Gi', '-pods', String(o.pods ?? 110), '-node-name', o.nodeName ?? 'node',
    ...(o.folder === undefined ? ['-temporary'] : []), ...(o.likeK3s ? [] : ['-bare']), ...(o.ingress ? ['-ingress-http', '127.0.0.1:0', '-ingress-https', '127.0.0.1:0'] : [])];
  // Its standard input is a pipe of ours: it ends when that does, and so when we are killed.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', output.fd], env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: process.env['TMPDIR'] } });
  await output.close();
  const forget = o.folder === undefined ? removeAtExit(folder) : () => undefined;
  const log = async (): Promise<string> => (await readFile(logFile, 'utf8').catch(() => '')).slice(-64_000);
  const stop = async (): Promise<void> => {
    await end(child);
    forget();
    if (o.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const said = ready.parse(JSON.parse(await firstLine(child)));
    const access = { url: said.url, ca: said.ca, token: said.token };
    return {
      kubeconfig: said.kubeconfig, url: said.url, ca: said.ca, token: said.token, simulated: true, pid: child.pid,
      ingress: said.ingress_http && said.ingress_https ? { http: `http://${said.ingress_http}`, https: `https://${said.ingress_https}` } : undefined,
      ask: (method, path, body, contentType) => ask(access, method, path, body, contentType),
      simulate: async (rules) => {
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'simulation' }, data: { rules: JSON.stringify(rules) } };
        const done = await ask(access, 'PATCH', '/api/v1/namespaces/kube-system/configmaps/simulation?fieldManager=testbed&force=true', body, 'application/apply-patch+yaml');
        if (done.status >= 300) throw new Error(`The rules were refused: ${JSON.stringify(done.body).slice(0, 300)}`);
      },
      log,
      stop,
    };
  } catch (error) {
    const why = (await log()).trim().split('\n').slice(-5).join('\n');
    await stop();
    throw new Error(`Kubernetes did not start: ${(error as Error).message}\n${why}`, { cause: error });
  }
};

/** A cluster that somebody else runs, by its kubeconfig. `stop` leaves it as it is. */
export const foreignCluster = async (kubeconfig: string): Promise<TestCluster> => {
  const access = await readKubeconfig(kubeconfig);
  return {
    kubeconfig, url: access.url, ca: access.ca, token: access.token, simulated: false, ingress: undefined, pid: undefined,
    ask: (method, path, body, contentType) => ask(access, method, path, body, contentType),
    simulate: async () => { throw new Error('Pods of a cluster that somebody else runs are not simulated.'); },
    log: async () => '',
    stop: async () => undefined,
  };
};

const firstLine = (child: ChildProcess): Promise<string> => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`it was not ready after ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
  const done = (act: () => void): void => { clearTimeout(timer); act(); };
  child.once('error', error => done(() => reject(error)));
  child.once('exit', (code, signal) => done(() => reject(new Error(`it ended with ${code ?? signal}`))));
  if (child.stdout) createInterface({ input: child.stdout }).once('line', line => done(() => resolve(line)));
});

const end = (child: ChildProcess): Promise<void> => new Promise((resolve) => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
  child.once('exit', () => resolve());
  child.kill('SIGKILL'); // nothing in it is worth the seconds of an orderly end
});

const left = new Set<string>();
let watching = false;

/** Folders of clusters that nobody stopped go with our process. */
const removeAtExit = (folder: string): () => void => {
  if (!watching) {
    watching = true;
    process.once('exit', () => { for (const one of left) rmSync(one, { recursive: true, force: true }); });
  }
  left.add(folder);
  return () => { left.delete(folder); };
};
