/** Parts of a server's page, in its address. Pure. */
export const SERVER_TABS = [
  ['overview', 'Overview'], ['set-up', 'Set-up'], ['metrics', 'Metrics'], ['applications', 'Applications'],
  ['terminal', 'Terminal'], ['logs', 'Logs'], ['history', 'History'], ['settings', 'Settings'],
] as const;
export type ServerTab = (typeof SERVER_TABS)[number][0];

/** Unknown values in an address are left out, not an error. */
export const readServerSearch = ({ tab }: Record<string, unknown>): { readonly tab?: ServerTab } => {
  const found = SERVER_TABS.find(([key]) => key === tab)?.[0];
  return found && found !== 'overview' ? { tab: found } : {};
};
