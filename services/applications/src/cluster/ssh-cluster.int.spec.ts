/** A server's Kubernetes over a real sshd, let in by a real vps: applications never holds a key, and what vps takes back counts at once. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsConnection, SubscriptionOptions } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { findClients } from '@xanthus/kubernetes-testbed';
import { describeWithCluster } from '@xanthus/kubernetes-testbed/spec';
import { ask, IdentitySigner, type RunningService, type ServiceKey } from '@xanthus/nest';
import { adoptServer, connectServer, deleteServer, signForServer } from '@xanthus/proto/vps';
import { createSshPool, type SshPool } from '@xanthus/ssh';
import { eventually, startSshd, tempDir, type TempDir, type TestSshd } from '@xanthus/testing';
import { startVps } from '@xanthus/vps';
import { startTestGround, TENANT, type TestGround } from '@xanthus/vps/testing';
import type { ClusterOf } from './cluster.js';
import { helmList } from './helm.js';
import { sshClusters } from './ssh-cluster.js';

const { signal } = new AbortController();
const limits = { signal, timeout_ms: 150_000 };
const WHY = { reason: 'a spec' };

/** Says what it was called with; `version` as the real ones do; `get secrets` writes a megabyte, `wait` hangs. */
const PROGRAM = `#!/bin/sh
case "$1" in
  version) if [ "$(basename "$0")" = helm ]; then echo v4.2.3+g1; else echo '{"serverVersion":{"gitVersion":"v1.36.3+k3s1"}}'; fi ;;
  cat) cat ;;
  wait) echo waiting; sleep 600 ;;
  noise) head -c 1048576 /dev/zero | tr '\\0' x; echo; echo done >&2 ;;
  *) printf '%s\\0' "$@"; printf '%s' "$KUBECONFIG" >&2 ;;
esac
`;

let ground: TestGround;
let vps: RunningService;
let sshd: TestSshd;
let folder: TempDir;
let nc: NatsConnection;
let signer: IdentitySigner;
let pool: SshPool;
let clusterOf: ClusterOf;
let id: string;
/** Everything that came back to applications. */
const answers: string[] = [];

const adopt = async (name: string, more: object = {}): Promise<string> =>
  (await ground.asOwner(adoptServer, { input: { name, host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint, ...more } })).id;
const granted = async (server: string): Promise<{ readonly actor: unknown; readonly data: unknown }[]> => {
  const found: { type: string; actor: unknown; data: unknown }[] = [];
  for (let seq = 1; ;) {
    const m = await (await ground.as('vps')).request('$JS.API.DIRECT.GET.VPS', JSON.stringify({ next_by_subj: `evt.${TENANT}.vps.server.${server}`, seq }));
    if (m.headers?.code === 404 || m.data.length === 0) return found.filter(e => e.type === 'ServerAccessGranted');
    found.push(m.json());
    seq = Number(m.headers?.get('Nats-Sequence')) + 1;
  }
};
const recording = (inner: NatsConnection): NatsConnection => new Proxy(inner, {
  get: (target, name) => (name !== 'subscribe' ? Reflect.get(target, name) as unknown : (subject: string, options: SubscriptionOptions = {}) => target.subscribe(subject, {
    ...options,
    callback: (error, message) => {
      if (error === null) answers.push(message.string());
      options.callback?.(error, message);
    },
  })),
});

beforeAll(async () => {
  folder = await tempDir('xanthus-ssh-cluster-');
  for (const name of ['helm', 'kubectl']) {
    await writeFile(join(folder.path, name), PROGRAM);
    await chmod(join(folder.path, name), 0o755);
  }
  [sshd, ground] = await Promise.all([startSshd({ env: { PATH: `${folder.path}:${process.env['PATH'] ?? ''}`, KUBECONFIG: '/etc/rancher/k3s/k3s.yaml' } }), startTestGround()]);
  vps = await startVps({ ...ground.env('vps'), XANTHUS_SSH_ALLOW: 'loopback' });
  nc = recording(await ground.as('applications'));
  signer = new IdentitySigner({ service: 'applications', key: JSON.parse(await readFile(ground.env('applications')['XANTHUS_SERVICE_KEY_FILE'] ?? '', 'utf8')) as ServiceKey });
  pool = createSshPool();
  clusterOf = sshClusters({ nc, signer, pool, log: { debug: () => undefined, warn: () => undefined }, addresses: () => ({ allow: ['loopback'] }) });
  id = await adopt('web-1');
});
afterAll(async () => {
  pool?.close();
  await vps?.stop();
  await ground?.stop();
  await sshd?.stop();
  await folder?.remove();
});

describe('a cluster over SSH', () => {
  it('runs programs byte for byte over one connection, which is one event', async () => {
    const cluster = await clusterOf(TENANT, id, { ...WHY, act: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd' } });
    expect(cluster.facts).toEqual({ simulated: false, helm: '4.2.3', kubernetes: '1.36.3' });
    const argv = ['get', '$(id)', '`id`', '; exit 3', '--', '-n', 'two\nlines', 'é😀'];
    const said = await cluster.run('helm', argv, limits);
    expect([said.stdout.split('\0').slice(0, -1), said.stderr, said.code]).toEqual([argv, '/etc/rancher/k3s/k3s.yaml', 0]);
    expect((await cluster.run('kubectl', ['cat'], { ...limits, stdin: 'kind: Secret' })).stdout).toBe('kind: Secret');
    const lines: string[] = [];
    const loud = await cluster.run('kubectl', ['noise'], { ...limits, onLine: line => void lines.push(line) });
    expect([loud.stdout.length, loud.truncated, lines.length, lines.at(-1)]).toEqual([1_048_577, false, 2, expect.any(String)]);
    expect((await (await clusterOf(TENANT, id, WHY)).run('helm', ['list'], limits)).code).toBe(0);
    expect(await granted(id)).toEqual([expect.objectContaining({ actor: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd', via: 'applications' }, data: { service: 'applications', purpose: 'a spec', user: sshd.user, fingerprint: sshd.hostKey.fingerprint } })]);
  });

  it('sees no private key, whatever it asks', () => {
    const body = sshd.privateKey.split('\n').filter(line => !line.startsWith('-----') && line.length > 20);
    expect(answers.length).toBeGreaterThan(1);
    for (const secret of ['PRIVATE KEY', ...body]) expect(answers.filter(a => a.includes(secret))).toEqual([]);
  });

  it('ends what takes too long and what is not wanted any more', async () => {
    const cluster = await clusterOf(TENANT, id, WHY);
    await expect(cluster.run('helm', ['wait'], { signal, timeout_ms: 300 })).rejects.toMatchObject({ code: 'CLUSTER.TIMED_OUT' });
    const over = new AbortController();
    await expect(cluster.run('helm', ['wait'], { signal: over.signal, timeout_ms: 60_000, onLine: () => over.abort() })).rejects.toMatchObject({ code: 'CLUSTER.CANCELLED' });
    const following = new AbortController();
    await expect(cluster.follow('kubectl', ['wait'], { signal: following.signal, onData: () => following.abort() })).resolves.toMatchObject({ code: null });
  });

  it('puts a file where only its user reads it, and takes it away', async () => {
    const cluster = await clusterOf(TENANT, id, WHY);
    const put = await cluster.putFile(Buffer.from([0, 255, 10, 13]), '.tgz', signal);
    expect([...await readFile(put.path)]).toEqual([0, 255, 10, 13]);
    await put.remove();
    await expect(readdir(join(put.path, '..'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(cluster.putFile(Buffer.from(''), '.tgz; id', signal)).rejects.toThrow(TypeError);
  });

  it('comes back by itself after the connection was cut', async () => {
    const cluster = await clusterOf(TENANT, id, WHY);
    const cut = cluster.run('helm', ['wait'], { signal, timeout_ms: 60_000, onLine: () => void sshd.dropConnections() });
    await expect(cut).rejects.toMatchObject({ code: 'CLUSTER.UNREACHABLE', retryable: true });
    expect((await (await clusterOf(TENANT, id, WHY)).run('helm', ['list'], limits)).code).toBe(0);
    expect(await granted(id)).toHaveLength(2);
  });

  it('goes through a machine in front, which signs for itself', async () => {
    const behind = await adopt('web-2', { jump: { host: '127.0.0.1', port: sshd.port, user: sshd.user, auth: { private_key: sshd.privateKey }, host_key: sshd.hostKey.fingerprint } });
    expect((await (await clusterOf(TENANT, behind, WHY)).run('helm', ['list'], limits)).code).toBe(0);
  });

  it('says what is missing on the server', async () => {
    await mkdir(join(folder.path, 'away'));
    const { rename } = await import('node:fs/promises');
    await rename(join(folder.path, 'helm'), join(folder.path, 'away', 'helm'));
    pool.drop(`${TENANT}.${id}`);
    await eventually(async () => await clusterOf(TENANT, id, WHY).then(() => undefined, (error: unknown) => (error instanceof Refusal && error.code === 'CLUSTER.NO_HELM' ? error : undefined)), { every: 50 });
    await rename(join(folder.path, 'away', 'helm'), join(folder.path, 'helm'));
  });
});

describe('what vps lets nobody do', () => {
  it('a person, whatever their rights', async () => {
    await expect(ground.asOwner(connectServer, { id, input: { purpose: 'curious' } })).rejects.toMatchObject({ code: 'DENIED' });
    await expect(ground.asOwner(signForServer, { id, input: { data: 'AAAAIA==' } })).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('another tenant\'s server, or a service that the table does not name', async () => {
    await expect(clusterOf('other', id, WHY)).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
    const dns = new IdentitySigner({ service: 'dns', key: JSON.parse(await readFile(ground.env('dns')['XANTHUS_SERVICE_KEY_FILE'] ?? '', 'utf8')) as ServiceKey });
    await expect(ask(nc, dns, connectServer, { tenant: TENANT, id, input: { purpose: 'curious' } })).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('signs anything but a log-in of that user with that key', async () => {
    const { target } = await ask(nc, signer, connectServer, { tenant: TENANT, id, input: { purpose: 'look' } });
    const field = (value: Buffer | string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, Buffer.byteLength(value)]), Buffer.from(value as string)]);
    const request = (user: string, key: Buffer): string => Buffer.concat([field(Buffer.alloc(32)), Buffer.from([50]), field(user), field('ssh-connection'), field('publickey'), Buffer.from([1]), field('ssh-ed25519'), field(key)]).toString('base64');
    const key = Buffer.from(target.public_key.split(' ')[1] ?? '', 'base64');
    await expect(ask(nc, signer, signForServer, { tenant: TENANT, id, input: { data: request(target.user, key) } })).resolves.toMatchObject({ signature: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/) });
    for (const data of [request('somebody', key), request(target.user, Buffer.from('other')), Buffer.from('a certificate, say').toString('base64'), 'AAAA']) await expect(ask(nc, signer, signForServer, { tenant: TENANT, id, input: { data } })).rejects.toMatchObject({ code: 'SERVER.NOT_A_LOGIN' });
    await expect(ask(nc, signer, signForServer, { tenant: TENANT, id, input: { on: 'jump', data: request(target.user, key) } })).rejects.toMatchObject({ code: 'SERVER.NOT_A_LOGIN' });
  });
});

await describeWithCluster('a real Kubernetes behind SSH', (bed) => {
  it('is asked by the same functions', async () => {
    const { helm } = await findClients(4);
    const real = await startSshd({ env: { PATH: `${join(helm, '..')}:${process.env['PATH'] ?? ''}`, KUBECONFIG: bed().kubeconfig } });
    const server = (await ground.asOwner(adoptServer, { input: { name: 'web-3', host: '127.0.0.1', port: real.port, user: real.user, auth: { private_key: real.privateKey }, host_key: real.hostKey.fingerprint } })).id;
    const cluster = await clusterOf(TENANT, server, WHY);
    expect(cluster.facts).toMatchObject({ helm: '4.2.3', kubernetes: '1.36.3' });
    expect(await helmList(cluster, limits)).toEqual([]);
    pool.drop(`${TENANT}.${server}`);
    await real.stop();
  });
});

describe('a server that is taken back', () => {
  it('shows another key: nothing is sent to it', async () => {
    await sshd.swapHostKey();
    await expect(clusterOf(TENANT, id, WHY)).rejects.toMatchObject({ code: expect.stringMatching(/^(?:CLUSTER\.UNREACHABLE|SERVER\.BLOCKED)$/), message: expect.stringMatching(/host key/i) });
  });

  it('is not reached any more once it is removed', async () => {
    await ground.asOwner(deleteServer, { id, input: {} });
    await expect(clusterOf(TENANT, id, WHY)).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
    await expect(ask(nc, signer, signForServer, { tenant: TENANT, id, input: { data: 'AAAAIA==' } })).rejects.toMatchObject({ code: 'SERVER.NOT_FOUND' });
  });
});
