/** What doors do before a channel decides. */
import { handle, newId, readState, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { handleAsService } from '@xanthus/processes';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import { channelDigest, channelFilter, type changeChannel as changeContract, type channelSettings as settingsContract, type ChannelDigest, type defineChannel as defineContract, type QuietHours, type testChannel as testContract } from '@xanthus/proto/notifications';
import { nameKey } from '@xanthus/vault';
import { channelType } from '../channel/channel.decide.js';
import { limitReached, nameTaken, noChannel, unknownZone } from '../channel/channel.errors.js';
import { isLive, type ChannelSettings, type LiveChannel } from '../channel/channel.js';
import { deliveryType } from '../delivery/delivery.decide.js';
import { isTimeZone } from '../delivery/when.js';
import type { NotificationsContext } from '../notifications.context.js';
import type { Letter, Target } from '../senders/sender.js';
import type { ChannelRow } from '../views/channels.js';
import { labelOf, readTarget, secretName, targetFrom } from './targets.js';

const MOST_CHANNELS = 30;

const claimName = async (on: NotificationsContext, tenant: string, name: string) => ({ kind: 'channel-name', key: await nameKey(on, tenant, name), taken: nameTaken(name) });
const releaseName = async (on: NotificationsContext, tenant: string, id: string, name: string): Promise<void> =>
  on.store.release({ tenant, service: 'notifications', kind: 'channel-name', key: await nameKey(on, tenant, name), aggregate: { tenant, service: 'notifications', aggregate: 'channel', id } });

const requireZones = (quiet: QuietHours | null | undefined, digest: ChannelDigest | undefined): void => {
  for (const zone of [quiet?.time_zone, digest?.time_zone]) if (zone !== undefined && !isTimeZone(zone)) throw unknownZone(zone);
};

const liveChannel = async (on: NotificationsContext, tenant: string, id: string): Promise<LiveChannel> => {
  const state = await readState(on, channelType, tenant, id);
  if (!isLive(state)) throw noChannel();
  return state;
};

/** In the vault before the event names it; what a refusal leaves goes again. */
const keeping = async (on: NotificationsContext, call: Call, target: Target, write: (about: Pick<ChannelSettings, 'secret' | 'fingerprint' | 'label'>) => Promise<Written>): Promise<Written> => {
  await on.senders.check(target);
  const text = JSON.stringify(target);
  const fingerprint = await on.vault.fingerprintOf(call.tenant, text);
  const secret = secretName(call.id, call.command_id, fingerprint);
  await on.vault.put(call.tenant, secret, text);
  try {
    return await write({ secret, fingerprint, label: labelOf(target) });
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'CHANNEL.EXISTS') await on.vault.destroy(call.tenant, secret);
    throw error;
  }
};

export const defineChannel = async (on: NotificationsContext, { name, target, filter, quiet, digest }: ParsedInputOf<typeof defineContract>, call: Call): Promise<Written> => {
  requireZones(quiet, digest);
  const others = await on.views.list<ChannelRow>(call.tenant, 'channels');
  if (others.length >= MOST_CHANNELS && !others.some(o => o.id === call.id)) throw limitReached(MOST_CHANNELS);
  const claims = [await claimName(on, call.tenant, name)];
  return keeping(on, call, targetFrom(target, undefined), async about => writtenBy(await handle(on, channelType, call.context(), {
    type: 'Define', settings: { name, kind: target.kind, ...about, filter: filter ?? channelFilter.parse({}), quiet: quiet ?? null, digest: digest ?? channelDigest.parse({}) },
  }, claims)));
};

export const changeChannel = async (on: NotificationsContext, input: ParsedInputOf<typeof changeContract>, call: Call): Promise<Written> => {
  const { target, ...rest } = input;
  requireZones(rest.quiet, rest.digest);
  const { settings } = await liveChannel(on, call.tenant, call.id);
  const claims = rest.name === undefined || rest.name === settings.name ? [] : [await claimName(on, call.tenant, rest.name)];
  const change: Partial<ChannelSettings> = { ...(rest.name === undefined ? {} : { name: rest.name }), ...(rest.filter === undefined ? {} : { filter: rest.filter }), ...(rest.quiet === undefined ? {} : { quiet: rest.quiet }), ...(rest.digest === undefined ? {} : { digest: rest.digest }) };
  const write = async (about: Partial<ChannelSettings>): Promise<Written> => writtenBy(await handle(on, channelType, call.context(), { type: 'Change', settings: { ...change, ...about } }, claims));
  if (target === undefined) {
    const written = await write({});
    if (claims.length > 0) await releaseName(on, call.tenant, call.id, settings.name);
    return written;
  }
  const before = await readTarget(on, call.tenant, settings.secret);
  const after = target.kind === before.kind ? targetFrom(target, before) : undefined;
  if (after === undefined) return write({ kind: target.kind }); // which refuses it
  const written = await keeping(on, call, after, write);
  const now = await readState(on, channelType, call.tenant, call.id);
  if (isLive(now) && now.settings.secret !== settings.secret) await on.vault.destroy(call.tenant, settings.secret);
  if (claims.length > 0) await releaseName(on, call.tenant, call.id, settings.name);
  return written;
};

/** What waits is dropped with it. */
const drop = (on: NotificationsContext, { tenant, id, command_id, correlation_id }: Call, because: 'paused' | 'removed'): Promise<unknown> =>
  handleAsService(on, deliveryType, tenant, id, { type: 'Drop', because }, { command_id: `drop-${command_id}`, correlation_id });

export const pauseChannel = async (on: NotificationsContext, call: Call): Promise<Written> => {
  const written = writtenBy(await handle(on, channelType, call.context(), { type: 'Pause' }));
  await drop(on, call, 'paused');
  return written;
};

export const resumeChannel = async (on: NotificationsContext, call: Call): Promise<Written> => writtenBy(await handle(on, channelType, call.context(), { type: 'Resume' }));

export const removeChannel = async (on: NotificationsContext, call: Call): Promise<Written> => {
  const result = await handle(on, channelType, call.context(), { type: 'Remove' });
  await drop(on, call, 'removed');
  if (result.state.status === 'removed') {
    await on.vault.destroy(call.tenant, result.state.settings.secret);
    await releaseName(on, call.tenant, call.id, result.state.settings.name);
  }
  return writtenBy(result);
};

const trialOf = (on: NotificationsContext, tenant: string): Letter => {
  const at = new Date(on.now()).toISOString();
  return { delivery: newId(), tenant, at, more: 0, trial: true, url: on.publicUrl, notices: [{ notice: newId(), what: 'raised', kind: 'trial', severity: 'info', text: 'This is how a notice of Xanthus looks here.', thing: null, at }] };
};

/** Sends at once, beside what waits; what happened is the answer and an event. @throws Refusal RATE_LIMITED */
export const testChannel = async (on: NotificationsContext, call: Call): Promise<OutputOf<typeof testContract>> => {
  const { settings } = await liveChannel(on, call.tenant, call.id);
  on.trials.take(call.tenant);
  const outcome = await on.senders.send(await readTarget(on, call.tenant, settings.secret), trialOf(on, call.tenant), call.signal);
  const told = outcome.ok ? { ok: true, message: outcome.detail } : { ok: false, message: outcome.message.slice(0, 1_000), code: outcome.code };
  const written = writtenBy(await handle(on, channelType, call.context(), { type: 'NoteTest', ...told }));
  return { ...written, ...told };
};

export const readSettings = async (on: NotificationsContext, call: Call): Promise<OutputOf<typeof settingsContract>> => {
  const { settings } = await liveChannel(on, call.tenant, call.id);
  const target = await readTarget(on, call.tenant, settings.secret);
  if (target.kind !== 'email') return { kind: target.kind, to: [], server: null };
  if (target.server === null) return { kind: 'email', to: [...target.to], server: null };
  const { host, port, security, user, from, password } = target.server;
  return { kind: 'email', to: [...target.to], server: { host, port, security, from, has_password: password !== undefined, ...(user === undefined ? {} : { user }) } };
};
