/** The rules of unique values, the same over every store; see `MarkerClaim`. */
import { eventSubject, type AggregateRef } from '@xanthus/proto';
import { CLAIM_PATIENCE, CLAIM_VOIDED, type ClaimResult, type ClaimVoided, type EventStore, type MarkerClaim } from './event-store.js';
import { newId } from './ids.js';
import { ConflictError } from './refusal.js';

export interface MarkerBody { readonly aggregate: AggregateRef; readonly command_id: string }
/** `body` is undefined for a tombstone. `time`: ms since 1970 at which it was stored. */
export interface StoredMarker { readonly body: MarkerBody | undefined; readonly seq: number; readonly time: number }

/** One marker's place in the log. */
export interface MarkerPort {
  /** Leader-routed. */
  read(): Promise<StoredMarker | undefined>;
  /** @throws ConflictError if the marker's sequence is not `expected`. */
  write(body: MarkerBody | undefined, expected: number): Promise<void>;
}

const TRIES = 5;

export const claimMarker = async (store: EventStore, port: MarkerPort, claim: MarkerClaim, now: () => number = Date.now): Promise<ClaimResult> => {
  const body: MarkerBody = { aggregate: claim.aggregate, command_id: claim.command_id };
  let expected = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      await port.write(body, expected);
      return { status: 'claimed' };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    const found = await port.read();
    if (found?.body === undefined) {
      expected = found?.seq ?? 0;
      continue;
    }
    const verdict = await judge(store, found, found.body, claim, now());
    if (verdict !== 'free') return verdict;
    expected = found.seq;
  }
  const holder = await port.read();
  return holder?.body ? { status: 'taken', by: holder.body.aggregate } : { status: 'taken', by: claim.aggregate };
};

const judge = async (store: EventStore, found: StoredMarker, held: MarkerBody, claim: MarkerClaim, now: number): Promise<ClaimResult | 'free'> => {
  const mine = eventSubject(held.aggregate) === eventSubject(claim.aggregate);
  const { events, last } = await store.load(held.aggregate, { leader: true });
  if (events.some((event) => event.command_id === held.command_id)) return mine ? { status: 'claimed' } : { status: 'taken', by: held.aggregate };
  if (mine) return held.command_id === claim.command_id && now - found.time < CLAIM_PATIENCE / 2 ? { status: 'claimed' } : 'free';
  if (now - found.time < CLAIM_PATIENCE) return { status: 'taken', by: held.aggregate };
  const voided: ClaimVoided = { type: CLAIM_VOIDED, data: { command_id: held.command_id, kind: claim.kind, key: claim.key } };
  try {
    await store.append(held.aggregate, [{ event: voided, schema: 1 }], last, {
      tenant: held.aggregate.tenant, id: held.aggregate.id, actor: { kind: 'system', id: 'claims' }, now: new Date(now).toISOString(), command_id: `void-${newId()}`, correlation_id: claim.command_id,
    });
    return 'free';
  } catch (error) {
    // Its command came through after all, or somebody else is voiding it: look again.
    if (error instanceof ConflictError) return judge(store, found, held, claim, now);
    throw error;
  }
};
