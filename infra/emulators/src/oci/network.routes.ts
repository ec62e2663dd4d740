import { notFound, refuse } from './answer.js';
import type { Route } from './route.js';
import { ocid, type Part, type State, type Tags } from './state.js';

const KINDS = { vcns: 'vcn', internetGateways: 'internetgateway', securityLists: 'securitylist', subnets: 'subnet', routeTables: 'routetable' } as const;
type Kind = keyof typeof KINDS;

const shown = ({ id, compartmentId, vcnId, displayName, freeformTags, lifecycleState, more }: Part) => ({ id, compartmentId, ...(vcnId !== undefined && { vcnId }), displayName, freeformTags, lifecycleState, ...more });

const add = (state: State, kind: Kind, given: Readonly<Record<string, unknown>>): Part => {
  const { compartmentId, vcnId, displayName = '', freeformTags = {}, ...more } = given as { compartmentId: string; vcnId?: string; displayName?: string; freeformTags?: Tags };
  if (kind !== 'vcns' && state.parts.get(vcnId ?? '')?.kind !== 'vcns') refuse(400, 'InvalidParameter', 'vcnId is invalid');
  const made: Part = { id: ocid(KINDS[kind], state.region), kind, compartmentId, ...(vcnId !== undefined && { vcnId }), displayName, freeformTags, lifecycleState: 'AVAILABLE', more };
  state.parts.set(made.id, made);
  if (kind === 'vcns') made.more['defaultRouteTableId'] = add(state, 'routeTables', { compartmentId, vcnId: made.id, displayName: 'Default Route Table', routeRules: [] }).id;
  return made;
};

const create = (kind: Kind): Route['handle'] => ({ state, body }) => {
  const given = body as Readonly<Record<string, unknown>>;
  // as Oracle does: subnets of one network don't overlap, a network has one gateway
  const others = [...state.parts.values()].filter(p => p.kind === kind && p.vcnId === given['vcnId']);
  if (kind === 'subnets' && others.some(p => p.more['cidrBlock'] === given['cidrBlock'])) refuse(400, 'InvalidParameter', `The requested CIDR ${String(given['cidrBlock'])} is invalid: it overlaps`);
  if (kind === 'internetGateways' && others.length > 0) refuse(400, 'LimitExceeded', 'internet-gateway-count');
  return { body: shown(add(state, kind, given)) };
};

const list = (kind: Kind): Route['handle'] => ({ state, query }) => ({
  list: [...state.parts.values()].filter(p => p.kind === kind && (['compartmentId', 'vcnId', 'displayName'] as const).every(name => query.get(name) === null || query.get(name) === p[name])).map(shown),
});

const known = (state: State, kind: Kind, id: string): Part => {
  const found = state.parts.get(id);
  return found?.kind === kind ? found : notFound();
};

export const networkRoutes: readonly Route[] = [
  ...(['vcns', 'internetGateways', 'securityLists', 'subnets'] as const).flatMap((kind): Route[] => [
    { method: 'GET', path: new RegExp(`^/${kind}$`), handle: list(kind) },
    { method: 'POST', path: new RegExp(`^/${kind}$`), handle: create(kind) },
  ]),
  { method: 'GET', path: /^\/routeTables\/([^/]+)$/, handle: ({ state, params: [id = ''] }) => ({ body: shown(known(state, 'routeTables', id)) }) },
  { method: 'PUT', path: /^\/routeTables\/([^/]+)$/, handle: ({ state, params: [id = ''], body }) => {
    const table = known(state, 'routeTables', id);
    table.more['routeRules'] = (body as { routeRules: unknown }).routeRules;
    return { body: shown(table) };
  } },
];
