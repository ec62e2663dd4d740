import { t } from '../texts/text.js';

export const APPLICATION_TABS = [['overview', t('Overview')], ['logs', t('Logs')], ['values', t('Values')], ['history', t('History')], ['ports', t('Ports')], ['access', t('Access')], ['events', t('Events')]] as const;
export type ApplicationTab = (typeof APPLICATION_TABS)[number][0];
export const readApplicationSearch = ({ tab }: Record<string, unknown>): { tab?: ApplicationTab } => {
  const found = APPLICATION_TABS.find(([name]) => name === tab)?.[0];
  return found ? { tab: found } : {};
};
