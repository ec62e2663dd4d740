/** Parts of a zone's page, in its address. Pure. */
import type { RecordType } from '../contracts.js';
import { t } from '../texts/text.js';
import { OWNERS, RECORD_TYPES, type Owner } from './record-types.js';

export const ZONE_TABS = [['records', t('Records')], ['plans', t('Plans')], ['history', t('History')], ['drift', t('Drift')], ['tls', 'TLS']] as const;
export type ZoneTab = (typeof ZONE_TABS)[number][0];

export interface ZoneSearch {
  readonly tab?: ZoneTab;
  /** Of the tab of plans: the one that is shown. */
  readonly plan?: string;
  readonly q?: string;
  readonly type?: RecordType;
  readonly owner?: Owner;
  /** Of the history: one record. */
  readonly record?: string;
}

/** Unknown values in an address are left out, not an error. */
export const readZoneSearch = ({ tab, plan, q, type, owner, record }: Record<string, unknown>): ZoneSearch => {
  const found = ZONE_TABS.find(([key]) => key === tab)?.[0] ?? 'records';
  const kind = RECORD_TYPES.find(t => t === type);
  const whose = OWNERS.find(o => o === owner);
  return {
    ...(found === 'records' ? {} : { tab: found }),
    ...(found === 'plans' && typeof plan === 'string' && /^[0-9a-hjkmnp-tv-z]{26}$/.test(plan) ? { plan } : {}),
    ...(found === 'records' && typeof q === 'string' && q ? { q } : {}),
    ...(found === 'records' && kind ? { type: kind } : {}),
    ...(found === 'records' && whose ? { owner: whose } : {}),
    ...(found === 'history' && typeof record === 'string' && /^[0-9a-f]{32}$/.test(record) ? { record } : {}),
  };
};
