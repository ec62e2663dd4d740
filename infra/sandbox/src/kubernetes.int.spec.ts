import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from '@xanthus/ssh';
import type { SshConnection } from '@xanthus/ssh';
import { buildServer, findClients } from '@xanthus/kubernetes-testbed';
import { whyNoCluster } from '@xanthus/kubernetes-testbed/spec';
import { eventually, tempDir } from '@xanthus/testing';
import type { TempDir } from '@xanthus/testing';
import { stringify } from 'yaml';
import { connectTo } from './connect.fixture.js';
import { startSandboxHost, whyNoSandboxes } from './host.js';
import type { SandboxHost } from './host.js';

const why = await whyNoSandboxes() ?? await whyNoCluster();
if (why !== undefined) console.warn(`skipped: ${why}`);

let folder: TempDir;
let host: SandboxHost;
const person = generateKeyPair('ada');
const open: SshConnection[] = [];
const version = 'v1.35.5+k3s1';
const made = async (name: string): Promise<SshConnection> => {
  const runcmd = [`curl -o /opt/k3s.sh https://get.k3s.io && INSTALL_K3S_VERSION=${version} sh /opt/k3s.sh`, 'cd /opt && curl -o helm.tar.gz https://get.helm.sh/helm-v3.19.0-linux-amd64.tar.gz && tar -xzf helm.tar.gz && install -m 755 linux-amd64/helm /usr/local/bin/helm', 'touch /opt/installed'];
  const { id } = await host.create({ name, user_data: `#cloud-config\n${stringify({ ssh_authorized_keys: [person.publicKey], runcmd })}` });
  const ssh = await connectTo(await host.settled(id), person.privateKey, { user: 'root' });
  open.push(ssh);
  await eventually(async () => (await run(ssh, 'ls /opt')).includes('installed'), { every: 100 });
  return ssh;
};
const run = async (ssh: SshConnection, command: string): Promise<string> => {
  const { stdout, stderr } = await ssh.exec(['bash', '-c', command], { timeout: 150_000 });
  return `${stdout}${stderr}`.trim();
};

(why === undefined ? describe : describe.skip)('a sandbox with a Kubernetes', () => {
  beforeAll(async () => {
    folder = await tempDir();
    const { helm } = await findClients(3);
    const { kubectl } = await findClients(4);
    host = await startSandboxHost({ folder: folder.path, delay: 0, kubernetes: { kubernetes: await buildServer(), helm, kubectl, max: 1 } });
  });
  afterAll(async () => {
    for (const connection of open) connection.close();
    await host.stop();
    await folder.remove();
  });

  it('is as a server with K3s: node, Traefik, a chart that becomes ready; the next one says that there are no more', async () => {
    const ssh = await made('web-1');
    expect(await run(ssh, 'k3s --version | head -n 1')).toBe(`k3s version ${version} (sandbox, pods are simulated)`);
    await eventually(async () => (await run(ssh, 'k3s kubectl -n kube-system get deployment traefik -o "jsonpath={.status.readyReplicas}"')) === '1', { every: 200 });
    expect(await run(ssh, 'k3s kubectl get nodes --no-headers')).toMatch(/^web-1\s+Ready/);
    expect(await run(ssh, 'cd /opt && helm create web >/dev/null && helm upgrade --install web web --namespace web --create-namespace --wait --timeout 120s >/dev/null && helm list --all-namespaces --short && KUBECONFIG=/etc/rancher/k3s/k3s.yaml kubectl --namespace web get pods --no-headers')).toMatch(/^web\nweb-\S+\s+1\/1\s+Running/);
    const second = await made('web-2');
    for (const asked of ['helm install web /opt/web', 'kubectl version --output=json']) expect(await run(second, asked)).toContain('not played by a sandbox without a Kubernetes: 1 other sandboxes that run have one');
  });

  it('goes on with what it had after it was switched off', async () => {
    const [first] = host.list();
    if (first === undefined) throw new Error('there is none');
    host.power(first.id, 'reboot');
    const ssh = await connectTo(await host.settled(first.id), person.privateKey, { user: 'root' });
    open.push(ssh);
    await eventually(async () => (await run(ssh, 'kubectl --namespace web get pods --no-headers')).includes('Running'), { every: 200 });
  });
});
