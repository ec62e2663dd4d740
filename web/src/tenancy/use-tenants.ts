import { useQuery } from '@tanstack/react-query';
import { INSTALLATION } from '@xanthus/proto';
import type { Tenancy } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { myTenants } from './tenancy.data.js';

/** Where one belongs; the installation itself is no organisation to work in. Asked when opened, for nothing tells of a membership elsewhere. */
export const useTenants = (enabled = true): readonly Tenancy[] | undefined => {
  const client = useClient();
  const { data } = useQuery({ queryKey: ['my-tenants', client.user.id, client.tenant], queryFn: () => myTenants(client, {}, undefined, { tenant: INSTALLATION }), enabled, staleTime: 30_000 });
  return data?.tenants;
};
