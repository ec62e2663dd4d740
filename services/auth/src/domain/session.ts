/** A log-in of a person, in the tenant `xanthus`. Refresh tokens have a generation; only the newest is good. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { authEvents } from '@xanthus/proto/auth';
import { schemasOf } from './schemas.js';

const events = { SessionOpened: authEvents.SessionOpened, SessionRefreshed: authEvents.SessionRefreshed, SessionProved: authEvents.SessionProved, SessionEnded: authEvents.SessionEnded };
export type SessionEvent = EventOf<typeof events>;
type DataOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>['data'];
export type EndReason = DataOf<'SessionEnded'>['reason'];
export type Opening = DataOf<'SessionOpened'>;

/** Two tabs that wake up together send the same token: the one before the newest is answered again for this long, ms. */
const REFRESH_GRACE = 10_000;
/** How long a session may do what asks for a fresh proof, ms. */
const PROOF_LIFE = 10 * 60_000;

export interface OpenSession {
  readonly status: 'open'; readonly person: string; readonly tenant: string; readonly secret: string; readonly generation: number; readonly refresh_sha256: string; readonly refreshed_at: string; readonly expires_at: string;
  readonly source?: Opening['source']; readonly proved_until?: string | undefined;
}
export type SessionState =
  | { readonly status: 'none' }
  | OpenSession
  | { readonly status: 'ended'; readonly person: string; readonly reason: EndReason };

export type SessionCommand =
  | ({ readonly type: 'OpenSession' } & Opening)
  /** `generation` of the authentic token that was shown; the next one's hash. */
  | { readonly type: 'RefreshSession'; readonly generation: number; readonly next_sha256: string }
  | { readonly type: 'ProveSession'; readonly by: DataOf<'SessionProved'>['by']; readonly person: string }
  /** `person`: whose session it must be; null for the service itself. */
  | { readonly type: 'EndSession'; readonly reason: EndReason; readonly person: string | null };

const ended = () => new Refusal('SESSION.ENDED', 'This session has ended; log in again.');
const notFound = () => new Refusal('SESSION.NOT_FOUND', 'There is no such session.');
const end = (reason: EndReason): SessionEvent[] => [{ type: 'SessionEnded', data: { reason } }];
const ms = (iso: string): number => Date.parse(iso);

/** A proof that is given now is good until then. */
export const provedUntil = (now: string): string => new Date(ms(now) + PROOF_LIFE).toISOString();

const decider: Decider<SessionState, SessionCommand, SessionEvent> = {
  initialState: { status: 'none' },
  decide(state, command, context) {
    switch (command.type) {
      case 'OpenSession': {
        const { type: _type, ...data } = command;
        if (state.status !== 'none') throw ended();
        return [{ type: 'SessionOpened', data }];
      }
      case 'RefreshSession':
        if (state.status !== 'open') throw ended();
        if (state.expires_at <= context.now) return end('expired');
        if (command.generation === state.generation) return [{ type: 'SessionRefreshed', data: { refresh_sha256: command.next_sha256 } }];
        if (command.generation === state.generation - 1 && ms(context.now) - ms(state.refreshed_at) < REFRESH_GRACE) return [];
        if (command.generation > state.generation) throw ended();
        return end('refresh_reused');
      case 'ProveSession':
        if (state.status === 'none' || state.person !== command.person) throw notFound();
        if (state.status === 'ended') throw ended();
        return [{ type: 'SessionProved', data: { by: command.by, until: provedUntil(context.now) } }];
      case 'EndSession':
        if (state.status === 'none' || (command.person !== null && state.person !== command.person)) throw notFound();
        return state.status === 'open' ? end(command.reason) : [];
    }
  },
  evolve(state, event, context) {
    switch (event.type) {
      case 'SessionOpened': {
        const { person, tenant, secret, refresh_sha256, expires_at, source, proved_until } = event.data;
        return { status: 'open', person, tenant, secret, generation: 0, refresh_sha256, refreshed_at: context.occurred_at, expires_at, source, proved_until };
      }
      case 'SessionRefreshed':
        return state.status === 'open' ? { ...state, generation: state.generation + 1, refresh_sha256: event.data.refresh_sha256, refreshed_at: context.occurred_at } : state;
      case 'SessionProved':
        return state.status === 'open' ? { ...state, proved_until: event.data.until } : state;
      case 'SessionEnded':
        return state.status === 'open' ? { status: 'ended', person: state.person, reason: event.data.reason } : state;
      default: return state;
    }
  },
};

export const session: AggregateType<SessionState, SessionCommand, SessionEvent> = { service: 'auth', name: 'session', decider, schemas: schemasOf(events), snapshot: { schema: 2, every: 50 } };
