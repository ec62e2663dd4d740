import { ApiRefusal, refuse } from './answer.js';
import { holds, PERMISSION_GROUPS, type Permission } from './permissions.js';
import { statusOf, type Account, type State, type Token, type Zone } from './state.js';

const FORMAT = /^[A-Za-z0-9_-]{40,100}$/;

/** The token of an Authorization header. Errors 9106, 6003 with 6111: what the API gives before it looks anything up. */
export const bearer = (header: string | undefined): string => {
  if (header === undefined) return refuse(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
  const [, value] = /^Bearer +(\S+)$/.exec(header) ?? [];
  if (value !== undefined && FORMAT.test(value)) return value;
  throw new ApiRefusal(400, [{ code: 6003, message: 'Invalid request headers', error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }] }]);
};

/** A token that may be used now. 9109 for all others, as everywhere but in the products of an account or zone. */
export const usable = (state: State, value: string): Token => {
  const token = state.tokens.get(value);
  if (token?.wrongPlace) return refuse(403, 9109, 'Cannot use the access token from location: 127.0.0.1');
  if (token === undefined || statusOf(state, token) !== 'active' || (token.notBefore?.getTime() ?? 0) > state.now()) return refuse(403, 9109, 'Invalid access token');
  return token;
};

const hasAccountRight = (token: Token): boolean => token.permissions.some(p => PERMISSION_GROUPS[p].scope === 'com.cloudflare.api.account');

/** Does the token reach the account at all? */
export const reaches = (token: Token, account: Account): boolean =>
  (account.user === token.user || account.members.includes(token.user)) && (token.ownedBy ?? account.id) === account.id && (token.accounts?.includes(account.id) ?? true);

export const accountsOf = (state: State, token: Token): Account[] =>
  hasAccountRight(token) || token.ownedBy !== undefined ? [...state.accounts.values()].filter(account => reaches(token, account)) : [];

const isHex = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

export const noRoute = (path: string): never => {
  throw new ApiRefusal(404, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` }, { code: 7000, message: 'No route for that URI' },
  ]);
};

const authenticationError = (): never => refuse(403, 10000, 'Authentication error');

/** The account of a product's path, for a token that holds the right there. An account that is not the caller's looks like a missing right. */
export const accountFor = (state: State, token: Token, id: string, right: Permission, path: string): Account => {
  if (!isHex(id)) return noRoute(path);
  const account = state.accounts.get(id);
  if (account === undefined || !reaches(token, account) || !holds(token.permissions, right)) return authenticationError();
  return account;
};

export const reachesZone = (state: State, token: Token, zone: Zone): boolean => {
  const account = state.accounts.get(zone.account);
  return account !== undefined && reaches(token, account) && (token.zones?.includes(zone.id) ?? true);
};

export const zoneFor = (state: State, token: Token, id: string, right: Permission, path: string, refusal: 'plain' | 'product' = 'product'): Zone => {
  if (!isHex(id)) return noRoute(path);
  const zone = state.zones.get(id);
  if (zone === undefined && refusal === 'plain') return refuse(404, 1001, 'Invalid zone identifier');
  if (zone !== undefined && reachesZone(state, token, zone) && holds(token.permissions, right)) return zone;
  return refusal === 'plain' ? refuse(403, 9109, 'Unauthorized to access requested resource') : authenticationError();
};

/** A right of the person: tokens of an account have none. */
export const userRight = (token: Token, right: Permission, refusal: 9109 | 10000 = 9109): void => {
  if (token.ownedBy !== undefined) refuse(403, 9109, 'Valid user-level authentication not found');
  if (holds(token.permissions, right)) return;
  if (refusal === 10000) authenticationError();
  refuse(403, 9109, 'Unauthorized to access requested resource');
};
