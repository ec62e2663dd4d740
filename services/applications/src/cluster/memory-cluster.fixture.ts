/**
 * A cluster with Helm in memory, as far as the typed functions ask it: releases with their revisions, objects, pods that are ready or not. It answers as the
 * real programs do (cluster.int.spec holds the functions against those), and fails or is killed where a spec says so.
 * The packed chart of a spec is JSON: {@link MemoryChart}.
 */
import { Refusal } from '@xanthus/kernel';
import type { Cluster, Program, RunOptions, RunResult } from './cluster.js';

/** A chart makes one Deployment, a Service, and with `volume` a StatefulSet with a claim instead. */
export interface MemoryChart { readonly chart: string; readonly version: string; readonly volume?: boolean; /** Objects beside, as `ConfigMap/extra`. */ readonly beside?: readonly string[]; /** Likewise, and Helm is to keep them. */ readonly kept?: readonly string[] }
export const packedChart = (chart: MemoryChart): Uint8Array => Buffer.from(JSON.stringify(chart));

interface Metadata { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string>; generation?: number }
interface Thing { apiVersion: string; kind: string; metadata: Metadata; [field: string]: unknown }
interface Revision { revision: number; status: string; chart: string; app_version: string; description: string; updated: string; things: readonly Thing[] }

export interface MemoryState { readonly things: Map<string, Thing>; readonly releases: Map<string, Revision[]> }
export interface Call { readonly program: Program; /** `helm upgrade`, `kubectl apply`. */ readonly what: string; readonly argv: readonly string[] }
/** `before`: nothing was done; `after`: it was done, the answer is lost; `amid`: half of it was. */
export interface MemoryFault { readonly when: 'before' | 'amid' | 'after'; readonly error: Error }
export interface MemoryClusterOptions { readonly fault?: (call: Call) => MemoryFault | undefined }

const keyOf = (kind: string, namespace: string | undefined, name: string): string => `${kind.toLowerCase().replace(/s$/, '')}/${namespace ?? ''}/${name}`;
const keyOfThing = ({ kind, metadata }: Thing): string => keyOf(kind, metadata.namespace, metadata.name);
const PLURAL: Readonly<Record<string, string>> = { ingresses: 'ingress', persistentvolumeclaims: 'persistentvolumeclaim' };
const singular = (kind: string): string => PLURAL[kind.toLowerCase()] ?? kind.toLowerCase().replace(/([^s])s$/, '$1');
const CLUSTER_WIDE = new Set(['namespace']);
const ok = (stdout: unknown = ''): RunResult => ({ code: 0, stdout: typeof stdout === 'string' ? stdout : JSON.stringify(stdout), stderr: '', truncated: false });
const no = (stderr: string): RunResult => ({ code: 1, stdout: '', stderr, truncated: false });
const option = (argv: readonly string[], name: string): string | undefined => {
  const at = argv.indexOf(name);
  return at >= 0 ? argv[at + 1] : argv.find(a => a.startsWith(`${name}=`))?.slice(name.length + 1);
};

const clone = <T>(value: T): T => structuredClone(value);

export const memoryCluster = ({ fault }: MemoryClusterOptions = {}): Cluster & { readonly state: MemoryState } => {
  const state: MemoryState = { things: new Map(), releases: new Map() };
  const files = new Map<string, Uint8Array>();
  let written = 0;

  const rendered = (argv: readonly string[], { stdin = '' }: RunOptions, release: string, namespace: string): { readonly chart: MemoryChart; readonly values: Record<string, unknown>; readonly things: readonly Thing[] } => {
    const chart = JSON.parse(Buffer.from(files.get(argv.find(a => a.endsWith('.tgz')) ?? '') ?? []).toString('utf8')) as MemoryChart;
    const values = JSON.parse(typeof stdin === 'string' ? stdin : Buffer.from(stdin).toString('utf8')) as Record<string, unknown>;
    const annotations = { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace };
    const thing = (apiVersion: string, kind: string, name: string, more: object = {}): Thing => ({ apiVersion, kind, metadata: { name, namespace, annotations, generation: 1 }, ...more });
    const replicas = typeof values['replicas'] === 'number' ? values['replicas'] : 1;
    const labels = { app: release };
    const spec = { replicas, selector: { matchLabels: labels }, image: `${chart.chart}:${chart.version}`, values: JSON.stringify(values), template: { spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] } } };
    return {
      chart, values,
      things: [
        thing('apps/v1', chart.volume === true ? 'StatefulSet' : 'Deployment', release, { spec: chart.volume === true ? { ...spec, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } : spec }), thing('v1', 'Service', release, { spec: { selector: labels } }),
        ...(chart.beside ?? []).map(one => thing('v1', one.split('/')[0] ?? '', one.split('/')[1] ?? '')),
        ...(chart.kept ?? []).map((one): Thing => ({ apiVersion: 'v1', kind: one.split('/')[0] ?? '', metadata: { name: one.split('/')[1] ?? '', namespace, annotations: { ...annotations, 'helm.sh/resource-policy': 'keep' } } })),
      ],
    };
  };
  const withStatus = (thing: Thing): Thing => {
    if (thing.kind !== 'Deployment' && thing.kind !== 'StatefulSet') return thing;
    const { replicas, values } = thing['spec'] as { replicas: number; values?: string };
    const broken = (JSON.parse(values ?? '{}') as Record<string, unknown>)['broken'] === true;
    return { ...thing, status: { readyReplicas: broken ? 0 : replicas, updatedReplicas: replicas, observedGeneration: thing.metadata.generation ?? 1 } };
  };
  const put = (thing: Thing): void => {
    const key = keyOfThing(thing);
    const before = state.things.get(key);
    state.things.set(key, clone({ ...thing, metadata: { ...thing.metadata, generation: (before?.metadata.generation ?? 0) + 1 } }));
    if (thing.kind === 'StatefulSet') {
      const claim: Thing = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: `data-${thing.metadata.name}-0`, namespace: thing.metadata.namespace ?? '' }, spec: {} };
      if (!state.things.has(keyOfThing(claim))) state.things.set(keyOfThing(claim), claim);
    }
  };
  const settle = (things: readonly Thing[], before: readonly Thing[]): void => {
    for (const old of before) if (!things.some(t => keyOfThing(t) === keyOfThing(old))) state.things.delete(keyOfThing(old));
    for (const thing of things) put(thing);
  };
  const find = (argv: readonly string[]): { readonly key: string; readonly all: Revision[]; readonly release: string; readonly namespace: string } => {
    const namespace = option(argv, '--namespace') ?? '';
    const release = argv[argv[0] === 'get' ? 2 : 1] ?? '';
    return { key: `${namespace}/${release}`, all: state.releases.get(`${namespace}/${release}`) ?? [], release, namespace };
  };
  const isPending = (r: Revision | undefined): boolean => r?.status.startsWith('pending-') === true;

  const helm = (argv: readonly string[], o: RunOptions, amid: Error | undefined): RunResult => {
    const { key, all, release, namespace } = find(argv);
    const missing = no('Error: release: not found');
    const live = (): Revision | undefined => all.findLast(r => r.status === 'deployed');
    /** Writes a revision; a Helm that is killed amid leaves it pending, with its objects half made. */
    const write = (status: 'install' | 'upgrade' | 'rollback', revision: Omit<Revision, 'revision' | 'status' | 'updated'>): RunResult => {
      const before = all.at(-1)?.things ?? [];
      const made: Revision = { ...revision, revision: (all.at(-1)?.revision ?? 0) + 1, status: `pending-${status}`, updated: `${++written}` };
      all.push(made);
      state.releases.set(key, all);
      if (amid) {
        for (const thing of made.things.slice(0, 1)) put(thing);
        throw amid;
      }
      settle(made.things, before);
      if (made.things.some(t => (JSON.parse(((t['spec'] ?? {}) as { values?: string }).values ?? '{}') as Record<string, unknown>)['broken'] === true)) {
        made.status = 'failed';
        return no('Error: UPGRADE FAILED: resource not ready, context deadline exceeded');
      }
      for (const r of all) if (r.status === 'deployed') r.status = 'superseded';
      made.status = 'deployed';
      return ok();
    };
    switch (argv[0]) {
      case 'history': return all.length === 0 ? missing : ok(all.slice(-Number(option(argv, '--max') ?? 20)).map(({ things: _things, ...r }) => r));
      case 'get': return all.length === 0 ? missing : ok(all.find(r => option(argv, '--revision') === undefined ? r === all.at(-1) : r.revision === Number(option(argv, '--revision')))?.things.map(t => JSON.stringify(t)).join('\n---\n') ?? '');
      case 'list': return ok([...state.releases].flatMap(([at, revisions]) => revisions.slice(-1).map(({ things: _things, ...r }) => ({ ...r, revision: String(r.revision), namespace: at.split('/')[0], name: at.split('/')[1] }))));
      case 'upgrade': {
        const { chart, values, things } = rendered(argv, o, release, namespace);
        if (values['invalid'] === true) return no("Error: values don't meet the specifications of the schema(s) in the following chart(s):\nmemory:\n- at '/invalid': not allowed");
        if (!state.things.has(keyOf('namespace', undefined, namespace)) && option(argv, '--dry-run') === undefined) return no(`Error: namespaces "${namespace}" not found`);
        if (argv.some(a => a.startsWith('--dry-run'))) return ok({ manifest: things.map(t => JSON.stringify(t)).join('\n---\n'), hooks: [] });
        if (isPending(all.at(-1))) return no('Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress');
        if (all.length > 0 && !live()) return no(`Error: UPGRADE FAILED: "${release}" has no deployed releases`);
        return write(all.length === 0 ? 'install' : 'upgrade', { chart: `${chart.chart}-${chart.version}`, app_version: chart.version, description: option(argv, '--description') ?? '', things });
      }
      case 'rollback': {
        const to = all.find(r => r.revision === Number(argv[2]));
        return to ? write('rollback', { chart: to.chart, app_version: to.app_version, description: `Rollback to ${to.revision}`, things: clone(to.things) }) : missing;
      }
      case 'uninstall': {
        if (all.length === 0) return missing;
        const things = all.flatMap(r => r.things);
        if (amid) {
          for (const thing of things.slice(0, 1)) state.things.delete(keyOfThing(thing));
          const last = all.at(-1);
          if (last) last.status = 'uninstalling';
          throw amid;
        }
        for (const thing of things) if (thing.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep') state.things.delete(keyOfThing(thing));
        state.releases.delete(key);
        return ok();
      }
      default: throw new Error(`the cluster in memory knows no helm ${argv.join(' ')}`);
    }
  };

  const notFound = (kind: string, name: string): RunResult => no(`Error from server (NotFound): ${kind} "${name}" not found`);
  const kubectl = (argv: readonly string[], { stdin = '' }: RunOptions, amid: Error | undefined): RunResult => {
    const namespace = option(argv, '--namespace');
    const at = (kind: string, name: string): string => keyOf(singular(kind), CLUSTER_WIDE.has(singular(kind)) ? undefined : namespace, name);
    switch (argv[0]) {
      case 'get': {
        const [, kinds = '', name] = argv;
        if (name !== undefined && !name.startsWith('--')) {
          const found = state.things.get(at(kinds, name));
          return found ? ok(withStatus(found)) : notFound(kinds, name);
        }
        const wanted = new Set(kinds.split(',').map(singular));
        return ok({ items: [...state.things.values()].filter(t => wanted.has(t.kind.toLowerCase()) && (namespace === undefined || t.metadata.namespace === namespace)).map(withStatus) });
      }
      case 'apply': {
        const given = JSON.parse(String(stdin)) as Thing | { readonly items: Thing[] };
        // One object by itself is a patch: its keys are set, the others stay.
        const patched = (thing: Thing): Thing => ({ ...state.things.get(keyOfThing(thing)), ...thing, data: { ...state.things.get(keyOfThing(thing))?.['data'] as object, ...thing['data'] as object } });
        const items = 'items' in given ? given.items as Thing[] : [patched(given)];
        for (const thing of amid ? items.slice(0, 1) : items) {
          if (thing.metadata.namespace !== undefined && !state.things.has(keyOf('namespace', undefined, thing.metadata.namespace))) return no(`Error from server (NotFound): namespaces "${thing.metadata.namespace}" not found`);
          put(thing);
        }
        if (amid) throw amid;
        return ok();
      }
      case 'delete': {
        const names = argv.slice(2).filter(a => !a.startsWith('-') && a !== namespace);
        for (const name of amid ? names.slice(0, 1) : names) {
          state.things.delete(at(argv[1] ?? '', name));
          if (singular(argv[1] ?? '') === 'namespace') for (const [key, thing] of state.things) if (thing.metadata.namespace === name) state.things.delete(key);
        }
        if (amid) throw amid;
        return ok();
      }
      case 'scale': case 'rollout': {
        const [kind = '', name = ''] = (argv[0] === 'scale' ? argv[1] : argv[2])?.split('/') ?? [];
        const found = state.things.get(at(kind, name));
        if (!found) return notFound(kind, name);
        const spec = found['spec'] as Record<string, unknown>;
        state.things.set(at(kind, name), { ...found, metadata: { ...found.metadata, generation: (found.metadata.generation ?? 0) + 1 }, spec: { ...spec, ...(argv[0] === 'scale' ? { replicas: Number(option(argv, '--replicas')) } : { restarted: true }) } });
        return ok();
      }
      case 'create': {
        if (argv[1] !== 'token') throw new Error(`the cluster in memory knows no kubectl ${argv.join(' ')}`);
        if (!state.things.has(at('serviceaccount', argv[2] ?? ''))) return no(`error: failed to create token: serviceaccounts "${argv[2] ?? ''}" not found`);
        return ok(`header.${Buffer.from(JSON.stringify({ exp: 1_795_000_000, for: option(argv, '--duration') })).toString('base64url')}.signature\n`);
      }
      default: throw new Error(`the cluster in memory knows no kubectl ${argv.join(' ')}`);
    }
  };

  return {
    state,
    facts: { simulated: true, helm: '4.2.3', kubernetes: '1.36.3' },
    async run(program, argv, o) {
      o.signal.throwIfAborted();
      const plain = argv.filter(a => !a.startsWith('--request-timeout'));
      const found = fault?.({ program, what: `${program} ${plain[0] ?? ''}`, argv: plain });
      if (found?.when === 'before') throw found.error;
      const result = (program === 'helm' ? helm : kubectl)(plain, o, found?.when === 'amid' ? found.error : undefined);
      if (found) throw found.error;
      return result;
    },
    follow: async () => { throw new Refusal('CLUSTER.UNREACHABLE', 'The cluster in memory keeps no logs.'); },
    async putFile(bytes, suffix) {
      const path = `/tmp/memory-${files.size + 1}-${++written}${suffix}`;
      files.set(path, bytes);
      return { path, remove: async () => void files.delete(path) };
    },
  };
};

const withoutRestarts = <T extends { readonly [field: string]: unknown }>(thing: T): T => (typeof thing['spec'] === 'object' && thing['spec'] !== null ? { ...thing, spec: Object.fromEntries(Object.entries(thing['spec']).filter(([key]) => key !== 'restarted')) } : thing);
/** Everything that lies there, in an order: to compare before and after. What counts up by itself is left out. */
export const snapshotOf = ({ things, releases }: MemoryState) => ({
  things: [...things.values()].map(({ metadata: { generation: _generation, ...metadata }, ...thing }) => withoutRestarts({ ...thing, metadata })).toSorted((a, b) => keyOfThing(a as Thing).localeCompare(keyOfThing(b as Thing))),
  releases: [...releases].map(([key, revisions]) => ({ key, status: revisions.at(-1)?.status, things: revisions.at(-1)?.things })).toSorted((a, b) => a.key.localeCompare(b.key)),
});
