/** `/settings?tab=cloudflare`, as older links have it. Unknown values in an address are left out, not an error. Pure. */
export type SettingsTab = 'sign-on' | 'cloudflare' | 'data' | 'notifications';

export const readSettingsSearch = ({ tab }: Record<string, unknown>): { readonly tab?: SettingsTab } =>
  (tab === 'sign-on' || tab === 'cloudflare' || tab === 'data' || tab === 'notifications' ? { tab } : {});
