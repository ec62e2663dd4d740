import type { NatsConnection } from '@nats-io/transport-node';
import { allows, SERVICES, streamName, type CapabilityDocument, type GatewayCode, type ResetReason } from '@xanthus/proto';
import { refuse } from '../protocol/problem.js';
import { consumerName, UNUSED_MS, type DurableConsumers, type DurableRef, type DurableState } from './durable-consumers.js';
import type { NatsStatus } from './nats-status.js';
import type { StreamFacts } from './stream-source.js';
import { orUnavailable } from './unavailable.js';

interface Log { warn(fields: object, text: string): void; debug(fields: object, text: string): void }

/** Per person, over all streams. */
export const MOST = 8;
/** Rights that change together (a role, a tenant) are looked through together, ms. */
const SWEEP_MS = 250;

export interface DurableAsk {
  readonly ref: DurableRef;
  readonly filter: string;
  /** Incarnation that the client knows, if it had this subscription before. */
  readonly epoch?: string | undefined;
  facts(): Promise<StreamFacts>;
  /** Where it begins if there is none yet: everything after this sequence. */
  fallback(facts: StreamFacts): Promise<number>;
}
export interface DurableOpened { readonly state: DurableState; readonly before: number; readonly facts: StreamFacts; readonly created: boolean; readonly reason: ResetReason | undefined }

export interface DurableListed { readonly stream: string; readonly name: string; readonly filter: string; readonly acknowledged: number; readonly pending: number; readonly created_at: string; readonly unused_days: number }

/** Who holds one on this gateway: `durable-holder.ts`. */
interface Holder {
  readonly id: string;
  readonly ref: DurableRef;
  rival(at: bigint): void;
  lose(code: GatewayCode, message: string): void;
  reconnected(): void;
  stop(): void;
}

/** What gateways tell each other, each about one consumer. */
interface Word { readonly consumer: string; /** Holder that says so. */ readonly by?: string | undefined; /** Held by it since then; absent: the consumer goes. */ readonly at?: string }
const SUBJECT = 'gw.durable';

const keyOf = (ref: DurableRef): string => `${ref.stream}.${consumerName(ref)}`;

/**
 * Durable subscriptions: their position lives in a JetStream consumer, one per person and name. One client holds it, the latest that asked,
 * on whichever gateway: who restarted the consumer last, by the clock of the consumer's leader.
 */
export class Durables {
  private readonly holders = new Map<string, Set<Holder>>();
  private readonly making = new Map<string, Promise<unknown>>();
  private readonly changed = new Map<string, { readonly tenant: string; readonly user: string }>();
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly nc: NatsConnection,
    readonly consumers: DurableConsumers,
    private readonly capabilities: { current(): boolean; document(tenant: string, principal: string): CapabilityDocument | undefined },
    status: NatsStatus,
    readonly log: Log,
    private readonly streams: readonly string[] = Object.keys(SERVICES).flatMap(s => [streamName(s), `${streamName(s)}_METRICS`]),
  ) {
    nc.subscribe(`${SUBJECT}.>`, { callback: (error, m) => (error === null ? this.hear(m.json<Word>()) : undefined) });
    status.onUp(() => { for (const all of this.holders.values()) for (const holder of all) holder.reconnected(); });
  }

  /** Finds or makes the consumer and takes it over. @throws Refused TOO_MANY_SUBSCRIPTIONS, NOT_FOUND or UNAVAILABLE */
  open(ask: DurableAsk, by: string): Promise<DurableOpened> {
    return this.take(ask, by).catch(orUnavailable('The durable subscription cannot be reached now.'));
  }

  private async take(ask: DurableAsk, by: string): Promise<DurableOpened> {
    const facts = await ask.facts();
    const { ref, filter } = ask;
    let known = await this.consumers.find(ref);
    let reason: ResetReason | undefined;
    if (known !== undefined && known.filter !== filter) {
      await this.delete(ref, by);
      known = undefined;
      reason = 'filter_changed';
    }
    const created = known === undefined;
    if (created) {
      await this.create(ref, filter, Math.max(await ask.fallback(facts), facts.first - 1));
      if (ask.epoch !== undefined) reason ??= ask.epoch === facts.epoch ? 'trimmed' : 'epoch_changed';
    } else if (ask.epoch !== undefined && ask.epoch !== facts.epoch) reason = 'epoch_changed';
    else if (known !== undefined && facts.first > known.acknowledged + 1) reason = 'trimmed';
    const state = await this.consumers.restart(ref);
    // A consumer dies with its stream: where that is still the same, so is what was read of it.
    if ((await ask.facts()).epoch !== facts.epoch) return this.take(ask, by);
    return { state, before: known?.delivered ?? 0, facts, created, reason };
  }

  hold(holder: Holder): void {
    const key = keyOf(holder.ref);
    this.holders.set(key, (this.holders.get(key) ?? new Set()).add(holder));
  }
  leave(holder: Holder): void {
    const key = keyOf(holder.ref);
    const all = this.holders.get(key);
    all?.delete(holder);
    if (all?.size === 0) this.holders.delete(key);
  }
  /** Tells every gateway, this one first, since when it is held. */
  claim({ ref, id }: Holder, at: bigint): void {
    this.say({ consumer: keyOf(ref), at: String(at), by: id });
  }

  async list(tenant: string, user: string): Promise<DurableListed[]> {
    const refs = await this.consumers.list(this.streams, { tenant, user });
    const states = await Promise.all(refs.map(ref => this.consumers.find(ref)));
    return states.flatMap(s => (s === undefined ? [] : [{ stream: s.ref.stream, name: s.ref.name, filter: s.filter, acknowledged: s.acknowledged, pending: s.pending, created_at: s.created, unused_days: UNUSED_MS / 86_400_000 }]));
  }

  /** Whoever holds it is told. @returns it existed */
  async remove(ref: DurableRef, by?: string): Promise<boolean> {
    if (!this.streams.includes(ref.stream) || await this.consumers.find(ref) === undefined) return false;
    await this.delete(ref, by);
    return true;
  }

  /** Those whose stored filter is no longer granted are deleted, held or not. */
  rightsChanged(tenant: string, user: string): void {
    this.changed.set(`${tenant} ${user}`, { tenant, user });
    this.sweeping ??= setTimeout(() => {
      this.sweeping = undefined;
      this.sweep().catch((error: unknown) => this.log.warn({ err: error }, 'durable subscriptions could not be looked through after a change of rights'));
    }, SWEEP_MS).unref();
  }

  stop(): void {
    clearTimeout(this.sweeping);
    for (const all of this.holders.values()) for (const holder of all) holder.stop();
  }

  private async delete(ref: DurableRef, by?: string): Promise<void> {
    this.say({ consumer: keyOf(ref), by });
    await this.nc.flush();
    await this.consumers.remove(ref);
  }

  private async sweep(): Promise<void> {
    const people = [...this.changed.values()];
    this.changed.clear();
    if (!this.capabilities.current()) return; // nothing is deleted on what may be out of date; it is checked again when somebody asks for it
    const owners = new Set(people.map(p => `${p.tenant} ${p.user}`));
    const theirs = (await this.consumers.list(this.streams)).filter(ref => owners.has(`${ref.tenant} ${ref.user}`));
    for (const ref of theirs) {
      const state = await this.consumers.find(ref);
      const document = this.capabilities.document(ref.tenant, ref.user);
      if (state === undefined || (document !== undefined && allows(document, { what: 'stream', stream: ref.stream, filter: state.filter }))) continue;
      await this.remove(ref);
    }
  }

  /** One after the other for a person, so that the limit holds. */
  private async create(ref: DurableRef, filter: string, after: number): Promise<DurableState> {
    const owner = `${ref.tenant} ${ref.user}`;
    const before = this.making.get(owner) ?? Promise.resolve();
    const made = before.catch(() => undefined).then(async () => {
      const theirs = await this.consumers.list(this.streams, ref);
      if (theirs.length >= MOST) refuse('TOO_MANY_SUBSCRIPTIONS', `At most ${MOST} durable subscriptions; delete one under /api/durables.`);
      return this.consumers.create(ref, filter, after);
    });
    this.making.set(owner, made);
    try {
      return await made;
    } finally {
      if (this.making.get(owner) === made) this.making.delete(owner);
    }
  }

  private say(word: Word): void {
    this.hear(word);
    this.nc.publish(`${SUBJECT}.${word.consumer}`, JSON.stringify(word));
  }

  private hear(word: Word): void {
    for (const holder of this.holders.get(word.consumer) ?? []) {
      if (word.by === holder.id) continue;
      if (word.at === undefined) holder.lose('NOT_FOUND', 'This durable subscription was deleted.');
      else holder.rival(BigInt(word.at));
    }
  }
}
