import { streamName, type AggregateRef } from '@xanthus/proto';
import type { AggregateCache, Folded, RecentCommand } from './aggregate-cache.js';
import type { AggregateType } from './decider.js';
import type { EventStore, SnapshotStore } from './event-store.js';
import type { CommandContext, DomainEvent, Expected, RecordedEvent } from './event.js';
import { foldOn, nothing } from './fold.js';
import { ConflictError, Refusal, UncertainError } from './refusal.js';
import { upcastEvent } from './upcast.js';

export interface CommandOptions {
  readonly snapshots?: SnapshotStore | undefined;
  /** Hot aggregates in memory; also lets commands on one aggregate wait for each other instead of conflicting. */
  readonly cache?: AggregateCache | undefined;
  /** Unique values to claim after the decision and before its events are appended; `taken` is thrown where another aggregate holds one. */
  readonly claims?: readonly { readonly kind: string; readonly key: string; readonly taken: Refusal }[];
  /** How long a write that is still in flight is waited for, ms; below the deadline of the command. Default 4 s. */
  readonly patience?: number;
}

export interface CommandResult<S, E extends DomainEvent = DomainEvent> {
  readonly stream: string;
  /** Sequence of the aggregate's last event that the answer knows. */
  readonly seq: number;
  readonly id: string;
  /** The events of this command: just appended, or found from an earlier try; none if there was nothing to do. */
  readonly events: readonly RecordedEvent<E>[];
  readonly state: S;
  /** An earlier try of the same command id had been stored. */
  readonly repeated: boolean;
}

const TRIES = 5;
/** Of the 5 s that a command has unless its contract says otherwise. */
const PATIENCE = 4_000;
/** The pause grows no further after so many tries. */
const LONGEST = 5;

/**
 * Load → decide → append if nobody was first, at most five times; a conflict with what is still in flight (its leader may have died) is waited for. Idempotent by `context.command_id`. A refusal or an empty decision stands only if
 * the leader confirms that the aggregate has no newer event.
 * @throws Refusal the domain's, or `COMMAND.CLAIM_LOST`. @throws ConflictError after the last try. @throws UncertainError no answer from the store.
 */
export const handleCommand = async <S, C, E extends DomainEvent>(
  store: EventStore, type: AggregateType<S, C, E>, context: CommandContext, command: C, options: CommandOptions = {},
): Promise<CommandResult<S, E>> => {
  const ref: AggregateRef = { tenant: context.tenant, service: type.service, aggregate: type.name, id: context.id };
  const run = () => tryCommand(store, type, ref, context, command, options);
  return options.cache ? options.cache.inTurn(ref, run) : run();
};

const tryCommand = async <S, C, E extends DomainEvent>(
  store: EventStore, type: AggregateType<S, C, E>, ref: AggregateRef, context: CommandContext, command: C, options: CommandOptions,
): Promise<CommandResult<S, E>> => {
  const answer = (events: readonly RecordedEvent[], folded: Folded<S>, repeated: boolean): CommandResult<S, E> => ({
    stream: streamName(type.service), seq: events.at(-1)?.seq ?? folded.seq, id: ref.id, events: events as readonly RecordedEvent<E>[], state: folded.state, repeated,
  });
  let how: LoadHow = {};
  let failure: Error | undefined;
  const begun = Date.now();
  for (let [attempt, lost] = [0, 0]; lost < TRIES; attempt++) {
    if (attempt > 0) await pause(Math.min(attempt, LONGEST));
    const folded = attempt === 0 && mayPresumeNew(context, options) ? nothing(type) : await loadFolded(store, type, ref, options, how);
    const known = folded.recent.find((recent) => recent.id === context.command_id);
    if (known?.voided) throw claimLost();
    if (known) {
      // It held when this was stored: what a repeat has still to store follows from it.
      if (isExpected(context, ref)) context.expected.met = true;
      const { events } = await store.load(ref, { after: known.seq - 1, leader: true, atLeast: folded.seq });
      return answer(events.filter((event) => event.command_id === context.command_id).map((event) => upcastEvent(type, event)), folded, true);
    }
    if (changedSince(context, ref, folded.seq)) throw commandChanged(context.expected?.seq, folded.seq);
    const decision = decide(type, folded, command, context);
    if (decision instanceof Refusal || decision.length === 0) {
      const last = await store.lastSequence(ref);
      if (last !== folded.seq) {
        failure = new ConflictError(ref.id, folded.seq, last);
        how = afterConflict(folded.seq, last);
        lost++;
        continue;
      }
      options.cache?.set(ref, folded);
      if (decision instanceof Refusal) throw decision;
      return answer([], folded, false);
    }
    await claimAll(store, ref, context, options);
    try {
      const appended = await store.append(ref, decision.map((event) => ({ event, schema: type.schemas[event.type as E['type']] ?? 1 })), folded.seq, context);
      if (isExpected(context, ref)) context.expected.met = true;
      const after = foldOn(type, folded, appended.events);
      await keep(type, ref, after, options);
      return answer(appended.events, after, false);
    } catch (error) {
      options.cache?.drop(ref);
      if (!(error instanceof ConflictError) && !(error instanceof UncertainError)) throw error;
      failure = error;
      if (!inFlight(error)) lost++;
      else if (attempt + 1 >= TRIES && Date.now() - begun >= (options.patience ?? PATIENCE)) break;
      how = error instanceof ConflictError ? afterConflict(folded.seq, error.current) : { fresh: true };
    }
  }
  throw failure ?? new UncertainError('no try was made');
};

/**
 * Saves the load: the append expects nothing, so a repeat is found by its conflict. Not where names are claimed first: a repeat that comes after its
 * aggregate has gone would claim one again.
 */
const mayPresumeNew = ({ presumed_new }: CommandContext, { claims = [] }: CommandOptions): boolean => presumed_new === true && claims.length === 0;

/** The store names no sequence that was first: there is none yet. */
const inFlight = (error: Error): boolean => error instanceof ConflictError && error.current === undefined;

interface LoadHow { /** Past the cache, by the leader. */ readonly fresh?: boolean; readonly atLeast?: number | undefined; /** The log is shorter than what was remembered (restored from an older copy). */ readonly fromStart?: boolean }

const afterConflict = (seen: number, current: number | undefined): LoadHow => ({ fresh: true, atLeast: current, fromStart: current !== undefined && current < seen });

const loadFolded = async <S, C, E extends DomainEvent>(
  store: EventStore, type: AggregateType<S, C, E>, ref: AggregateRef, { cache, snapshots }: CommandOptions, how: LoadHow,
): Promise<Folded<S>> => {
  const cached = how.fresh ? undefined : cache?.get<S>(ref);
  if (cached) return cached;
  const start = (!how.fromStart && (await fromSnapshot(type, ref, snapshots))) || nothing(type);
  const { events } = await store.load(ref, { after: start.seq, leader: how.fresh === true, ...(how.atLeast === undefined ? {} : { atLeast: how.atLeast }) });
  return foldOn(type, start, events);
};

const decide = <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, folded: Folded<S>, command: C, context: CommandContext): readonly E[] | Refusal => {
  try {
    return type.decider.decide(folded.state, command, context);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

const claimAll = async (store: EventStore, ref: AggregateRef, context: CommandContext, { claims = [] }: CommandOptions): Promise<void> => {
  for (const { kind, key, taken } of claims) {
    const result = await store.claim({ tenant: ref.tenant, service: ref.service, kind, key, aggregate: ref, command_id: context.command_id });
    if (result.status === 'taken') throw taken;
  }
};

/** What a snapshot holds: the ids of recent commands too, so that a repeat is known although its events are not loaded. */
interface Saved<S> { readonly state: S; readonly recent: readonly RecentCommand[] }

const fromSnapshot = async <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, ref: AggregateRef, snapshots: SnapshotStore | undefined): Promise<Folded<S> | undefined> => {
  if (!type.snapshot || !snapshots) return undefined;
  const found = await snapshots.get(ref);
  if (!found || found.schema !== type.snapshot.schema) return undefined;
  const { state, recent } = found.state as Saved<S>;
  return { seq: found.seq, state, recent, unsaved: 0 };
};

const keep = async <S, C, E extends DomainEvent>(type: AggregateType<S, C, E>, ref: AggregateRef, folded: Folded<S>, { cache, snapshots }: CommandOptions): Promise<void> => {
  let kept = folded;
  if (type.snapshot && snapshots && folded.unsaved >= type.snapshot.every) {
    const saved: Saved<S> = { state: folded.state, recent: folded.recent };
    // A snapshot only saves time: if it can't be written, the command has still succeeded.
    const written = await snapshots.put(ref, { seq: folded.seq, schema: type.snapshot.schema, state: saved }).then(() => true, () => false);
    if (written) kept = { ...folded, unsaved: 0 };
  }
  cache?.set(ref, kept);
};

/** Refused at the door too, before anything is done outside; what happens between the door and the append is seen here. */
const isExpected = (context: CommandContext, ref: AggregateRef): context is CommandContext & { readonly expected: Expected } => context.expected?.aggregate === ref.aggregate && context.expected.id === ref.id;
const changedSince = (context: CommandContext, ref: AggregateRef, seq: number): boolean => isExpected(context, ref) && !context.expected.met && seq > context.expected.seq;

export const commandChanged = (expected: number | undefined, current: number): Refusal =>
  new Refusal('COMMAND.CHANGED', 'It was changed meanwhile, and nothing was done. Look at it as it is now, and decide again.', { expected, current });

const claimLost = () => new Refusal('COMMAND.CLAIM_LOST', 'This command took longer than 10 s and the name that it had reserved was given to another; send a new command.', undefined, true);

/** 5–15 ms, 10–30 ms, … so that two writers who met do not meet again. */
const pause = (attempt: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5 * 2 ** (attempt - 1) * (1 + 2 * Math.random())));
