/** A small chart, packed by the real Helm, for specs of what is done to clusters. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from './cluster.js';
import { helmStatus, upgradeRelease, type HelmRevision, type Install } from './helm.js';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {app: {{ .Release.Name }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations: {xanthus/log: {{ .Values.log | quote }}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: {{ .Values.image }}
          resources: {requests: {cpu: 100m, memory: 64Mi}}
{{- if .Values.volume }}
          volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: {{ .Release.Name }}-data}}]
{{- end }}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data: {title: {{ required "a title" .Values.title | quote }}}
{{- if .Values.volume }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}-data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
{{- end }}
`;
const SCHEMA = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { replicas: { type: 'integer' } } };
const VALUES = 'replicas: 1\nimage: example.com/app:1\ntitle: Hello\nlog: started\nvolume: false\n';

/** Answers the packed chart's bytes. */
export const packChart = async (folder: string, helm: string, version = '1.0.0'): Promise<Buffer> => {
  const chart = join(folder, `small-${version}`, 'small');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), `apiVersion: v2\nname: small\nversion: ${version}\nappVersion: "1"\n`);
  await writeFile(join(chart, 'values.yaml'), VALUES);
  await writeFile(join(chart, 'values.schema.json'), JSON.stringify(SCHEMA));
  await writeFile(join(chart, 'templates', 'all.yaml'), DEPLOYMENT);
  await promisify(execFile)(helm, ['package', chart, '--destination', folder], { env: { PATH: process.env['PATH'], HOME: folder } });
  return readFile(join(folder, `small-${version}.tgz`));
};

/** Installs or upgrades, and answers what there is then. */
export const upgradeInstall = async (cluster: Cluster, install: Install, o: { readonly signal: AbortSignal }): Promise<HelmRevision | null> => {
  await upgradeRelease(cluster, install, o);
  return helmStatus(cluster, install, { ...o, timeout_ms: 90_000 });
};
