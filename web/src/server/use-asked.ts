import { mayAsk } from '../app/nav.js';
import type { Server } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';

/** May this be asked about a server, and does it make sense now? What is asked of the machine itself needs one that answers. */
export const useAsked = (server: Server, question: { readonly service: string; readonly question: string }): { readonly may: boolean; readonly enabled: boolean } => {
  const { tenant } = useClient();
  const may = useCan(mayAsk(tenant, question, server.id));
  return { may, enabled: may && server.status === 'reachable' && server.power !== 'off' };
};
