import { ok, paged, refuse, sorted } from './answer.js';
import { actionDocument } from './documents.js';
import { idOf, type Call, type Route } from './route.js';
import type { Action } from './state.js';

const known = (call: Call, id: number): Action => call.project.actions.get(id) ?? refuse('not_found', `action with ID '${id}' not found`);
/** Of a server that is gone too, as long as its actions are known. */
const ofServer = (call: Call): Action[] => {
  const id = idOf(call);
  const found = [...call.project.actions.values()].filter(a => a.resources.some(r => r.type === 'server' && r.id === id));
  return found.length > 0 || call.project.servers.has(id) ? found : refuse('not_found', 'server not found');
};

export const actionRoutes: readonly Route[] = [
  { method: 'get', path: '/actions', handle: call => ok({
    actions: [...new Set(call.query.getAll('id'))].flatMap(id => { const action = call.project.actions.get(Number(id)); return action ? [actionDocument(call.state, action)] : []; }),
  }) },
  { method: 'get', path: '/actions/{id}', handle: call => ok({ action: actionDocument(call.state, known(call, idOf(call))) }) },
  {
    method: 'get', path: '/servers/{id}/actions', handle: call => {
      const status = call.query.getAll('status');
      return paged('actions', sorted(ofServer(call).filter(a => status.length === 0 || status.includes(a.status)), call.query).map(a => actionDocument(call.state, a)), call.query);
    },
  },
  {
    method: 'get', path: '/servers/{id}/actions/{action_id}', handle: call => {
      const wanted = idOf(call, 'action_id');
      const action = ofServer(call).find(a => a.id === wanted) ?? refuse('not_found', `action with ID '${wanted}' not found`);
      return ok({ action: actionDocument(call.state, action) });
    },
  },
];
