import { handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { readKubeconfig as contract } from '@xanthus/proto/vps';
import { parseDocument, stringify } from 'yaml';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';
import { asRoot, checkAllowed, onServer } from './host.js';

const FILE = '/etc/rancher/k3s/k3s.yaml';
const NONE = 'There is no kubeconfig of K3s on the server. Install K3s first, or wait until it has started.';

interface Given { readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, unknown>> }[]; readonly users?: readonly { readonly user?: Readonly<Record<string, unknown>> }[] }
const BASE64 = /^[A-Za-z0-9+/=\s]{1,32768}$/;

/**
 * Made anew from the certificates in it: K3s writes its own loopback address, in its place stands the address that the server is reached at; and a machine that was taken over
 * could name a program that kubectl runs for a log-in (`exec`), which must not come through. @throws Refusal SERVER.NO_KUBECONFIG
 */
export const forOutside = (yaml: string, host: string, name: string): { readonly text: string; readonly server: string } => {
  const unreadable = (): Refusal => new Refusal('SERVER.NO_KUBECONFIG', 'What the server has as its kubeconfig cannot be read.');
  const document = parseDocument(yaml);
  if (document.errors.length > 0) throw unreadable();
  const given = document.toJS({ maxAliasCount: 0 }) as Given | null;
  const cluster = given?.clusters?.[0]?.cluster;
  const user = given?.users?.[0]?.user;
  const data = (from: Readonly<Record<string, unknown>> | undefined, field: string): string => {
    const value = from?.[field];
    if (typeof value !== 'string' || !BASE64.test(value)) throw unreadable();
    return value.trim();
  };
  const address = cluster?.['server'];
  if (typeof address !== 'string' || !URL.canParse(address)) throw unreadable();
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${new URL(address).port || '6443'}`;
  const text = stringify({
    apiVersion: 'v1', kind: 'Config',
    clusters: [{ name, cluster: { 'certificate-authority-data': data(cluster, 'certificate-authority-data'), server } }],
    users: [{ name, user: { 'client-certificate-data': data(user, 'client-certificate-data'), 'client-key-data': data(user, 'client-key-data') } }],
    contexts: [{ name, context: { cluster: name, user: name } }], 'current-context': name,
  }, { lineWidth: 0 });
  return { text, server };
};

/** Read first, then recorded, then handed out: nobody gets it without an event, and a failure to read leaves none. */
export const readKubeconfig = async (vps: VpsContext, call: Call): Promise<OutputOf<typeof contract>> => {
  const { machine } = await checkAllowed(vps, call, 'read-kubeconfig');
  const given = await onServer(vps, call, async (connection) => {
    const { code, stdout } = await connection.exec(asRoot('cat', '--', FILE), { signal: call.signal, maxOutput: 64 * 1024 });
    if (code !== 0 || stdout.trim() === '') throw new Refusal('SERVER.NO_KUBECONFIG', NONE);
    return stdout;
  });
  const { text, server } = forOutside(given, machine.host, machine.name);
  const written = writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'KubeconfigRead', data: {} } }));
  return { ...written, kubeconfig: text, server };
};
