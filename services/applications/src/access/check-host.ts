import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import type { checkHost } from '@xanthus/proto/applications';
import type { ApplicationsContext } from '../applications.context.js';
import { hostOf } from '../catalog/index.js';
import type { ApplicationRow } from '../views/applications.js';

/** Among the applications first: what one of them holds may not be a record yet. @throws Refusal DNS.NOT_MANAGED */
export const checkHostOf = async (on: Pick<ApplicationsContext, 'dns' | 'views' | 'places'>, tenant: string, { zone, subdomain, application }: ParsedInputOf<typeof checkHost>): Promise<OutputOf<typeof checkHost>> => {
  const host = hostOf(subdomain, (await on.dns.zone(tenant, zone)).name);
  const rows = (await on.views.list<ApplicationRow>(tenant, 'applications')).map(r => r.value.data);
  const holder = rows.find(r => r.id !== application && (r.host === host || r.exposures.some(e => e.host === host)));
  if (holder) return { host, free: false, message: `The application ${holder.name} has this address. Choose another subdomain.` };
  const { free, message } = await on.places.nameAt(tenant, host, application);
  return { host, free, message: free ? '' : message };
};
