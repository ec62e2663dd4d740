import { readState, Refusal } from '@xanthus/kernel';
import type { SessionDoor } from '../hosting/host.js';
import type { TerminalsBase } from '../terminals.context.js';
import { mayBeIn, mayNot } from '../use-cases/rights.js';
import { isLiving, mayType, participantOf, type LivingSession } from './session.js';
import { hasEnded, notFound, notInvited } from './session.errors.js';
import { sessionType } from './session.decide.js';

/** Leader-routed. @throws Refusal SESSION.NOT_FOUND, SESSION.ENDED */
export const livingSession = async (on: Pick<TerminalsBase, 'store' | 'cache'>, tenant: string, id: string): Promise<LivingSession> => {
  const state = await readState(on, sessionType, tenant, id);
  if (isLiving(state)) return state;
  throw state.status === 'ended' ? hasEnded(state.end) : notFound();
};

export const sessionDoor = (on: Pick<TerminalsBase, 'store' | 'cache' | 'rights' | 'now'>): SessionDoor => ({
  async roleOf(tenant, session, person) {
    const state = await livingSession(on, tenant, session);
    const participant = participantOf(state, person, new Date(on.now()).toISOString());
    if (participant === undefined) throw notInvited();
    if (!on.rights.current()) throw new Refusal('UNAVAILABLE', 'Nobody can say at this moment who may do what. Try again.', undefined, true);
    if (!mayBeIn(on, tenant, participant, { id: session, server: state.server })) throw mayNot('You');
    return { role: participant.role, types: mayType(participant.role), moderated: state.moderated };
  },
});
