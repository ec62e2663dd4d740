/** Parts of the settings, in their address. Pure. */
export const SETTINGS_TABS = [['general', 'General'], ['sign-on', 'Single sign-on'], ['cloudflare', 'Cloudflare'], ['data', 'Export and removal']] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number][0];

/** Unknown values in an address are left out, not an error. */
export const readSettingsSearch = ({ tab }: Record<string, unknown>): { readonly tab?: SettingsTab } => {
  const found = SETTINGS_TABS.find(([key]) => key === tab)?.[0];
  return found && found !== 'general' ? { tab: found } : {};
};
