/** Renewed certificates reach the clusters: dns renews them, and keeps the old one valid until everybody who uses the domain was handed the new one. */
import { deriveId } from '@xanthus/nest';
import { newId } from '@xanthus/kernel';
import { handleAsService, pause, runRounds, watchKeys } from '@xanthus/processes';
import { tlsSecretOf } from '../catalog/index.js';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import type { ApplicationRow } from '../views/applications.js';

const EVERY = 30 * 60_000;
const AT_ONCE = 4;
const PATIENCE = 30_000;

/** Zones whose certificates this application has. */
export const zonesOf = ({ zone, host, exposures }: Pick<ApplicationRow, 'zone' | 'host' | 'exposures'>): readonly string[] => [...new Set([...(zone !== null && host !== null ? [zone] : []), ...exposures.map(e => e.zone)])];
/** Its Secret holds another certificate than the domain has now. */
export const isOutdated = ({ made }: Pick<ApplicationRow, 'made'>, domain: string, ref: string | null): boolean => {
  const held = made.find(m => m.sort === 'tls' && m.name === tlsSecretOf(domain));
  // Without one of ours the domain was configured after the deploy, or is not.
  return ref !== null && held?.ref !== ref;
};

/** Begins the work if one of its certificates was renewed. */
const renewOne = async (on: ApplicationsContext, tenant: string, row: ApplicationRow): Promise<boolean> => {
  for (const zone of zonesOf(row)) {
    const ref = await on.dns.certificateRef(tenant, zone);
    if (ref === null || !isOutdated(row, (await on.dns.zone(tenant, zone)).name, ref)) continue;
    const command_id = newId();
    await handleAsService(on, applicationType, tenant, row.id, {
      type: 'StartWork', as: 'restart', kind: 'certificate', deployment: deriveId(tenant, 'deployment', row.id, command_id), plan: null, with: {}, reason: 'the certificate of the domain was renewed',
    }, { command_id });
    return true;
  }
  return false;
};

/** Until the signal. Run it in one copy only. */
export const runCertificates = async (on: ApplicationsContext, signal: AbortSignal): Promise<void> => {
  const rows = new Map<string, ApplicationRow>();
  await Promise.all([
    watchKeys(on.nc, 'applications', { filters: ['*.applications.*'], put: (key, data) => void rows.set(key, data as ApplicationRow), gone: key => void rows.delete(key), keys: () => rows.keys() }, signal),
    runRounds({
      every: EVERY, pause, atOnce: AT_ONCE, patience: PATIENCE, log: on.log,
      items: () => [...rows].map(([key, row]) => ({ tenant: key.slice(0, key.indexOf('.')), row })).filter(({ tenant, row }) => row.status === 'running' && row.work === null && zonesOf(row).length > 0 && !on.forgotten.has(tenant)),
      look: async ({ tenant, row }) => void await renewOne(on, tenant, row),
      failed: ({ row }, error) => on.log.info({ err: error, application: row.id }, 'the certificate of an application could not be looked at'),
    }, signal),
  ]);
};
