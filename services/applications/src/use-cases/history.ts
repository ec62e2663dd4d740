import { Refusal } from '@xanthus/kernel';
import type { OutputOf } from '@xanthus/proto';
import type { applicationHistory, portForwards } from '@xanthus/proto/applications';
import { currentRelease } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { portsOf } from '../catalog/index.js';
import type { ReleaseRow } from '../views/releases.js';
import { livingApplication } from './living.js';

export const historyOf = async (on: ApplicationsContext, tenant: string, id: string): Promise<OutputOf<typeof applicationHistory>> => {
  await livingApplication(on, tenant, id);
  const rows = await on.views.list<ReleaseRow>(tenant, 'releases', id);
  return { releases: rows.map(r => r.value.data).sort((a, b) => b.revision - a.revision) };
};

/** Ports of the entry as it was deployed, and which of them has an address. */
export const forwardsOf = async (on: ApplicationsContext, tenant: string, id: string): Promise<OutputOf<typeof portForwards>> => {
  const state = await livingApplication(on, tenant, id);
  const release = currentRelease(state);
  if (!release) return { ports: [] };
  const { entry } = await on.sealed.ofRevision(tenant, id, release.revision).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'APPLICATION.REVISION_UNKNOWN') return { entry: undefined };
    throw error;
  });
  const listed = entry === undefined ? [] : portsOf(entry).map(({ port, name, description, http }) => ({ port, name, description, http }));
  const exposed = release.exposures.filter(e => !listed.some(p => p.port === e.port)).map(e => ({ port: e.port, name: String(e.port), description: '', http: true }));
  const main = entry?.default_port;
  type Forward = OutputOf<typeof portForwards>['ports'][number];
  return { ports: [...listed, ...exposed].flatMap((p): Forward[] => {
    const others = release.exposures.filter(e => e.port === p.port).map(e => ({ ...p, main: false, host: e.host, zone: e.zone }));
    const own = p.port === main && release.host !== null ? [{ ...p, main: true, host: release.host, zone: release.zone }] : [];
    return own.length + others.length === 0 ? [{ ...p, main: p.port === main, host: null, zone: null }] : [...own, ...others];
  }) };
};
