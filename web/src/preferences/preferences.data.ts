/** The desk of preferences of who is logged in: one per connection. */
import type { Client } from '@xanthus/client';
import { INSTALLATION } from '@xanthus/proto';
import { setPreferences, type PersonPreferences } from '../contracts.js';
import type { Live } from '../live/live.js';
import { toastProblem } from '../ui/toaster.js';
import { PreferenceDesk, type Kept } from './preference-desk.js';

const desks = new WeakMap<Live, PreferenceDesk>();

export const deskOf = (live: Live): PreferenceDesk => {
  const known = desks.get(live);
  if (known) return known;
  const desk = makeDesk(live);
  desks.set(live, desk);
  return desk;
};

const NONE: Kept['values'] = {};

const makeDesk = (live: Live): PreferenceDesk => {
  const { client } = live;
  const key = `${INSTALLATION}.preferences.${client.user.id}`;
  // Followed as long as there is the connection: every page has some.
  const held = live.present<PersonPreferences>('auth', key);
  held.use();
  let ready = false;
  const desk = new PreferenceDesk({
    kept() {
      const { entries, in_sync } = held.view.get();
      ready ||= in_sync;
      const row = entries.get(key);
      return { values: row?.data.values ?? NONE, seq: row?.seq ?? 0, ready };
    },
    onKept: fn => void held.view.subscribe(fn),
    isLive: () => client.connection.get().state === 'live',
    onLive: fn => void client.connection.subscribe(({ state }) => { if (state === 'live') fn(); }),
    send: changes => save(client, changes),
    refused: toastProblem,
    later: (fn, ms) => setTimeout(fn, ms),
    never: timer => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
  });
  // Who closes the window right after a change means it all the same.
  if (typeof addEventListener !== 'undefined') addEventListener('pagehide', () => void desk.flush());
  return desk;
};

const save = async (client: Client, changes: Readonly<Record<string, unknown>>): Promise<number> =>
  (await client.command(setPreferences, { changes }, { id: client.user.id, tenant: INSTALLATION })).seq;
