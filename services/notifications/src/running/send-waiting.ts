/** Sends what waits for one channel, until nothing does. Each try is written down before it is made: after a crash it is made again, under the same id. */
import { newId, readState, Refusal } from '@xanthus/kernel';
import { handleAsService, pause } from '@xanthus/processes';
import { channelType } from '../channel/channel.decide.js';
import { deliveryType } from '../delivery/delivery.decide.js';
import { countOf, isIdle, type DeliveryState } from '../delivery/delivery.js';
import type { NotificationsContext } from '../notifications.context.js';
import type { Outcome, Target } from '../senders/sender.js';
import { readTarget } from '../use-cases/targets.js';

/** What waits is looked at again so often: something urgent may have come, ms. */
const LOOK = 2_000;

const untilDue = ({ current, due }: DeliveryState, now: number): number => {
  const at = current === null ? due : current.retry_at;
  return at === null ? 0 : Math.max(0, Date.parse(at) - now);
};

const targetOf = async (on: NotificationsContext, tenant: string, secret: string): Promise<Target | Outcome> => {
  try {
    return await readTarget(on, tenant, secret);
  } catch (error) {
    if (error instanceof Refusal && error.code.startsWith('VAULT.')) return { ok: false, code: error.code, message: 'Where the channel leads can\'t be read any more; set it up again.', final: true };
    throw error;
  }
};

/** One try. @throws when it was stopped: nothing is known of its end, so it is made again */
const attempt = async (on: NotificationsContext, tenant: string, id: string, secret: string, state: DeliveryState, until: AbortSignal): Promise<void> => {
  const delivery = state.current?.delivery ?? newId();
  const begun = await handleAsService(on, deliveryType, tenant, id, { type: 'Begin', delivery, attempt: (state.current?.attempt ?? 0) + 1 });
  const { current } = begun.state;
  if (begun.events.length === 0 || current === null) return;
  const started = on.now();
  const target = await targetOf(on, tenant, secret);
  const letter = { delivery, tenant, at: new Date(started).toISOString(), notices: current.notices, more: current.more, trial: false, url: on.publicUrl };
  const outcome = 'kind' in target ? await on.senders.send(target, letter, until) : target;
  if (outcome.ok) {
    await handleAsService(on, deliveryType, tenant, id, { type: 'Succeed', delivery, detail: outcome.detail.slice(0, 500), duration_ms: on.now() - started });
    return;
  }
  on.log.warn({ tenant, channel: id, delivery, code: outcome.code, attempt: current.attempt }, 'a message was not taken');
  await handleAsService(on, deliveryType, tenant, id, { type: 'Fail', delivery, code: outcome.code, message: outcome.message.slice(0, 1_000), final: outcome.final, first_pause: on.firstPause });
};

export const sendWaiting = async (on: NotificationsContext, tenant: string, id: string, until: AbortSignal): Promise<void> => {
  while (!until.aborted && !on.forgotten.has(tenant)) {
    const [state, channel] = await Promise.all([readState(on, deliveryType, tenant, id), readState(on, channelType, tenant, id)]);
    if (isIdle(state)) return;
    if (channel.status !== 'active') {
      await handleAsService(on, deliveryType, tenant, id, { type: 'Drop', because: channel.status === 'paused' ? 'paused' : 'removed' });
      return;
    }
    const wait = untilDue(state, on.now());
    if (wait > 0) {
      await pause(Math.min(wait, LOOK), until);
      continue;
    }
    if (state.current === null && countOf(state) === 0) return;
    await attempt(on, tenant, id, channel.settings.secret, state, until);
  }
};
