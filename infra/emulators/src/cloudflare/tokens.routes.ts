import { accountFor, userRight } from './access.js';
import { refuse, type Answer } from './answer.js';
import { ALL_PERMISSIONS, groupsAnswer, PERMISSION_GROUPS } from './permissions.js';
import { param, type Route } from './route.js';
import { statusOf, type State, type Token } from './state.js';

const SAYS = { active: 'This API Token is valid and active', disabled: 'This API Token is disabled', expired: 'This API Token is expired' } as const;

/** `GET …/tokens/verify`: the one call that also answers for a token that is disabled or expired. A token that is unknown here is 1000. */
export const verify = (state: State, value: string, account: string | undefined): Answer => {
  const token = state.tokens.get(value);
  if (token === undefined || token.ownedBy !== account) return refuse(401, 1000, 'Invalid API Token');
  if (token.wrongPlace) return refuse(403, 9109, 'Cannot use the access token from location: 127.0.0.1');
  const status = statusOf(state, token);
  return { result: { id: token.id, status, ...times(token) }, messages: [{ code: 10000, message: SAYS[status] }] };
};

const seconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, 'Z');
const times = (token: Token): object => ({ ...(token.notBefore && { not_before: seconds(token.notBefore) }), ...(token.expires && { expires_on: seconds(token.expires) }) });

const policies = (token: Token): object[] => {
  const of = (scope: string): object[] => groupsAnswer(token.permissions.filter(p => PERMISSION_GROUPS[p].scope === scope));
  const each = (prefix: string, ids: readonly string[] | undefined): Record<string, string> =>
    ids === undefined ? { [`${prefix}.*`]: '*' } : Object.fromEntries(ids.map(id => [`${prefix}.${id}`, '*']));
  const list = [
    { resources: { [`com.cloudflare.api.user.${token.user}`]: '*' }, permission_groups: of('com.cloudflare.api.user') },
    { resources: each('com.cloudflare.api.account', token.ownedBy ? [token.ownedBy] : token.accounts), permission_groups: of('com.cloudflare.api.account') },
    { resources: each('com.cloudflare.api.account.zone', token.zones), permission_groups: of('com.cloudflare.api.account.zone') },
  ];
  return list.filter(p => p.permission_groups.length > 0).map((p, i) => ({ id: `${token.id.slice(0, 31)}${i}`, effect: 'allow', ...p }));
};

const details = (state: State, token: Token): object => ({
  id: token.id, name: token.name, status: statusOf(state, token), issued_on: seconds(token.issued), modified_on: seconds(token.issued), ...times(token), policies: policies(token),
});

const oneOf = (state: State, id: string, isOurs: (token: Token) => boolean): Answer => {
  const found = [...state.tokens.values()].find(token => token.id === id && isOurs(token));
  return found ? { result: details(state, found) } : refuse(404, 1003, 'Invalid API Token identifier');
};

const byName = (query: URLSearchParams): Answer =>
  ({ result: groupsAnswer(ALL_PERMISSIONS).filter(group => query.get('name') === null || (group as { name: string }).name === query.get('name')) });

export const tokenRoutes: readonly Route[] = [
  {
    method: 'GET', pattern: '/user/tokens/permission_groups',
    handle: call => { userRight(call.token, 'API Tokens Read'); return byName(call.query); },
  },
  {
    method: 'GET', pattern: '/user/tokens/:token',
    handle: call => { userRight(call.token, 'API Tokens Read'); return oneOf(call.state, param(call, 'token'), t => t.user === call.token.user && t.ownedBy === undefined); },
  },
  {
    method: 'GET', pattern: '/accounts/:account/tokens/permission_groups',
    handle: call => { accountFor(call.state, call.token, param(call, 'account'), 'API Tokens Read', call.path); return byName(call.query); },
  },
  {
    method: 'GET', pattern: '/accounts/:account/tokens/:token',
    handle: call => {
      const account = accountFor(call.state, call.token, param(call, 'account'), 'API Tokens Read', call.path);
      return oneOf(call.state, param(call, 'token'), t => t.ownedBy === account.id);
    },
  },
];
