import { accountsOf, noRoute, userRight } from './access.js';
import { paged, refuse } from './answer.js';
import { param, type Route } from './route.js';
import type { Account } from './state.js';

const accountAnswer = (account: Account): object =>
  ({ id: account.id, name: account.name, type: 'standard', settings: { enforce_twofactor: false }, created_on: '2024-01-01T00:00:00Z' });

export const accountRoutes: readonly Route[] = [
  {
    method: 'GET', pattern: '/user',
    handle: call => {
      userRight(call.token, 'User Details Read');
      const user = call.state.users.get(call.token.user);
      return { result: { id: user?.id, email: user?.email, first_name: null, last_name: null, two_factor_authentication_enabled: false, suspended: false } };
    },
  },
  {
    method: 'GET', pattern: '/accounts',
    handle: call => {
      const wanted = call.query.get('name');
      const list = accountsOf(call.state, call.token).filter(account => wanted === null || account.name.includes(wanted));
      return paged(list.map(accountAnswer), call.query, { preset: 20, min: 5, max: 50 });
    },
  },
  {
    method: 'GET', pattern: '/accounts/:account',
    handle: call => {
      const id = param(call, 'account');
      if (!/^[0-9a-f]{32}$/.test(id)) return noRoute(`/client/v4${call.path}`);
      const account = accountsOf(call.state, call.token).find(a => a.id === id);
      return account ? { result: accountAnswer(account) } : refuse(403, 9109, 'Unauthorized to access requested resource');
    },
  },
  {
    method: 'GET', pattern: '/memberships',
    handle: call => {
      userRight(call.token, 'Memberships Read', 10000);
      const list = accountsOf(call.state, call.token).map(account => ({
        id: account.id.split('').reverse().join(''), status: 'accepted', account: accountAnswer(account), roles: ['Super Administrator - All Privileges'], api_access_enabled: null,
      }));
      return paged(list, call.query, { preset: 20, min: 5, max: 50 });
    },
  },
];
