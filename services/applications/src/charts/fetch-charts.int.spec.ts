import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chartArchive } from '@xanthus/deploy/charts';
import { startHelmRepository, type HelmRepositoryEmulator } from '@xanthus/emulators';
import { createSafeFetch, PUBLIC_ONLY, type SafeFetch } from '@xanthus/net';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { renderedOf } from '../catalog/catalog.fixture.js';
import { shippedEntry, valuesText } from '../catalog/index.js';
import type { Charts } from '../running/ports.js';
import { createVersions } from '../versions/index.js';
import { createCharts } from './fetch-charts.js';
import { describeWithHelm, objectsOf, run } from './helm.fixture.js';

/** The charts of others cannot be fetched where tests run: these take the same values to the same ends. */
const INGRESS = (host: string, secret: string, name: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name} }
spec:
  ingressClassName: traefik
  tls: [{ hosts: [${host}], secretName: ${secret} }]
  rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] } }]
`;
const TEMPLATES: Readonly<Record<string, string>> = {
  'argo-cd': `${INGRESS('{{ .Values.server.ingress.hostname | quote }}', '{{ (index .Values.server.ingress.extraTls 0).secretName | quote }}', '{{ .Values.fullnameOverride }}-server')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: argocd-cmd-params-cm }
data: { server.insecure: {{ index .Values.configs.params "server.insecure" | quote }}, tz: {{ (index .Values.global.env 0).value | quote }}, domain: {{ .Values.global.domain | quote }} }
`,
  headlamp: `${INGRESS('{{ (index .Values.ingress.hosts 0).host | quote }}', '{{ (index .Values.ingress.tls 0).secretName | quote }}', '{{ .Values.fullnameOverride }}')}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: {{ .Values.fullnameOverride }} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Values.clusterRoleBinding.clusterRoleName }} }
subjects: [{ kind: ServiceAccount, name: {{ .Values.serviceAccount.name }}, namespace: {{ .Release.Namespace }} }]
`,
  'open-webui': `${INGRESS('{{ .Values.ingress.host | quote }}', '{{ .Values.ingress.existingSecret | quote }}', '{{ .Values.nameOverride }}')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: env }
data: { env: {{ toJson .Values.extraEnvVars | quote }}, size: {{ .Values.persistence.size | quote }}, ollama: {{ kindOf .Values.ollama.enabled | quote }} }
`,
};
const pack = (name: string, version: string): Buffer => chartArchive(name, { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "v9"\n`, 'templates/all.yaml': TEMPLATES[name] ?? '' });

let museum: HelmRepositoryEmulator;
let fetch: SafeFetch;
let charts: Charts;
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'xanthus-museum-'));
beforeAll(async () => {
  museum = await startHelmRepository();
  fetch = createSafeFetch({ policy: { ...PUBLIC_ONLY, configured: [{ host: '127.0.0.1', port: museum.port }] }, redirects: 3 });
});
beforeEach(() => {
  charts = createCharts({ fetch, now: Date.now });
  museum.heal();
  museum.publish(Object.keys(TEMPLATES).map(name => ({ name, version: shippedEntry(name === 'argo-cd' ? 'argocd' : name)?.entry.helm_chart.version ?? '', app_version: 'v9', archive: pack(name, shippedEntry(name === 'argo-cd' ? 'argocd' : name)?.entry.helm_chart.version ?? '') })));
});
afterAll(async () => { await fetch.close(); await museum.stop(); rmSync(folder, { recursive: true, force: true }); });

const moved = (id: string): CatalogEntry => {
  const { entry } = shippedEntry(id) ?? {};
  if (entry === undefined) throw new Error(id);
  return { ...entry, helm_chart: { ...entry.helm_chart, repository: museum.url }, version_source: { ...entry.version_source, source: museum.url } };
};
const ref = (id: string) => { const { repository, chart, version } = moved(id).helm_chart; return { repository, chart, version }; };

await describeWithHelm('entries with charts of others', clients => {
  it.each(['argocd', 'headlamp', 'open-webui'])('%s: version, chart and values come together in helm 3 and 4', async id => {
    const entry = moved(id);
    const { versions, problem } = await createVersions({ fetch, now: Date.now }).of(entry);
    expect([problem, versions.map(v => v.chart_version)]).toEqual([null, [entry.helm_chart.version]]);
    const { bytes, digest } = await charts.get(ref(id), signal);
    expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    const file = join(folder, `${id}.tgz`);
    writeFileSync(file, bytes);
    const { values, release_name, namespace } = renderedOf(entry, { version: versions[0], secret_environment: id === 'open-webui' ? ['OPENAI_API_KEY'] : [], environment: id === 'open-webui' ? { OPENAI_API_BASE_URL: 'https://llm.example.com/v1' } : {}, volume_sizes: id === 'open-webui' ? { data: 8 } : {} });
    const said = await Promise.all([clients[3], clients[4]].map(({ helm }) => run(helm, ['template', release_name, file, '--namespace', namespace, '--values', '-'], { stdin: valuesText(values) })));
    expect(said.map(s => [s.code, s.stderr])).toEqual([[0, ''], [0, '']]);
    const [three, four] = said.map(s => objectsOf(s.stdout));
    expect(three).toEqual(four);
    expect(four?.find(o => o.kind === 'Ingress')?.spec).toMatchObject({ tls: [{ hosts: ['hello.example.com'], secretName: 'example.com-tls' }], rules: [{ host: 'hello.example.com' }] });
    if (id === 'argocd') { expect(namespace).toBe('argocd'); expect(four?.find(o => o.kind === 'ConfigMap')?.data).toEqual({ 'server.insecure': 'true', tz: 'Europe/Berlin', domain: 'hello.example.com' }); }
    if (id === 'headlamp') expect(four?.find(o => o.kind === 'ClusterRoleBinding')).toMatchObject({ roleRef: { name: 'view' }, subjects: [{ name: 'hello-headlamp', namespace: 'hello-headlamp' }] });
    if (id === 'open-webui') {
      const { env, size, ollama } = (four?.find(o => o.metadata.name === 'env')?.data ?? {}) as Record<string, string>;
      expect([size, ollama]).toEqual(['8Gi', 'bool']);
      expect(JSON.parse(env ?? '')).toEqual(expect.arrayContaining([
        { name: 'TZ', value: 'Europe/Berlin' }, { name: 'OPENAI_API_BASE_URL', value: 'https://llm.example.com/v1' }, { name: 'ENABLE_SIGNUP', value: 'true' },
        { name: 'OPENAI_API_KEY', valueFrom: { secretKeyRef: { name: 'hello-open-webui-secrets', key: 'OPENAI_API_KEY' } } },
      ]));
    }
  });
});

describe('charts of repositories', () => {
  it('are fetched once, and refused with another digest, without one, or as something else', async () => {
    await charts.get(ref('headlamp'), signal);
    const asked = museum.seen.length;
    await charts.get(ref('headlamp'), signal);
    expect(museum.seen.length).toBe(asked);
    const fresh = createCharts({ fetch, now: Date.now });
    museum.fault({ path: /\.tgz$/, garbage: 'text' });
    await expect(fresh.get(ref('headlamp'), signal)).rejects.toMatchObject({ code: 'CHART.UNREACHABLE' });
    museum.fault({ path: /\.tgz$/, cut: 'after' });
    await expect(fresh.get(ref('headlamp'), signal)).rejects.toMatchObject({ code: 'CHART.UNREACHABLE', retryable: true });
    museum.fault({ path: /index\.yaml$/, status: 503 });
    await expect(fresh.get(ref('headlamp'), signal)).rejects.toMatchObject({ code: 'CHART.UNREACHABLE' });
    museum.publish([{ name: 'headlamp', version: '0.33.0' }]);
    await expect(fresh.get(ref('headlamp'), signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
    await expect(fresh.get({ ...ref('headlamp'), version: '9.9.9' }, signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND', message: expect.stringContaining('no version 9.9.9') });
    await expect(fresh.get({ ...ref('headlamp'), chart: 'nothing' }, signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
    await expect(fresh.get({ repository: 'https://169.254.169.254', chart: 'a', version: '1.0.0' }, signal)).rejects.toMatchObject({ code: 'CHART.UNREACHABLE' });
  });

  it('of our own are packed here', async () => {
    const { bytes, digest } = await charts.get({ repository: 'local', chart: 'app', version: '1.0.0' }, signal);
    expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    await expect(charts.get({ repository: 'local', chart: 'nothing', version: '1.0.0' }, signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
    await expect(charts.get({ repository: 'local', chart: 'app', version: '2.0.0' }, signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
  });
});

describe('charts in registries', () => {
  const archive = pack('headlamp', '0.33.0');
  const digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
  let registry: Server;
  let secure: SafeFetch;
  let broken = false;
  /** Asks for a token first, and sends blobs elsewhere, as the ones of GitHub and Docker do. */
  beforeAll(async () => {
    registry = createServer((request, response) => {
      const { url = '', headers } = request;
      const base = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
      if (url.startsWith('/token')) { response.end(JSON.stringify({ token: url.includes('scope=repository%3Acharts%2Fheadlamp%3Apull') ? 't0ken' : 'wrong' })); return; }
      if (url === '/elsewhere') { response.end(headers.authorization === undefined && !broken ? archive : 'no chart'); return; }
      if (headers.authorization !== 'Bearer t0ken') { response.writeHead(401, { 'www-authenticate': `Bearer realm="${base}/token",service="registry",scope="repository:charts/headlamp:pull"` }).end(); return; }
      if (url === '/v2/charts/headlamp/manifests/0.33.0_build.1') response.end(JSON.stringify({ schemaVersion: 2, layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest, size: archive.length }] }));
      else if (url === `/v2/charts/headlamp/blobs/${digest}`) response.writeHead(307, { location: `http://localhost:${(registry.address() as AddressInfo).port}/elsewhere` }).end();
      else response.writeHead(404).end('{}');
    });
    await new Promise<void>(done => { registry.listen(0, '127.0.0.1', done); });
    const inner = createSafeFetch({ policy: { allow: ['loopback'] }, redirects: 3 });
    // A registry is spoken to with TLS only; the one of this spec has none.
    secure = Object.assign((url: string | URL, init?: RequestInit) => inner(String(url).replace(/^https:/, 'http:'), init), { close: () => inner.close() });
    charts = createCharts({ fetch: secure, now: Date.now });
  });
  afterAll(async () => { await secure.close(); await new Promise<void>(done => { registry.close(() => done()); registry.closeAllConnections(); }); });

  it('are fetched with a token for anybody, and held against their digest', async () => {
    const repository = `oci://127.0.0.1:${(registry.address() as AddressInfo).port}/charts`;
    const from = createCharts({ fetch: secure, now: Date.now });
    expect(Buffer.from((await from.get({ repository, chart: 'headlamp', version: '0.33.0+build.1' }, signal)).bytes).equals(archive)).toBe(true);
    await expect(from.get({ repository, chart: 'headlamp', version: '1.0.0' }, signal)).rejects.toMatchObject({ code: 'CHART.NOT_FOUND' });
    broken = true;
    await expect(createCharts({ fetch: secure, now: Date.now }).get({ repository, chart: 'headlamp', version: '0.33.0+build.1' }, signal)).rejects.toMatchObject({ code: 'CHART.UNREACHABLE' });
  });
});
