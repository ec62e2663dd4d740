/** Unique values of applications, as markers of the store. */
import type { CommandOptions } from '@xanthus/kernel';
import { nameKey } from '@xanthus/vault';
import type { ApplicationsContext } from '../applications.context.js';
import type { ApplicationEvent } from '../application/application.js';
import { currentRelease, isLiving, type ApplicationState } from '../application/application.js';
import { hostTaken, nameTaken, placeTaken } from '../application/application.errors.js';

type Claim = NonNullable<CommandOptions['claims']>[number];
type Kept = Pick<ApplicationsContext, 'keys'>;
const MARKERS = { name: 'application-name', host: 'application-host', place: 'application-place' } as const;
export interface Place { readonly server: string; readonly namespace: string; readonly release_name: string }

/** Names that differ in case or spaces only are the same to a person. */
const named = (name: string): string => name.normalize('NFKC').toLocaleLowerCase('en').replaceAll(/\s+/g, ' ');
export const sameName = (a: string, b: string): boolean => named(a) === named(b);
const placed = ({ server, namespace, release_name }: Place): string => `${server} ${namespace} ${release_name}`;

export const nameClaim = async (on: Kept, tenant: string, name: string): Promise<Claim> => ({ kind: MARKERS.name, key: await nameKey(on, tenant, named(name)), taken: nameTaken(name) });
export const hostClaim = async (on: Kept, tenant: string, host: string): Promise<Claim> => ({ kind: MARKERS.host, key: await nameKey(on, tenant, host), taken: hostTaken(host) });
export const placeClaim = async (on: Kept, tenant: string, place: Place): Promise<Claim> => ({ kind: MARKERS.place, key: await nameKey(on, tenant, placed(place)), taken: placeTaken(place.release_name) });

/** What an application holds, and what it ever held. `host`s: those of its releases too. */
export const heldBy = (state: ApplicationState): { readonly names: readonly string[]; readonly hosts: readonly string[]; readonly places: readonly Place[] } => {
  if (!isLiving(state)) return { names: [], hosts: [], places: [] };
  const release = currentRelease(state);
  return { names: [state.name], hosts: [state.host, release?.host ?? null, ...(release?.exposures ?? []).map(e => e.host)].filter(h => h !== null), places: [state] };
};
export const everHeld = (events: readonly ApplicationEvent[]): ReturnType<typeof heldBy> => {
  const names: string[] = [];
  const hosts: string[] = [];
  const places: Place[] = [];
  for (const e of events) {
    if (e.type === 'ApplicationRequested') {
      names.push(e.data.name);
      places.push(e.data);
      if (e.data.host !== null) hosts.push(e.data.host);
    } else if (e.type === 'ReleaseMade') {
      hosts.push(...[e.data.release.host, ...e.data.release.exposures.map(x => x.host)].filter(h => h !== null));
    } else if (e.type === 'WorkStarted' && typeof e.data.with['host'] === 'string') {
      hosts.push(e.data.with['host']);
    }
  }
  return { names, hosts, places };
};
