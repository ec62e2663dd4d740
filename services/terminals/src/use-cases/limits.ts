import { Refusal } from '@xanthus/kernel';
import type { ParsedInputOf } from '@xanthus/proto';
import { RECORDING_KINDS, type openSession } from '@xanthus/proto/terminals';
import type { TerminalsConfig } from '../terminals.config.js';
import type { Living } from '../keeper/living.js';

type Recording = (typeof RECORDING_KINDS)[number];
type Limits = Pick<TerminalsConfig, 'XANTHUS_TERMINALS_PER_PERSON' | 'XANTHUS_TERMINALS_PER_TENANT'>;

const HOUR = 3_600_000;

/** @throws Refusal SESSION.TOO_MANY. Copies of the service see each other's sessions a moment late: a burst over all of them may go past it by a few. */
export const mustHaveRoom = (limits: Limits, living: Living, tenant: string, id: string, person: string): void => {
  const others = living.of(tenant).filter(s => s.id !== id);
  const own = others.filter(s => s.owner === person).length;
  if (own >= limits.XANTHUS_TERMINALS_PER_PERSON) throw new Refusal('SESSION.TOO_MANY', `You have ${own} terminals open, which is the most. Close one first.`, { limit: limits.XANTHUS_TERMINALS_PER_PERSON, of: 'person' }, true);
  if (others.length >= limits.XANTHUS_TERMINALS_PER_TENANT) throw new Refusal('SESSION.TOO_MANY', `Your organisation has ${others.length} terminals open, which is the most. Close one first.`, { limit: limits.XANTHUS_TERMINALS_PER_TENANT, of: 'tenant' }, true);
};

/** @throws Refusal SESSION.RECORDING_REQUIRED for less than the operator has set, SESSION.RECORDING_REFUSED for input that the operator does not want kept */
export const recordingOf = (wanted: ParsedInputOf<typeof openSession>['recording'], set: Recording): Recording => {
  if (wanted === undefined) return set;
  if (RECORDING_KINDS.indexOf(wanted) < RECORDING_KINDS.indexOf(set)) throw new Refusal('SESSION.RECORDING_REQUIRED', `The operator of this installation has every terminal recorded (${set}).`, { recording: set });
  if (wanted === 'all' && set !== 'all') throw new Refusal('SESSION.RECORDING_REFUSED', 'The operator of this installation has nothing kept of what is typed.', { recording: set });
  return wanted;
};

export const endsAt = ({ XANTHUS_TERMINALS_MOST_HOURS: hours }: Pick<TerminalsConfig, 'XANTHUS_TERMINALS_MOST_HOURS'>, now: string): string | null => (hours === 0 ? null : new Date(Date.parse(now) + hours * HOUR).toISOString());
/** How far an extension reaches; undefined: no further. */
export const extensionOf = ({ XANTHUS_TERMINALS_EXTEND_HOURS: hours }: Pick<TerminalsConfig, 'XANTHUS_TERMINALS_EXTEND_HOURS'>, now: string): string | undefined => (hours === 0 ? undefined : new Date(Date.parse(now) + hours * HOUR).toISOString());
