/** Addresses of further ports: a Service and an Ingress in the cluster, and a record that leads there. */
import { Refusal } from '@xanthus/kernel';
import type { MadeObject, Release } from '@xanthus/proto/applications';
import { z } from 'zod';
import { hostOf, tlsSecretOf } from '../catalog/index.js';
import { inventory } from '../cluster/inventory.js';
import { applyObjects, deleteObjects, getObject, type KubernetesObject } from '../cluster/objects.js';
import { current, limits, ownerOf, releaseBefore, whoseOf, type StepContext, type StepDone } from './step.js';

export type Exposure = Release['exposures'][number];
/** `ref` of objects that are not of the chart. */
export const EXPOSED = 'exposed';

/** What has addresses once this work is done. */
export const wantedExposures = async (context: StepContext): Promise<readonly Exposure[]> => {
  const { deployment: { kind, with: more }, plan, ports, tenant, application } = context;
  const now = releaseBefore(context)?.exposures ?? current(application)?.exposures ?? [];
  switch (kind) {
    case 'expose': {
      if (plan?.zone == null || plan.port === null || plan.subdomain === null) return now;
      const host = hostOf(plan.subdomain, (await ports.dns.zone(tenant, plan.zone)).name);
      return [...now.filter(e => e.host !== host), { port: plan.port, host, zone: plan.zone }];
    }
    case 'unexpose': return now.filter(e => e.host !== more['host']);
    case 'rollback': return application.releases.find(r => r.revision === plan?.revision)?.exposures ?? now;
    default: return now;
  }
};
export const exposuresBefore = (context: StepContext): readonly Exposure[] => releaseBefore(context)?.exposures ?? [];

const selecting = z.looseObject({ spec: z.looseObject({ selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }), template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({ ports: z.array(z.looseObject({ containerPort: z.int() })).default([]) })).default([]) }) }) }) });
/** Labels of the pods that listen to a port: the workload that names it, else the only one, else the one that is called as the release is. */
const podsWith = async (context: StepContext, port: number): Promise<Record<string, string>> => {
  const cluster = await context.cluster();
  const { namespace, release_name } = context.application;
  const { workloads } = await inventory(cluster, whoseOf(context), limits(context));
  const found = [];
  for (const { workload } of workloads) {
    const [kind = '', name = ''] = workload.split('/');
    const object = selecting.safeParse(await getObject(cluster, { kind, name, namespace }, limits(context)));
    if (object.success) found.push({ name, labels: object.data.spec.selector.matchLabels, ports: object.data.spec.template.spec.containers.flatMap(c => c.ports.map(p => p.containerPort)) });
  }
  const chosen = found.find(w => w.ports.includes(port)) ?? (found.length === 1 ? found[0] : undefined) ?? found.find(w => w.name === release_name);
  if (!chosen) throw new Refusal('APPLICATION.WORKLOAD_UNKNOWN', `Nothing of it says that it listens to port ${port}. Choose a port that one of its containers names.`);
  return chosen.labels;
};

const nameOf = (release: string, port: number): string => `${release.slice(0, 50)}-port-${port}`;
const objectsOf = (context: StepContext, { port }: Pick<Exposure, 'port'>): readonly MadeObject[] => ['Ingress', 'Service'].map(kind => ({ sort: 'object' as const, kind, namespace: context.application.namespace, name: nameOf(context.application.release_name, port), ref: EXPOSED }));
const exposureObjects = (at: { readonly release: string; readonly namespace: string; readonly labels: Record<string, string>; readonly zone_name: string } & Pick<Exposure, 'port' | 'host'>): readonly KubernetesObject[] => {
  const metadata = { name: nameOf(at.release, at.port), namespace: at.namespace };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: at.labels, ports: [{ name: 'http', port: 80, targetPort: at.port }] } },
    {
      apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { ...metadata, annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure', 'traefik.ingress.kubernetes.io/router.tls': 'true' } },
      spec: { ingressClassName: 'traefik', tls: [{ hosts: [at.host], secretName: tlsSecretOf(at.zone_name) }], rules: [{ host: at.host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: metadata.name, port: { name: 'http' } } } }] } }] },
    },
  ];
};

export const applyExposures = async (context: StepContext, exposures: readonly Exposure[]): Promise<StepDone> => {
  const { release_name: release, namespace } = context.application;
  const made: MadeObject[] = [];
  for (const exposure of exposures) {
    const zone_name = (await context.ports.dns.zone(context.tenant, exposure.zone)).name;
    await applyObjects(await context.cluster(), exposureObjects({ release, namespace, labels: await podsWith(context, exposure.port), zone_name, ...exposure }), ownerOf(context), limits(context));
    made.push(...objectsOf(context, exposure));
  }
  return { made };
};
/** `but`: ports that another address still leads to. */
export const removeExposures = async (context: StepContext, exposures: readonly Exposure[], but: readonly Exposure[]): Promise<StepDone> => {
  const gone = exposures.filter(e => !but.some(b => b.port === e.port)).flatMap(e => objectsOf(context, e));
  await deleteObjects(await context.cluster(), gone.map(({ kind, name, namespace }) => ({ kind, name, namespace: namespace ?? undefined })), limits(context));
  return { gone };
};
export const without = (all: readonly Exposure[], those: readonly Exposure[]): readonly Exposure[] => all.filter(e => !those.some(t => t.host === e.host && t.port === e.port));
