/**
 * The end of a tenant. From the first event on it is refused everything; then its keys go, first of all, and whatever still points to it. Each step may
 * be repeated, so what a crash interrupts is finished by the reactor.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, Refusal, type AggregateCache, type CommandContext, type EventStore } from '@xanthus/kernel';
import { eventSubject, INSTALLATION, SERVICES, streamName, type DataOf, type OutputOf } from '@xanthus/proto';
import type { credentialView, exportTenant, ForgetReceipt, forgetTenant, identityView, memberView, secretView, sessionView } from '@xanthus/proto/auth';
import { askToRenew, destroyDataKeys, listRings, type Vault } from '@xanthus/vault';
import { EMAIL_MARKER, type Persons } from '../adapters/persons.js';
import type { Receipts } from '../adapters/receipts.js';
import { identity } from '../domain/identity.js';
import { member } from '../domain/member.js';
import { person } from '../domain/person.js';
import { tenant, type ForgottenTenant } from '../domain/tenant.js';
import { membershipsKey, type Memberships } from '../views/members.js';
import type { Ending } from '../compose/part.js';
import type { Credentials } from './credentials.js';
import type { DataKeyRotation } from './data-keys.js';
import type { Handle, ReadState } from './handle.js';
import { identitySecret } from './oidc/identities.js';
import type { Secrets } from './secrets.js';
import type { Sessions } from './sessions.js';

const VIEW_PATIENCE = 10_000;
/** ms */
const ANSWER_WITHIN = 20_000;
const ACTOR = { kind: 'system', id: 'forget' } as const;

export interface TenantEndDeps {
  readonly nc: NatsConnection; readonly log: Logger; readonly store: EventStore; readonly cache: AggregateCache; readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly persons: Persons;
  readonly sessions: Pick<Sessions, 'end'>; readonly credentials: Pick<Credentials, 'revoke'>; readonly endings: readonly Ending[]; readonly secrets: Pick<Secrets, 'remove'>; readonly rotation: Pick<DataKeyRotation, 'rotate'>; readonly receipts: Receipts;
}

/** Who asks: the role where they are, null for nobody's. */
export interface Asking { readonly role: string | null; readonly kind: 'person' | 'credential' | 'service' }

export class TenantEnd {
  constructor(private readonly deps: TenantEndDeps) {}

  /** @throws Refusal TENANT.OWNER_ONLY, TENANT.NOT_HERE, TENANT.NOT_CONFIRMED, TENANT.NOT_FOUND */
  async forget(context: CommandContext, asking: Asking, confirm: string): Promise<OutputOf<typeof forgetTenant>> {
    requireOwner(context, asking);
    if (confirm !== context.tenant) throw new Refusal('TENANT.NOT_CONFIRMED', `Type the name ${context.tenant} to confirm that everything of it shall be forgotten for ever.`);
    const { id, stream, seq } = await this.deps.handle(tenant, { ...context, tenant: INSTALLATION }, { type: 'ForgetTenant' });
    const finished = this.finish(context.tenant).catch((error: unknown) => {
      this.deps.log.warn({ err: error, tenant: context.tenant }, 'a tenant is not forgotten completely yet; it goes on');
      return null;
    });
    return { id, stream, seq, receipt: await inTime(finished) };
  }

  /** Notes the export and answers what only auth can read. @throws Refusal TENANT.OWNER_ONLY, TENANT.NOT_HERE, TENANT.NOT_FOUND */
  async beginExport(context: CommandContext, asking: Asking): Promise<OutputOf<typeof exportTenant>> {
    requireOwner(context, asking);
    const { handle, persons, receipts, views } = this.deps;
    const { state } = await handle(tenant, { ...context, tenant: INSTALLATION }, { type: 'ExportTenant' });
    const members = (await views.list<DataOf<typeof memberView>>(context.tenant, 'members')).map(m => m.value.data.person);
    const records = await Promise.all(members.map(async who => ({ person: who, record: await persons.record(who) })));
    return {
      tenant: { id: context.tenant, name: state.status === 'active' ? state.name : '' }, receipt_key: receipts.publicKey,
      members: records.map(({ person: who, record }) => ({ person: who, name: record?.name ?? '', email: record?.email ?? '' })),
    };
  }

  /** @throws Refusal TENANT.NOT_FORGOTTEN */
  async receipt(slug: string): Promise<{ receipt: string; key: Record<string, string> }> {
    const state = await this.deps.read(tenant, INSTALLATION, slug);
    if (state.status !== 'forgotten' || state.receipt === null) throw new Refusal('TENANT.NOT_FORGOTTEN', `There is no receipt of ${slug}: it was not forgotten, or that is not finished yet.`);
    return { receipt: state.receipt, key: { ...this.deps.receipts.publicKey } };
  }

  /** One after the other within this copy; between copies every step is harmless twice, and the first receipt counts. @returns the receipt */
  finish(slug: string): Promise<string | null> {
    return this.deps.cache.inTurn({ tenant: INSTALLATION, service: 'auth', aggregate: 'tenant-end', id: slug }, async () => {
      const state = await this.deps.read(tenant, INSTALLATION, slug);
      if (state.status !== 'forgotten') return null;
      return state.receipt ?? this.erase(slug, state);
    });
  }

  private async erase(slug: string, state: ForgottenTenant): Promise<string | null> {
    const { nc, handle, receipts } = this.deps;
    const services = [...new Set([...Object.keys(SERVICES), ...(await listRings(nc, slug)).map(r => r.service)])];
    const keys = await destroyDataKeys(nc, slug, services);
    await Promise.all(services.map(service => askToRenew(nc, service, slug))); // whoever has one in memory drops it
    await this.removeSecrets(slug);
    await this.revokeCredentials(slug);
    await this.endSessions(slug);
    const everMembers = await this.ids(slug, 'member');
    const persons = await this.releaseMembers(slug, everMembers);
    for (const end of this.deps.endings) await end(slug, (id, what) => this.context(slug, id, what));
    const count = async (...aggregates: string[]): Promise<number> => (await Promise.all(aggregates.map(a => this.ids(slug, a)))).flat().length;
    const receipt: ForgetReceipt = {
      v: 1, iss: 'xanthus', tenant: slug, name: state.name, requested_at: state.requested_at, requested_by: state.requested_by, completed_at: new Date().toISOString(),
      keys: keys.map(k => ({ ...k, numbers: [...k.numbers] })), persons, members: everMembers.length, credentials: await count('credential', 'api-key'), secrets: await count('secret'), streams: await this.positions(),
    };
    const done = await handle(tenant, this.context(INSTALLATION, slug, 'erased'), { type: 'NoteErased', receipt: await receipts.sign(receipt) });
    return done.state.status === 'forgotten' ? done.state.receipt : null;
  }

  private async removeSecrets(slug: string): Promise<void> {
    const { views, secrets, vault } = this.deps;
    for (const { id } of await views.list<DataOf<typeof secretView>>(slug, 'secrets')) await secrets.remove(this.context(slug, id, 'secret'));
    for (const name of await vault.names(slug)) await vault.destroy(slug, name);
  }

  private async revokeCredentials(slug: string): Promise<void> {
    const { views, credentials } = this.deps;
    for (const { id } of await views.list<DataOf<typeof credentialView>>(slug, 'credentials')) await credentials.revoke(this.context(slug, id, 'credential'));
  }

  /** Nobody belongs to it any more; whoever ever did and belongs to nothing else is forgotten too. By the log, so that a second try misses nobody. @returns those */
  private async releaseMembers(slug: string, ever: readonly string[]): Promise<string[]> {
    const { views, vault, handle, read } = this.deps;
    let last = 0;
    for (const who of ever) {
      const state = await read(member, slug, who);
      if (state.status === 'member') last = (await handle(member, this.context(slug, who, 'member'), { type: 'RemoveMember', granter: null, departure: state.since })).seq;
    }
    await views.waitFor(last, VIEW_PATIENCE);
    const forgotten: string[] = [];
    for (const who of ever) {
      const elsewhere = ((await views.get<Memberships>(membershipsKey(who)))?.data.tenants ?? []).filter(t => t !== slug);
      if (elsewhere.length === 0) forgotten.push(who);
      await this.unlinkIdentities(slug, who, elsewhere.length === 0);
    }
    const names = forgotten.length > 0 ? await vault.names(INSTALLATION) : [];
    for (const who of forgotten) await this.forgetPerson(slug, who, names);
    // what was destroyed of them was encrypted by the installation's own key: once that is replaced, no copy of it opens either
    if (forgotten.length > 0) await this.deps.rotation.rotate(this.context(INSTALLATION, 'auth', `after-${slug}`), 'auth', true);
    return forgotten;
  }

  /** What the tenant's own providers said of somebody goes with it; whoever is forgotten is known nowhere any more, and would otherwise come back as nobody. */
  private async unlinkIdentities(slug: string, who: string, all: boolean): Promise<void> {
    const { handle, vault, views } = this.deps;
    for (const { value: { data: { id, kind, tenant: of } } } of await views.list<DataOf<typeof identityView>>(INSTALLATION, 'identities', who)) {
      if (!all && (kind !== 'oidc' || of !== slug)) continue;
      const done = await handle(identity, this.context(INSTALLATION, id, `identity-${slug}`), { type: 'UnlinkIdentity', person: who, reason: 'forgotten' });
      if (kind !== 'oidc') await vault.destroy(INSTALLATION, identitySecret(id)); // what an OpenID provider said went with the tenant's keys
      await views.waitFor(done.seq, VIEW_PATIENCE);
    }
  }

  private async forgetPerson(slug: string, who: string, names: readonly string[]): Promise<void> {
    const { handle, persons, read, store, vault, views, sessions } = this.deps;
    const known = JSON.stringify(await read(person, INSTALLATION, who));
    for (const { value } of await views.list<DataOf<typeof sessionView>>(INSTALLATION, 'sessions', who)) await sessions.end(this.context(INSTALLATION, value.data.id, 'session'), 'member_removed', null);
    const record = await persons.record(who);
    if (record !== undefined) {
      await store.release({ tenant: INSTALLATION, service: 'auth', kind: EMAIL_MARKER, key: persons.emailKey(record.email), aggregate: { tenant: INSTALLATION, service: 'auth', aggregate: 'person', id: who } });
    }
    // their record, and what their history refers to: second factor, recovery codes
    for (const name of names.filter(n => n.includes(who) || known.includes(JSON.stringify(n)))) await vault.destroy(INSTALLATION, name);
    await handle(person, this.context(INSTALLATION, who, `person-${slug}`), { type: 'ForgetPerson', tenant: slug });
  }

  private async endSessions(slug: string): Promise<void> {
    const { views, sessions } = this.deps;
    const open = (await views.list<DataOf<typeof sessionView>>(INSTALLATION, 'sessions')).filter(s => s.value.data.tenant === slug);
    for (const { value } of open) await sessions.end(this.context(INSTALLATION, value.data.id, 'session'), 'member_removed', null);
  }

  /** Of every aggregate of this kind that the tenant ever had. */
  private async ids(slug: string, aggregate: string): Promise<string[]> {
    const prefix = eventSubject({ tenant: slug, service: 'auth', aggregate, id: 'x' }).slice(0, -1);
    const ids: string[] = [];
    for (let offset = 0; ;) {
      const info = (await this.deps.nc.request(`$JS.API.STREAM.INFO.${streamName('auth')}`, JSON.stringify({ subjects_filter: `${prefix}*`, offset }), { timeout: 5_000 })).json<{ total?: number; error?: { description?: string }; state?: { subjects?: Record<string, number> } }>();
      if (info.error !== undefined) throw new Error(`the log cannot be looked through: ${info.error.description ?? 'refused'}`);
      const page = Object.keys(info.state?.subjects ?? {});
      ids.push(...page.map(subject => subject.slice(prefix.length)));
      offset += page.length;
      if (page.length === 0 || offset >= (info.total ?? 0)) return ids;
    }
  }

  private async positions(): Promise<Record<string, number>> {
    const positions: Record<string, number> = {};
    for (const service of Object.keys(SERVICES)) {
      const stream = streamName(service);
      const info = (await this.deps.nc.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: 5_000 })).json<{ state?: { last_seq?: number } }>();
      positions[stream] = info.state?.last_seq ?? 0;
    }
    return positions;
  }

  /** The command id follows from what is done to what, so a second try finds the first. */
  private context(slug: string, id: string, what: string): CommandContext {
    return { tenant: slug, id, actor: ACTOR, now: new Date().toISOString(), command_id: `forget-${what}-${id}`, correlation_id: newId() };
  }
}

/** A tenant with very many members takes longer than a command may; it goes on, and the receipt can be asked for. */
const inTime = async (finished: Promise<string | null>): Promise<string | null> => {
  const over = new AbortController();
  try {
    return await Promise.race([finished, delay(ANSWER_WITHIN, null, { signal: over.signal })]);
  } finally {
    over.abort();
  }
};

const requireOwner = ({ tenant: slug, id }: CommandContext, { role, kind }: Asking): void => {
  if (slug === INSTALLATION || id !== slug) throw new Refusal('TENANT.NOT_HERE', 'This is done in the tenant itself, on nothing but the tenant itself.');
  if (kind !== 'person' || role !== 'owner') throw new Refusal('TENANT.OWNER_ONLY', 'Only an owner of the tenant may do this, in person.');
};
