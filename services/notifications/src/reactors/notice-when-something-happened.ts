import { GiveUp, type Reactor, type RecordedEvent } from '@xanthus/kernel';
import { deriveId } from '@xanthus/nest';
import { handleAsService } from '@xanthus/processes';
import { INSTALLATION } from '@xanthus/proto';
import { noticeType } from '../notice/notice.decide.js';
import type { NotificationsContext } from '../notifications.context.js';
import { heardTypes, ruleOf, type RuledService } from '../rules/index.js';
import type { Heard, Known, Outcome, Raise, Resolve } from '../rules/rule.js';
import { forgetNames, keepDevice, keepName, readKnown } from './known.js';

/** What is older when it is heard of is no news: a service that comes later does not tell of years, ms. */
const NEWS = 7 * 24 * 60 * 60_000;
const LONGEST = 1_000;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
/** Of kind and thing, so that there is one. */
const topicOf = (tenant: string, kind: string, { thing, about = '' }: Pick<Raise, 'thing' | 'about'>): string => deriveId('notice', tenant, kind, thing?.service ?? '', thing?.aggregate ?? '', thing?.id ?? '', about);

const causeOf = (event: RecordedEvent, what: string) => ({ command_id: `notice-${event.id}-${what}`, correlation_id: event.correlation_id });

const raise = async (on: NotificationsContext, event: RecordedEvent, wish: Raise): Promise<void> => {
  const { kind, severity, text, thing, lasting, items, person, by } = wish;
  const tenant = person === undefined ? event.tenant : INSTALLATION;
  await handleAsService(on, noticeType, tenant, topicOf(tenant, kind, wish), { type: 'Raise', data: {
    notice: event.id, kind, severity, text: shortened(text), thing, event: { stream: event.stream, seq: event.seq }, by: by === true && event.actor.kind !== 'service' ? { kind: event.actor.kind, id: event.actor.id } : null, lasting,
    ...(items === undefined ? {} : { items: items.slice(0, 500) }), ...(person === undefined ? {} : { person }),
  } }, causeOf(event, kind));
};

const resolve = async (on: NotificationsContext, event: RecordedEvent, { kinds, text, items, ...place }: Resolve): Promise<void> => {
  for (const kind of kinds) await handleAsService(on, noticeType, event.tenant, topicOf(event.tenant, kind, place), { type: 'Resolve', text: shortened(text), event: { stream: event.stream, seq: event.seq }, items }, causeOf(event, `${kind}-over`));
};

/** A shape of long ago, which a rule can't read: parked, not tried for ever. */
const outcomeOf = (notice: (event: Heard<never>, known: Known) => Outcome, event: RecordedEvent, known: Known): Outcome => {
  try {
    return notice(event as Heard<never>, known);
  } catch (error) {
    throw new GiveUp(`no rule reads this ${event.type}: ${String(error)}`);
  }
};

/** Follows the events of one service. A repeat finds what was written before. */
export const noticeWhenSomethingHappened = (on: NotificationsContext, service: RuledService): Reactor => ({
  name: 'notice',
  types: [...heardTypes(service), ...(service === 'auth' ? ['TenantForgotten'] : [])],
  async react(event) {
    if (service === 'auth' && event.type === 'TenantForgotten') return void (await forgetNames(on.nc, event.aggregate.id));
    const rule = ruleOf(service, event.type);
    if (rule === undefined || on.forgotten.has(event.tenant)) return;
    if ('name' in rule && rule.name !== undefined) {
      const name = (rule.name as (data: unknown) => string | undefined)(event.data);
      if (name !== undefined) await keepName(on.nc, event, name);
    }
    if (!('notice' in rule)) return;
    const known = await readKnown(on.nc, event);
    const outcome = outcomeOf(rule.notice, event, known);
    for (const over of outcome.resolve ?? []) await resolve(on, event, over);
    // What has no tenant of its own to tell (the installation's events) is told to the person alone.
    const tellable = event.tenant !== INSTALLATION || outcome.raise?.person !== undefined;
    if (outcome.raise !== undefined && tellable && on.now() - Date.parse(event.occurred_at) < NEWS) await raise(on, event, outcome.raise);
    await keepDevice(on.nc, event, known);
  },
});

