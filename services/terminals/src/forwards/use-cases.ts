import { randomBytes } from 'node:crypto';
import { handle, readState, Refusal, writtenBy, type CommandResult } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject, ulidOf, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { extendForward, openForward } from '@xanthus/proto/terminals';
import { forwardType, type ForwardCommand } from '../forward/forward.decide.js';
import { isOver, notFound, notShared } from '../forward/forward.errors.js';
import type { ForwardEvent, ForwardState, OpenForward } from '../forward/forward.js';
import { mayWorkOn, mustBeAllowed } from '../use-cases/rights.js';
import { mustBeReachable } from './addresses.js';
import type { ForwardsContext } from './context.js';

const MINUTE = 60_000;
/** Open at once. */
const MOST = { person: 20, tenant: 200 } as const;

const decide = (on: ForwardsContext, call: Call, command: ForwardCommand): Promise<CommandResult<ForwardState, ForwardEvent>> => handle(on, forwardType, call.context(), command);

/** May this person send requests through it now? */
export const mayUse = (on: Pick<ForwardsContext, 'rights'>, row: OpenForward, { tenant, id, person }: { readonly tenant: string; readonly id: string; readonly person: string }): boolean =>
  (row.share === 'tenant' || row.owner === person) && mayWorkOn(on, tenant, person, row.server)
  && on.rights.allows(tenant, person, { what: 'command', subject: commandSubject({ tenant, service: 'terminals', aggregate: 'forward', id, verb: 'enter' }) });

const mustHaveRoom = ({ open: all }: ForwardsContext, tenant: string, id: string, person: string): void => {
  const others = all.all().filter(f => f.tenant === tenant && f.id !== id);
  const own = others.filter(f => f.owner === person).length;
  if (own >= MOST.person) throw new Refusal('FORWARD.TOO_MANY', `You have ${own} ports open, which is the most. Close one first.`, { limit: MOST.person, of: 'person' }, true);
  if (others.length >= MOST.tenant) throw new Refusal('FORWARD.TOO_MANY', `Your organisation has ${others.length} ports open, which is the most. Close one first.`, { limit: MOST.tenant, of: 'tenant' }, true);
};

export const open = async (on: ForwardsContext, call: Call, { minutes, title, ...input }: ParsedInputOf<typeof openForward>): Promise<OutputOf<typeof openForward>> => {
  const { tenant, id } = call;
  mustBeAllowed(on, call, input.server);
  mustBeReachable(on.addresses, input.address);
  const { name } = await on.servers.server(tenant, input.server);
  mustHaveRoom(on, tenant, id, call.actor.id);
  const result = await decide(on, call, {
    type: 'Open', ...input, server_name: name, title: title ?? `Port ${input.port}`, label: `p-${ulidOf(randomBytes(16))}`, ends_at: new Date(Date.parse(call.now) + minutes * MINUTE).toISOString(),
  });
  if (result.state.status !== 'open') throw result.state.status === 'closed' ? isOver(result.state.end) : notFound();
  on.open.expect({ ...result.state, tenant, id });
  return { ...writtenBy(result), label: result.state.label, url: `/api/forwards/${id}/enter`, ends_at: result.state.ends_at };
};

const openState = async (on: ForwardsContext, { tenant, id }: Pick<Call, 'tenant' | 'id'>): Promise<OpenForward> => {
  const state = await readState(on, forwardType, tenant, id);
  if (state.status === 'open') return state;
  throw state.status === 'closed' ? isOver(state.end) : notFound();
};

/** Rights are asked here too: a ticket may have been given before they changed. */
export const enter = async (on: ForwardsContext, call: Call, entry: string): Promise<Written> => {
  const state = await openState(on, call);
  mustBeAllowed(on, call, state.server);
  if (call.identity.kind !== 'person') throw notShared();
  return writtenBy(await decide(on, call, { type: 'Enter', entry }));
};

export const extend = async (on: ForwardsContext, call: Call, minutes: number): Promise<OutputOf<typeof extendForward>> => {
  mustBeAllowed(on, call, (await openState(on, call)).server);
  const ends_at = new Date(Date.parse(call.now) + minutes * MINUTE).toISOString();
  const result = await decide(on, call, { type: 'Extend', ends_at });
  return { ...writtenBy(result), ends_at: result.state.status === 'open' ? result.state.ends_at : ends_at };
};

export const close = async (on: ForwardsContext, call: Call): Promise<Written> => writtenBy(await decide(on, call, { type: 'Close' }));
