/** `/settings?tab=cloudflare`, as older links have it. Unknown values in an address are left out, not an error. Pure. */
export type SettingsTab = 'sign-on' | 'cloudflare' | 'data' | 'notifications';

export const readSettingsSearch = ({ tab }: Record<string, unknown>): { readonly tab?: SettingsTab } =>
  (tab === 'sign-on' || tab === 'cloudflare' || tab === 'data' || tab === 'notifications' ? { tab } : {});

/** Older addresses, `/settings?tab=cloudflare`. */
const TABS = { general: '/settings/organisation', 'sign-on': '/settings/sign-on', cloudflare: '/settings/cloudflare', data: '/settings/danger', notifications: '/settings/notifications' } as const;
export const sectionOfTab = (tab: string | undefined): (typeof TABS)[keyof typeof TABS] => (tab !== undefined && Object.hasOwn(TABS, tab) ? TABS[tab as keyof typeof TABS] : TABS.general);

/** Is this page one of those that the list of the settings stands beside? */
export const isSettings = (pathname: string): boolean => pathname.startsWith('/settings/') || pathname === '/profile' || pathname === '/sessions';
