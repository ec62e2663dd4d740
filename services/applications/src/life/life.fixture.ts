/** Applications as if deployed, over an event store in memory and whatever cluster a spec has: what looks at them needs no more. */
import { AggregateCache, handle, MemoryEventStore, MemorySnapshotStore, newId, type CommandContext } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { applicationType, type ApplicationCommand } from '../application/application.decide.js';
import type { ApplicationEvent } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { Cluster, Program, RunOptions } from '../cluster/cluster.js';
import type { SealedRelease } from '../running/ports.js';
import { content, SERVER, TENANT } from '../running/processes.fixture.js';
import { applicationsProjection, type ApplicationRow } from '../views/applications.js';

export interface Deployed { readonly id: string; readonly name: string }
export interface LifeGround {
  readonly on: ApplicationsContext;
  readonly store: MemoryEventStore;
  /** Calls of programs on the cluster, as `kubectl get`. */
  readonly calls: string[];
  /** Every call of the cluster fails with this. */
  broken: Error | undefined;
  deployed(name: string, o?: { readonly host?: string; readonly secrets?: Record<string, string> }): Promise<Deployed>;
  tell(id: string, command: ApplicationCommand): Promise<void>;
  row(id: string): Promise<ApplicationRow>;
  events(id: string): readonly ApplicationEvent[];
  call(id: string): Call;
}

const DIGEST = 'd'.repeat(64);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export const lifeGround = (cluster: () => Cluster): LifeGround => {
  const store = new MemoryEventStore();
  const kept = new Map<string, SealedRelease>();
  const calls: string[] = [];
  const context = (id: string): CommandContext => ({ tenant: TENANT, id, actor: { kind: 'service', id: 'applications' }, now: new Date().toISOString(), command_id: newId(), correlation_id: 'spec' });
  const ground: LifeGround = {
    store, calls, broken: undefined,
    on: {
      store, snapshots: new MemorySnapshotStore(), cache: new AggregateCache(), log: silent as never, now: Date.now, forgotten: new Set<string>(),
      clusterOf: async () => {
        if (ground.broken) throw ground.broken;
        const inner = cluster();
        return { ...inner, run: (program: Program, argv: readonly string[], o: RunOptions) => { calls.push(`${program} ${argv[0] ?? ''}`); return inner.run(program, argv, o); } };
      },
      sealed: { ofRevision: async (_tenant: string, id: string) => kept.get(id) } as never,
    } as unknown as ApplicationsContext,
    async tell(id, command) { await handle(ground.on, applicationType, context(id), command); },
    async deployed(name, { host, secrets = {} } = {}) {
      const [id, deployment] = [newId(), newId()];
      const about = { name, entry: 'notes', entry_name: 'Notes', icon: '', server: SERVER, server_name: 'web-1', zone: null, subdomain: null, host: host ?? null, namespace: name, release_name: name };
      kept.set(id, content({ chart: 'small', version: '1.0.0' }, {}, secrets));
      await ground.tell(id, { type: 'Request', ...about, version: '1.0.0', deployment, plan: newId(), reason: '', updates: { auto: 'none', window: null } });
      await ground.tell(id, { type: 'NoteRelease', deployment, again: null, reason: '', release: { revision: 1, version: '1.0.0', chart_repository: 'local', chart: 'small', chart_version: '1.0.0', entry_digest: DIGEST, sealed: `release-${id}-1`, values_digest: DIGEST, host: host ?? null, zone: null, exposures: [] } });
      await ground.tell(id, { type: 'EndWork', deployment, outcome: 'done', status: 'running', problem: null });
      return { id, name };
    },
    events: id => store.all().filter(e => e.aggregate.id === id) as unknown as ApplicationEvent[],
    async row(id) {
      const view = new Map<string, unknown>();
      for (const event of store.all().filter(e => e.aggregate.id === id)) {
        for (const change of await applicationsProjection.project(event, { get: async key => view.get(key) as never })) {
          if ('value' in change) view.set(change.key, change.value);
          else view.delete(change.key);
        }
      }
      return view.get(`${TENANT}.applications.${id}`) as ApplicationRow;
    },
    call: id => ({ ...context(id), identity: { kind: 'service', id: 'applications', tenant: TENANT }, signal: AbortSignal.timeout(60_000), context: () => context(id) }) as Call,
  };
  return ground;
};
