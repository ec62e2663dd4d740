import type { NatsConnection } from '@nats-io/transport-node';
import { watchViewBucket, type BucketEntry, type Stoppable } from '@xanthus/jetstream';
import { allows, parseViewKey, type CapabilityDocument, type CapabilityRequest } from '@xanthus/proto';
import { capabilitiesView } from '@xanthus/proto/auth';
import type { Logger } from './logger.js';

export interface PrincipalDocument extends CapabilityDocument {
  /** Of the key in auth's bucket: which of two documents is the newer one. */
  readonly revision: number;
  readonly principal: { readonly kind: 'person' | 'credential'; readonly id: string; readonly role: string; readonly nkey?: string | undefined };
}
export interface CapabilityChange { readonly tenant: string; readonly principal: string; /** Absent: every right is gone. */ readonly document?: PrincipalDocument }

/** Auth's projector writes its position every 2 s; five missed in a row and nobody can say who may do what. */
const HEARTBEAT_LIMIT = 10_000;
/** Whoever opens its doors before it has everybody's rights turns the first callers away: so long a start waits for them, ms, then it goes on and says that it is not ready. */
const SYNC_LIMIT = 5_000;
/** Key under which auth's projector keeps its position. */
const POSITION = '_pos';

interface Known { readonly tenant: string; readonly principal: string; readonly document: PrincipalDocument }

/** Everybody's rights, followed from auth's bucket. No document, no right; not current, no right. */
export class CapabilityMirror {
  private readonly documents = new Map<string, Known>();
  private readonly nkeys = new Map<string, string>();
  private readonly listeners = new Set<(change: CapabilityChange) => void>();
  /** Keys seen since a reset; those that are missing at the next sync have gone. */
  private seen: Set<string> | undefined = new Set();
  private lastSign = Number.NEGATIVE_INFINITY;
  private watch: Stoppable | undefined;

  /** @internal A mirror that is fed by hand; `start` is the way in. */
  constructor(private readonly log: Pick<Logger, 'warn'>, private readonly now: () => number = () => performance.now()) {}

  static async start(nc: NatsConnection, log: Pick<Logger, 'warn'>): Promise<CapabilityMirror> {
    const mirror = new CapabilityMirror(log);
    mirror.watch = await watchViewBucket(nc, 'auth', {
      filters: ['*.capabilities.*', POSITION],
      onEntry: entry => mirror.accept(entry),
      onSync: () => mirror.synced(),
      onReset: () => mirror.reset(),
      syncWithin: SYNC_LIMIT,
    });
    return mirror;
  }

  allows(tenant: string, principal: string, request: CapabilityRequest): boolean {
    const document = this.document(tenant, principal);
    return document !== undefined && this.current() && allows(document, request);
  }

  document(tenant: string, principal: string): PrincipalDocument | undefined {
    return this.documents.get(`${tenant}.capabilities.${principal}`)?.document;
  }

  /** Resolves when somebody's document is known, so many ms later at the latest: one that was made a moment ago may be on its way. */
  arrival(tenant: string, principal: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const stop = this.onChange(change => change.tenant === tenant && change.principal === principal && change.document !== undefined && done());
      if (this.document(tenant, principal) !== undefined) done();
    });
  }

  /** The credential of a tenant that has this NATS user key. */
  byNkey(tenant: string, nkey: string): PrincipalDocument | undefined {
    const key = this.nkeys.get(`${tenant}.${nkey}`);
    return key === undefined ? undefined : this.documents.get(key)?.document;
  }

  /** Complete, and auth's projector gave a sign of life within 10 s. */
  current(): boolean {
    return this.seen === undefined && this.now() - this.lastSign < HEARTBEAT_LIMIT;
  }

  /** Since auth's projector last gave a sign of life, ms. */
  age(): number {
    return this.now() - this.lastSign;
  }

  /** Called for every change, with the document or without it; returns how to stop. After a reset it is called for each principal that vanished. */
  onChange(fn: (change: CapabilityChange) => void): () => void {
    this.listeners.add(fn);
    return () => void this.listeners.delete(fn);
  }

  async stop(): Promise<void> {
    await this.watch?.stop();
    this.listeners.clear();
  }

  /** @internal */
  accept(entry: BucketEntry): void {
    if (entry.key.startsWith('_')) {
      // What lay in the bucket when we came may be a sign of long ago; what comes later is one of now, whatever the clocks say.
      const age = this.seen === undefined ? 0 : Date.now() - Date.parse(entry.time);
      this.lastSign = this.now() - (Number.isFinite(age) ? Math.max(age, 0) : 0);
      return;
    }
    const key = parseViewKey(entry.key);
    if (key === undefined || key.view !== 'capabilities') return;
    const document = entry.kind === 'put' ? this.read(entry) : undefined;
    // A document that cannot be read gives no right: it is taken for a deleted one.
    if (document === undefined || document.principal.id !== key.id) return this.remove(entry.key, key.tenant, key.id);
    this.seen?.add(entry.key);
    this.forgetNkey(entry.key);
    this.documents.set(entry.key, { tenant: key.tenant, principal: key.id, document });
    if (document.principal.nkey !== undefined) this.nkeys.set(`${key.tenant}.${document.principal.nkey}`, entry.key);
    this.tell({ tenant: key.tenant, principal: key.id, document });
  }

  /** @internal */
  reset(): void {
    this.seen = new Set();
  }

  /** @internal */
  synced(): void {
    const seen = this.seen;
    if (seen === undefined) return;
    this.seen = undefined;
    for (const [key, known] of this.documents) if (!seen.has(key)) this.remove(key, known.tenant, known.principal);
  }

  private read(entry: BucketEntry): PrincipalDocument | undefined {
    const value = entry.value as { readonly data?: unknown } | undefined;
    const parsed = capabilitiesView.data.safeParse(value?.data);
    if (parsed.success) return { ...parsed.data, revision: entry.revision };
    this.log.warn({ key: entry.key, revision: entry.revision }, 'a capability document cannot be read; its rights are gone');
    return undefined;
  }

  private remove(key: string, tenant: string, principal: string): void {
    this.forgetNkey(key);
    this.seen?.delete(key);
    if (this.documents.delete(key)) this.tell({ tenant, principal });
  }

  private forgetNkey(key: string): void {
    const known = this.documents.get(key);
    if (known?.document.principal.nkey !== undefined) this.nkeys.delete(`${known.tenant}.${known.document.principal.nkey}`);
  }

  private tell(change: CapabilityChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
