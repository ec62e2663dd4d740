import { earlierTry, handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import type { setTimeZone as contract, timeZones as question } from '@xanthus/proto/vps';
import { clean } from '../remote/remote-text.js';
import { serverType } from '../server/server.decide.js';
import type { VpsContext } from '../vps.context.js';
import { asRoot, checkAllowed, commandFailed, onServer } from './host.js';
import { ASK_TIME_ZONE } from './info.js';

/** Of names that mean the same only one is in it, and `Etc/UTC`, which Intl leaves out. */
export const knownTimeZones = (): readonly string[] => [...new Set(['Etc/UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC' && zone !== 'GMT')])].sort();

/** Minutes east of UTC at a moment. */
export const offsetOf = (zone: string, at: Date): number => {
  const text = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at).find(p => p.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /^GMT([+-])(\d{2}):?(\d{2})?/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) + 0;
};

export const timeZones = (now: Date): OutputOf<typeof question> => ({ items: knownTimeZones().map(name => ({ name, offset_minutes: offsetOf(name, now) })) });

/** Older names of a zone are good too: what the system knows, Intl does. */
export const isKnownTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const timeZoneUnknown = (time_zone: string): Refusal =>
  new Refusal('SERVER.TIME_ZONE_UNKNOWN', `There is no time zone ${time_zone}. Take one of the list, such as Europe/Berlin.`, { time_zone });

export const setTimeZone = async (vps: VpsContext, { time_zone }: ParsedInputOf<typeof contract>, call: Call): Promise<Written> => {
  const before = await earlierTry(vps, serverType, call);
  if (before) return writtenBy(before);
  if (!isKnownTimeZone(time_zone)) throw timeZoneUnknown(time_zone);
  await checkAllowed(vps, call, 'set-time-zone');
  const from = await onServer(vps, call, async (connection) => {
    const was = clean((await connection.script(ASK_TIME_ZONE, [], { signal: call.signal })).stdout, 64) || null;
    const { code, stderr } = await connection.exec(asRoot('timedatectl', 'set-timezone', '--', time_zone), { signal: call.signal });
    if (code !== 0) throw commandFailed('Setting the time zone', stderr);
    return was;
  });
  return writtenBy(await handle(vps, serverType, call.context(), { type: 'Note', data: { type: 'TimeZoneSet', data: { from, to: time_zone } } }));
};
