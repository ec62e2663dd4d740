import { useQuery } from '@tanstack/react-query';
import { mayAsk } from '../app/nav.js';
import type { Application } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { applicationStatus } from './applications.data.js';

/** How it is in the cluster, asked when it is shown, when what is known of it changes, and every 20 seconds. */
export const useStatus = (application: Application) => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, applicationStatus, application.id));
  return useQuery({
    queryKey: ['application', client.tenant, application.id, 'status', application.revision, application.status], enabled: may, refetchInterval: 20_000, placeholderData: before => before,
    queryFn: () => applicationStatus(client, {}, application.id),
  });
};
