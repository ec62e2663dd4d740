export const APPLICATION_TABS = [['overview', 'Overview'], ['logs', 'Logs'], ['values', 'Values'], ['history', 'History'], ['ports', 'Ports'], ['access', 'Access'], ['events', 'Events']] as const;
export type ApplicationTab = (typeof APPLICATION_TABS)[number][0];
export const readApplicationSearch = ({ tab }: Record<string, unknown>): { tab?: ApplicationTab } => {
  const found = APPLICATION_TABS.find(([name]) => name === tab)?.[0];
  return found ? { tab: found } : {};
};
