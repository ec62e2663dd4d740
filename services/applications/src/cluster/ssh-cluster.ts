/** A server's Kubernetes over SSH. The key stays in vps, which signs each log-in: here is neither a key nor a password. */
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import type { AddressPolicy } from '@xanthus/net';
import type { IdentitySigner, Logger } from '@xanthus/nest';
import { reachServer } from '@xanthus/reach';
import { SshError, type SshConnection, type SshPool } from '@xanthus/ssh';
import { refusalOf } from './cluster-errors.js';
import { MAX_OUTPUT, type Cluster, type ClusterFacts, type ClusterOf, type ClusterReason, type Program, type PutFile } from './cluster.js';
import { lineReader } from './lines.js';

export interface SshClusterDeps {
  readonly nc: NatsConnection;
  readonly signer: IdentitySigner;
  readonly pool: SshPool;
  readonly log: Pick<Logger, 'debug' | 'warn'>;
  /** Addresses that may be connected to. */
  readonly addresses: () => AddressPolicy;
}

/** A connection that nobody uses is closed after this. ms */
const IDLE = 5 * 60_000;
/** One that is used all the time is made anew so often: whether it may be is asked then, and it is noted. ms */
const LONGEST = 60 * 60_000;

/** Finds the program where K3s and Helm put it, as root if that is possible, with the kubeconfig of K3s by environment. `$1` is the program. */
const PROGRAM = `
PATH="$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin"
KUBECONFIG="\${KUBECONFIG:-/etc/rancher/k3s/k3s.yaml}"
export PATH KUBECONFIG
program=$1
shift
if ! command -v "$program" >/dev/null 2>&1; then
  if [ "$program" = kubectl ] && command -v k3s >/dev/null 2>&1; then set -- kubectl "$@"; program=k3s
  else echo "xanthus-no-$program" >&2; exit 127; fi
fi
if [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null; then exec "$program" "$@"; fi
exec sudo -n -- env "PATH=$PATH" "KUBECONFIG=$KUBECONFIG" "$program" "$@"
`;
const argvOf = (program: Program, argv: readonly string[]): string[] => ['sh', '-c', PROGRAM, 'sh', program, ...argv];

/** Charts that a cut connection left behind go after two hours. */
const PUT = `
umask 077
find /tmp -maxdepth 1 -name 'xanthus-chart-*' -user "$(id -un)" -mmin +120 -exec rm -rf -- {} + 2>/dev/null
folder=$(mktemp -d /tmp/xanthus-chart-XXXXXXXX) && cat >"$folder/file$1" && printf '%s' "$folder"
`;
const FOLDER = /^\/tmp\/xanthus-chart-[A-Za-z0-9]{8}$/;

const unreachable = (error: SshError): Refusal => new Refusal('CLUSTER.UNREACHABLE', `The server cannot be reached: ${error.message}`, { code: error.code }, error.retryable);

const told = (error: unknown, what: string, timeout_ms: number): unknown => {
  if (!(error instanceof SshError)) return error;
  if (error.code === 'SERVER.TIMEOUT' && error.stage === 'session') return new Refusal('CLUSTER.TIMED_OUT', `${what} did not end within ${Math.round(timeout_ms / 1_000)} s and was stopped.`, undefined, true);
  if (error.code === 'SERVER.CANCELLED' && error.stage === 'session') return new Refusal('CLUSTER.CANCELLED', 'It was cancelled.', undefined, true);
  return unreachable(error);
};

/** One connection a server, for all that is done on it. Reconnects by itself: a method that finds its connection cut fails, the next one has a new one. */
export const sshClusters = (deps: SshClusterDeps): ClusterOf => {
  const facts = new Map<string, ClusterFacts>();
  const made = new Map<string, { readonly at: number; readonly simulated: boolean }>();

  const connectionTo = (tenant: string, server: string, why: ClusterReason): Promise<SshConnection> => {
    const key = `${tenant}.${server}`;
    const now = performance.now();
    if (now - (made.get(key)?.at ?? now) > LONGEST) {
      made.delete(key);
      deps.pool.retire(key);
    }
    return deps.pool.get(key, async () => {
      const { connection, facts: { simulated } } = await reachServer(deps, { tenant, server, purpose: why.reason, actor: why.act });
      made.set(key, { at: performance.now(), simulated });
      // It may be another machine, or another Kubernetes, when it is back.
      void connection.closed.then(() => facts.delete(key));
      return connection;
    }, { idle: IDLE });
  };

  return async (tenant, server, why) => {
    const key = `${tenant}.${server}`;
    const connection = async (): Promise<SshConnection> => {
      const kept = await connectionTo(tenant, server, why);
      return kept.open ? kept : connectionTo(tenant, server, why);
    };
    const first = await connection().catch((error: unknown) => { throw error instanceof SshError ? unreachable(error) : error; });
    const known = facts.get(key) ?? await look(first);
    if (first.open) facts.set(key, known);
    return clusterOver(connection, { ...known, simulated: made.get(key)?.simulated ?? false });
  };
};

/** Are the programs there, and which? One call a connection. @throws Refusal CLUSTER.NO_HELM, CLUSTER.NO_KUBERNETES */
const look = async (connection: SshConnection): Promise<ClusterFacts> => {
  const run = async (program: Program, ...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await connection.exec(argvOf(program, argv), { timeout: 15_000 }).catch((error: unknown) => { throw told(error, program, 15_000); });
    if (code !== 0) throw refusalOf(`${program} version`, stderr);
    return stdout;
  };
  const [kubernetes, helm] = await Promise.all([run('kubectl', 'version', '--output=json', '--request-timeout=10s'), run('helm', 'version', '--short')]);
  return { simulated: false, helm: /v?(\d+\.\d+\.\d+)/.exec(helm)?.[1] ?? '', kubernetes: /"serverVersion"[\s\S]*?"gitVersion":\s*"v?([^"+]+)/.exec(kubernetes)?.[1] ?? '' };
};

const clusterOver = (connection: () => Promise<SshConnection>, facts: ClusterFacts): Cluster => ({
  facts,
  async run(program, argv, { stdin, signal, timeout_ms, onLine }) {
    const [out, err] = onLine ? [lineReader(onLine), lineReader(onLine)] : [];
    try {
      const result = await (await connection()).exec(argvOf(program, argv), { signal, timeout: timeout_ms, maxOutput: MAX_OUTPUT, ...(stdin === undefined ? {} : { stdin }), ...(out && err ? { onStdout: out.push, onStderr: err.push } : {}) });
      // 128 + 9: something on the machine killed it.
      return { code: result.code ?? 137, stdout: result.stdout, stderr: result.stderr, truncated: result.truncated };
    } catch (error) {
      throw told(error, `${program} ${argv[0] ?? ''}`, timeout_ms);
    } finally {
      out?.end();
      err?.end();
    }
  },
  async follow(program, argv, { signal, onData }) {
    try {
      return await (await connection()).follow(argvOf(program, argv), { signal, onData });
    } catch (error) {
      throw told(error, program, 0);
    }
  },
  async putFile(bytes, suffix, signal): Promise<PutFile> {
    if (!/^\.[a-z0-9.]{1,10}$/.test(suffix)) throw new TypeError(`${JSON.stringify(suffix)} is no suffix`);
    const { code, stdout, stderr } = await (await connection()).exec(['sh', '-c', PUT, 'sh', suffix], { stdin: bytes, signal, timeout: 120_000 }).catch((error: unknown) => { throw told(error, 'Sending a file', 120_000); });
    const folder = stdout.trim();
    if (code !== 0 || !FOLDER.test(folder)) throw refusalOf('Sending a file', stderr);
    return {
      path: `${folder}/file${suffix}`,
      // Gone with the machine, or after two hours: nothing else hangs on it.
      remove: async () => { await connection().then(c => c.exec(['rm', '-rf', '--', folder], { timeout: 10_000 })).catch(() => undefined); },
    };
  },
});
