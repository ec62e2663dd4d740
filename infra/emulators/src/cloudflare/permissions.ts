/**
 * The permission groups that Xanthus asks for, with the names and ids that `GET /user/tokens/permission_groups` gives; the dashboard writes
 * "Edit" where the API writes "Write". Source: developers.cloudflare.com/fundamentals/api/reference/permissions.
 */
export const PERMISSION_GROUPS = {
  'Account Settings Read': { id: 'c1fde68c7bcc44588cbb6ddbc16d6480', scope: 'com.cloudflare.api.account' },
  'Account Settings Write': { id: '1af1fa2adc104452b74a9a3364202f20', scope: 'com.cloudflare.api.account' },
  'Workers KV Storage Read': { id: '8b47d2786a534c08a1f94ee8f9f599ef', scope: 'com.cloudflare.api.account' },
  'Workers KV Storage Write': { id: 'f7f0eda5697f475c90846e879bab8666', scope: 'com.cloudflare.api.account' },
  'Workers Scripts Write': { id: 'e086da7e2179491d91ee5f35b3ca210a', scope: 'com.cloudflare.api.account' },
  'Zone Read': { id: 'c8fed203ed3043cba015a93ad1616f1f', scope: 'com.cloudflare.api.account.zone' },
  'Zone Write': { id: 'e6d2666161e84845a636613608cee8d5', scope: 'com.cloudflare.api.account.zone' },
  'Zone Settings Read': { id: '517b21aee92c4d89936c976ba6e4be55', scope: 'com.cloudflare.api.account.zone' },
  'Zone Settings Write': { id: '3030687196b94b638145a3953da2b699', scope: 'com.cloudflare.api.account.zone' },
  'DNS Read': { id: '82e64a83756745bbbb1c9c2701bf816b', scope: 'com.cloudflare.api.account.zone' },
  'DNS Write': { id: '4755a26eedb94da69e1066d98aa820be', scope: 'com.cloudflare.api.account.zone' },
  'SSL and Certificates Read': { id: '7b7216b327b04b8fbc8f524e1f9b7531', scope: 'com.cloudflare.api.account.zone' },
  'SSL and Certificates Write': { id: 'c03055bc037c4ea9afb9a9f104b7b721', scope: 'com.cloudflare.api.account.zone' },
  'Page Rules Read': { id: 'b415b70a4fd1412886f164451f20405c', scope: 'com.cloudflare.api.account.zone' },
  'Page Rules Write': { id: 'ed07f6c337da4195b4e72a1fb2c6bcae', scope: 'com.cloudflare.api.account.zone' },
  'Dynamic URL Redirects Read': { id: 'd8e12db741544d1586ec1d6f5d3c7786', scope: 'com.cloudflare.api.account.zone' },
  'Dynamic URL Redirects Write': { id: '74e1036f577a48528b78d2413b40538d', scope: 'com.cloudflare.api.account.zone' },
  'Memberships Read': { id: '3518d0f75557482e952c6762d3e64903', scope: 'com.cloudflare.api.user' },
  'User Details Read': { id: '8acbe5bb0d54464ab867149d7f7cf8ac', scope: 'com.cloudflare.api.user' },
  'API Tokens Read': { id: '0cc3a61731504c89b99ec1be78b77aa0', scope: 'com.cloudflare.api.user' },
  'API Tokens Write': { id: '686d18d5ac6c441c867cbf6771e58a0a', scope: 'com.cloudflare.api.user' },
} as const;

export type Permission = keyof typeof PERMISSION_GROUPS;
export const ALL_PERMISSIONS = Object.keys(PERMISSION_GROUPS) as readonly Permission[];

/** What a token needs for all of Xanthus, the least that does. */
export const NEEDED_PERMISSIONS: readonly Permission[] = [
  'Account Settings Read', 'Workers KV Storage Write', 'Zone Read', 'Zone Settings Write', 'DNS Write', 'SSL and Certificates Write', 'Dynamic URL Redirects Write',
];

export const groupsAnswer = (names: readonly Permission[]): object[] =>
  names.map(name => ({ id: PERMISSION_GROUPS[name].id, name, scopes: [PERMISSION_GROUPS[name].scope] }));

/** A right to write includes the right to read the same. */
export const holds = (held: readonly Permission[], wanted: Permission): boolean =>
  held.includes(wanted) || (wanted.endsWith(' Read') && held.includes(wanted.replace(/ Read$/, ' Write') as Permission));
