import type { NatsConnection } from '@nats-io/transport-node';
import { watchViewBucket, type Stoppable } from '@xanthus/jetstream';
import { parseViewKey, type DataOf } from '@xanthus/proto';
import { forwardsView } from '@xanthus/proto/terminals';

export type ForwardRow = DataOf<typeof forwardsView> & { readonly tenant: string };

/** Open forwards, followed from the view of the terminals service. */
export class ForwardRows {
  private readonly byKey = new Map<string, ForwardRow>();
  private readonly byLabel = new Map<string, ForwardRow>();
  private readonly listeners = new Set<() => void>();
  private seen: Set<string> | undefined;
  private watch: Stoppable | undefined;

  static async start(nc: NatsConnection): Promise<ForwardRows> {
    const rows = new ForwardRows();
    rows.watch = await watchViewBucket(nc, 'terminals', {
      filters: ['*.forwards.*'],
      onEntry: entry => rows.entry(entry.key, entry.kind === 'put' ? (entry.value as { data?: unknown } | null)?.data : undefined),
      onSync: () => rows.synced(),
      onReset: () => { rows.seen = new Set(); },
    });
    return rows;
  }

  labelled(label: string): ForwardRow | undefined {
    return this.byLabel.get(label);
  }
  get(tenant: string, id: string): ForwardRow | undefined {
    return this.byKey.get(`${tenant}.forwards.${id}`);
  }
  /** The view is a moment behind a command: waits for one that was opened just now. */
  async find(tenant: string, id: string, patienceMs: number): Promise<ForwardRow | undefined> {
    return this.get(tenant, id) ?? await new Promise((resolve) => {
      const done = (row: ForwardRow | undefined): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(row);
      };
      const look = (): void => {
        const row = this.get(tenant, id);
        if (row !== undefined) done(row);
      };
      const timer = setTimeout(() => done(undefined), patienceMs);
      this.listeners.add(look);
    });
  }
  /** Called after every change. */
  onChange(fn: () => void): void {
    this.listeners.add(fn);
  }
  async stop(): Promise<void> {
    await this.watch?.stop();
    this.listeners.clear();
  }

  private entry(key: string, data: unknown): void {
    const place = parseViewKey(key);
    const row = data === undefined ? undefined : forwardsView.data.safeParse(data);
    this.forget(key);
    if (place !== undefined && row?.success === true) {
      this.seen?.add(key);
      const kept = { ...row.data, tenant: place.tenant };
      this.byKey.set(key, kept);
      this.byLabel.set(kept.label, kept);
    }
    this.tell();
  }
  private forget(key: string): void {
    const known = this.byKey.get(key);
    if (known === undefined) return;
    this.byKey.delete(key);
    this.byLabel.delete(known.label);
  }
  /** What was not told since a reset has gone. */
  private synced(): void {
    const { seen } = this;
    this.seen = undefined;
    if (seen !== undefined) for (const key of this.byKey.keys()) if (!seen.has(key)) this.forget(key);
    this.tell();
  }
  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
