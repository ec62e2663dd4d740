/** Plans: made from what is there now, applied only as long as that still holds. */
import { eventsOf, foldOf, handle, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { streamName, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { applyPlan, DnsUser, makePlan, planDetails } from '@xanthus/proto/dns';
import type { DnsContext } from '../dns.context.js';
import { hashOf, planWishes, planZone, staleBecause, undoOf, type Change, type Draft, type Obstacle, type Wish } from '../plan/changes.js';
import { planType } from '../plan/plan.decide.js';
import type { PlanState } from '../plan/plan.js';
import { risksOf, type Risk } from '../plan/risks.js';
import { checkRecord, FREE_LIMITS, type RecordInput, type ZoneLimits } from '../records/check-record.js';
import { checkSet } from '../records/check-set.js';
import { identityOf, sameRecord, valueOf, type DnsRecord, type KnownRecord } from '../records/record.js';
import { applyChanges } from '../plan/changes.js';
import { readZoneFile } from '../zone-file/read-zone-file.js';
import { findingUnknown, notForYou } from '../zone/zone.errors.js';
import { recordIdOf, type ManagedZone } from '../zone/zone.js';
import { isOpenTo, notOurs, ownedIn, sameUser } from '../plan/owning.js';
import { ZONE_PLAN } from '../zone/zone-key.js';
import { oneAnswer } from './one-answer.js';
import { managedZone } from './zones.js';
import { zoneAsOf } from './history.js';

type Input = ParsedInputOf<typeof makePlan>;
type Made = OutputOf<typeof makePlan>;
interface Drawn { readonly draft: Draft; readonly from: Input['source']['from']; readonly undoes?: string; readonly notes?: readonly string[] }

/** By the plan that the zone has at Cloudflare. */
export const limitsOf = (plan: string): ZoneLimits => {
  if (plan === 'free') return FREE_LIMITS;
  return { least_ttl: plan === 'enterprise' ? 30 : 60, longest_comment: 500, most_tags: 20 };
};

/** Of things that stand in the way: an answer has a megabyte at most. */
const MOST_TOLD = 200;
const invalid = (issues: Made['issues']): Refusal => new Refusal('DNS.INVALID', issues.length === 1 ? (issues[0]?.message ?? '') : `${issues.length} things are wrong; the first: ${issues[0]?.message ?? ''}`, { issues: issues.slice(0, MOST_TOLD) });

/** Ours; and for a user, nobody else's. */
/** So that whoever looks at Cloudflare sees whose it is. */
const withComment = (record: RecordInput, mark: DnsUser | undefined, { longest_comment }: ZoneLimits): RecordInput =>
  (mark === undefined || record.comment !== undefined ? record : { ...record, comment: [...`Xanthus: ${mark.name.replaceAll(/\p{C}+/gu, ' ')}`].slice(0, longest_comment).join('') });

const risksIn = (zone: ManagedZone, changes: readonly Change[], total: number, mark: DnsUser | undefined): Risk[] => risksOf(changes, zone.about.name, total, id => {
  const user = zone.records.get(id)?.mark;
  return user === undefined || (mark !== undefined && sameUser(user, mark)) ? undefined : user.name;
});

const fromWishes = (zone: ManagedZone, now: readonly KnownRecord[], wishes: Extract<Input['source'], { from: 'wishes' }>['wishes'], mark: DnsUser | undefined): Draft => {
  const issues: Made['issues'] = [];
  const limits = limitsOf(zone.about.plan);
  const checked = wishes.map((wish, at): Wish | undefined => {
    if (wish.op === 'delete') return wish;
    const result = checkRecord(withComment(wish.record as RecordInput, mark, limits), zone.about.name, limits);
    if (result.ok) return { ...wish, record: result.record };
    issues.push(...result.issues.map(issue => ({ at, ...issue })));
    return undefined;
  });
  const fresh = new Map<string, DnsRecord>();
  for (const [at, wish] of checked.entries()) {
    if (wish?.op !== 'create') continue;
    const before = fresh.get(identityOf(wish.record));
    if (before && !sameRecord(before, wish.record)) issues.push({ at, field: 'content', code: 'DNS.RECORD_TWICE', message: `${wish.record.data.type} ${wish.record.name} with the same value is wished twice, with another TTL, comment or proxy setting.` });
    fresh.set(identityOf(wish.record), wish.record);
  }
  if (issues.length > 0) throw invalid(issues);
  return planWishes(now, checked.filter(w => w !== undefined), ownedIn(zone, mark));
};

/** Of a file: its records are wanted; ours that it does not have go only if that is said. */
const fromFile = (zone: ManagedZone, now: readonly KnownRecord[], text: string, prune: boolean, mark: DnsUser | undefined): { readonly draft: Draft; readonly notes: readonly string[] } => {
  const { records, issues, notes } = readZoneFile(text, zone.about.name, limitsOf(zone.about.plan));
  if (issues.length > 0) throw invalid([...issues]);
  const draft = planZone(now, records, ownedIn(zone, mark));
  const changes = prune ? draft.changes : withoutDeletions(draft.changes);
  return { draft: { changes, obstacles: draft.obstacles }, notes: notes.map(n => `Line ${n.line}: ${n.message}`) };
};
/** A record that would have been changed in place is left, and the new one made beside it; an alias cannot be beside another. */
const withoutDeletions = (changes: Draft['changes']): Draft['changes'] => changes.flatMap(c => (c.op === 'delete' ? [] : c.op === 'update' && c.after.data.type !== 'CNAME' && valueOf(c.before.data) !== valueOf(c.after.data) ? [{ op: 'create' as const, after: c.after }] : [c]));

const fromDrift = (zone: ManagedZone, now: readonly KnownRecord[], ids: readonly string[], mark: DnsUser | undefined): Draft => {
  const chosen = new Set<string>();
  const wishes = ids.map((id): Wish => {
    const finding = zone.drift.get(id);
    if (!finding) throw findingUnknown(id);
    chosen.add(recordIdOf(finding));
    if (finding.kind === 'unknown') return { op: 'delete', id: finding.now.id };
    const { id: record, ...before } = finding.before;
    return finding.kind === 'missing' ? { op: 'create', record: before } : { op: 'update', id: record, record: before };
  });
  // Whoever asks to take a change back that was made outside means these very records, and no other that stands in their place.
  const owns = ownedIn(zone, mark);
  return planWishes(now, wishes, record => owns(record) || (chosen.has(record.id) && isOpenTo(zone.records.get(record.id), mark)));
};

const draw = async (dns: DnsContext, call: Call, zone: ManagedZone, now: readonly KnownRecord[], { zone: id, source, mark }: Input): Promise<Drawn> => {
  switch (source.from) {
    case 'wishes': return { from: source.from, draft: fromWishes(zone, now, source.wishes, mark) };
    case 'file': return { from: source.from, ...fromFile(zone, now, source.text, source.prune, mark) };
    case 'drift': return { from: source.from, draft: fromDrift(zone, now, source.findings, mark) };
    case 'undo': {
      const plan = await readState(dns, planType, call.tenant, source.plan);
      if (plan.status !== 'applied' && plan.status !== 'stopped') throw new Refusal('DNS.PLAN_UNKNOWN', 'Only a plan that was applied can be undone.');
      if (plan.zone !== id) throw new Refusal('DNS.PLAN_UNKNOWN', 'That plan was one of another zone. Undo it there.');
      return { from: source.from, undoes: source.plan, draft: undoOf(plan.done.flat().map(m => m.change), now, ownedIn(zone, mark)) };
    }
    case 'time': {
      const { state } = await zoneAsOf(dns, call.tenant, id, source.at);
      const wanted = [...state.records.values()].map(({ record: { id: _id, ...record } }): DnsRecord => record);
      return { from: source.from, draft: planZone(now, wanted, ownedIn(zone, mark)) };
    }
  }
};

const WHY: Readonly<Record<Obstacle['kind'], string>> = {
  foreign: 'is not ours, or was changed since; adopt it first if it shall be changed', missing: 'is not there any more', exists: 'is there already, in another\'s hands; adopt it first',
};
const obstacleOf = ({ kind, id, record }: Obstacle): Made['obstacles'][number] => ({
  kind, ...(id === undefined ? {} : { id }), record: record && 'id' in record ? (record as Made['obstacles'][number]['record']) : null, message: `${record ? `${record.data.type} ${record.name}` : (id ?? 'A record')} ${WHY[kind]}.`,
});

/** Whoever asks again with the same idempotency key means the plan that was made, as it was seen then. */
const madeBefore = async (dns: DnsContext, { tenant, id }: Call): Promise<Made | undefined> => {
  const events = await eventsOf(dns, planType, tenant, id);
  const plan = foldOf(planType, events);
  if (plan.status === 'absent') return undefined;
  const count = (op: string): number => plan.parts.flat().filter(c => c.op === op).length;
  return {
    id, stream: streamName('dns'), seq: events.at(-1)?.seq ?? 0, hash: plan.hash, creates: count('create'), updates: count('update'), deletes: count('delete'), risks: plan.risks.map(r => ({ ...r, names: [...r.names] })), obstacles: [], issues: [], notes: [],
  };
};

export const make = async (dns: DnsContext, call: Call, input: Input): Promise<Made> => {
  const { mark } = input;
  if (mark !== undefined && call.identity.kind !== 'service') throw notForYou('Only services say for whom a record is. Leave `mark` out.');
  const earlier = await madeBefore(dns, call);
  if (earlier) return earlier;
  const zone = await managedZone(dns, call.tenant, input.zone);
  const now = await (await dns.accounts.provider(call.tenant, zone.about.account)).records(input.zone);
  const { draft, from, undoes = null, notes = [] } = await draw(dns, call, zone, now, input);
  const { changes, obstacles } = draft;
  const shown = obstacles.map(obstacleOf);
  if (changes.length === 0) throw new Refusal('DNS.NOTHING_TO_CHANGE', obstacles.length === 0 ? 'The zone is like that already.' : `Nothing of it can be done: ${shown[0]?.message ?? ''}`, { obstacles: shown.slice(0, MOST_TOLD) });
  // What was wrong before is no reason to refuse a plan that leaves it so.
  let before: ReadonlySet<string> | undefined;
  const had = (): ReadonlySet<string> => (before ??= new Set(checkSet(now).map(issue => `${issue.name} ${issue.code}`)));
  const issues = checkSet(applyChanges(now, changes, record => `new ${valueOf(record.data)} ${record.name}`)).filter(issue => !had().has(`${issue.name} ${issue.code}`));
  if (issues.length > 0) throw invalid(issues.map(issue => ({ ...issue })));
  const risks = risksIn(zone, changes, now.length, mark);
  const hash = hashOf(input.zone, changes);
  const result = await handle(dns, planType, call.context(), { type: 'Make', draft: { zone: input.zone, zone_name: zone.about.name, from, undoes, reason: input.reason, hash, changes, risks, records: now.length, ...(mark === undefined ? {} : { mark }) } });
  const count = (op: string): number => changes.filter(c => c.op === op).length;
  return { ...writtenBy(result), hash, creates: count('create'), updates: count('update'), deletes: count('delete'), risks: risks.map(r => ({ ...r, names: [...r.names] })), obstacles: shown.slice(0, MOST_TOLD), issues: [], notes: notes.slice(0, MOST_TOLD) };
};

const busy = (): Refusal => new Refusal('DNS.ZONE_BUSY', 'Another plan is being applied to this zone. Wait for its end, or cancel it.', undefined, true);
const zoneOf = (plan: PlanState): string => {
  if (plan.status === 'absent') throw new Refusal('DNS.PLAN_UNKNOWN', 'There is no such plan.');
  return plan.zone;
};

const staleFor = (names: readonly string[], risks: readonly Risk[]): { readonly stale?: { readonly message: string; readonly names: readonly string[] } } => {
  if (names.length > 0) return { stale: { message: `The zone was changed since this plan was made, or these records are not ours any more (${names.slice(0, 5).join(', ')}). Make the plan anew.`, names } };
  return risks.length === 0 ? {} : { stale: { message: `The zone was changed since this plan was made, so it would need another yes: ${risks.map(r => r.message).join(' ')} Make the plan anew.`, names: risks.flatMap(r => r.names) } };
};

export const apply = async (dns: DnsContext, call: Call, { hash, accept }: ParsedInputOf<typeof applyPlan>): Promise<Written> => {
  const plan = await readState(dns, planType, call.tenant, call.id);
  const id = zoneOf(plan);
  const zone = await managedZone(dns, call.tenant, id);
  const now = await (await dns.accounts.provider(call.tenant, zone.about.account)).records(id);
  const changes = plan.status === 'draft' ? plan.parts.flat() : [];
  const stale = plan.status === 'draft' ? [...staleBecause(changes, now), ...notOurs(zone, plan, changes)] : [];
  // The zone may have become smaller, or a record an application's.
  const risks = plan.status === 'draft' ? risksIn(zone, changes, now.length, plan.mark).filter(r => r.asks_again && !plan.risks.some(p => p.kind === r.kind)) : [];
  const names = [...new Set(stale.map(c => (c.op === 'create' ? c.after.name : c.before.name)))];
  const command = { type: 'Apply' as const, hash, accept, ...staleFor(names, risks) };
  return writtenBy(await handle(dns, planType, call.context(), command, [{ kind: ZONE_PLAN, key: id, taken: busy() }]));
};

export const resume = async (dns: DnsContext, call: Call, how: 'apply' | 'roll_back'): Promise<Written> => {
  const id = zoneOf(await readState(dns, planType, call.tenant, call.id));
  return writtenBy(await handle(dns, planType, call.context(), { type: 'Resume', how }, [{ kind: ZONE_PLAN, key: id, taken: busy() }]));
};

export const details = async (dns: DnsContext, tenant: string, id: string, { offset, limit }: ParsedInputOf<typeof planDetails>): Promise<OutputOf<typeof planDetails>> => {
  const plan = await readState(dns, planType, tenant, id);
  if (plan.status === 'absent') throw new Refusal('DNS.PLAN_UNKNOWN', 'There is no such plan.');
  const all = plan.parts.flat();
  const done = 'done' in plan ? plan.done.flat() : [];
  const { items: changes, next_offset } = oneAnswer(all, offset, limit);
  const end = offset + changes.length;
  return { changes: [...changes], total: all.length, results: done.map(({ id: record }, at) => ({ at, id: record })).filter(r => r.at >= offset && r.at < end), next_offset };
};
