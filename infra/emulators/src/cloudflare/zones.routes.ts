import { reachesZone, zoneFor } from './access.js';
import { paged, refuse, type Answer } from './answer.js';
import { holds, type Permission } from './permissions.js';
import { jsonBody, param, productZone, type Call, type Route } from './route.js';
import { PLANS } from './plans.js';
import type { State, Zone } from './state.js';

/** What the member who owns the token may do, not the token: the API's list is "legacy permissions based on legacy membership information". */
const LEGACY_PERMISSIONS = ['#zone:read', '#zone:edit', '#zone_settings:read', '#zone_settings:edit', '#dns_records:read', '#dns_records:edit', '#ssl:read', '#ssl:edit'];

const zoneAnswer = (state: State, zone: Zone): object => {
  const time = zone.created.toISOString();
  return {
    id: zone.id, name: zone.name, status: zone.status, paused: false, type: 'full', development_mode: 0, name_servers: ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'],
    original_name_servers: null, original_registrar: null, original_dnshost: null, created_on: time, modified_on: time, activated_on: zone.status === 'active' ? time : null,
    account: { id: zone.account, name: state.accounts.get(zone.account)?.name }, owner: { id: null, type: 'user', email: null },
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: PLANS[zone.plan].page_rules, phishing_detected: false }, permissions: LEGACY_PERMISSIONS,
    plan: { id: '0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee', name: PLANS[zone.plan].title, legacy_id: zone.plan, price: 0, currency: 'USD', frequency: '', is_subscribed: true, can_subscribe: false, externally_managed: false },
  };
};

const list = (call: Call): Answer => {
  const wanted = (name: string): string | null => call.query.get(name);
  const zones = holds(call.token.permissions, 'Zone Read') ? [...call.state.zones.values()].filter(zone => reachesZone(call.state, call.token, zone)) : [];
  const found = zones.filter(zone => (wanted('name') ?? zone.name) === zone.name && (wanted('status') ?? zone.status) === zone.status && (wanted('account.id') ?? zone.account) === zone.account);
  return paged(found.map(zone => zoneAnswer(call.state, zone)), call.query, { preset: 20, min: 5, max: 50 });
};

const settingRight = (id: string, kind: 'Read' | 'Write'): Permission => id === 'ssl' ? `SSL and Certificates ${kind}` : `Zone Settings ${kind}`;

/** Settings that Xanthus changes, and their values. `ssl` also obeys Zone Settings. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = { ssl: ['off', 'flexible', 'full', 'strict', 'origin_pull'], always_use_https: ['on', 'off'] };

const setting = (call: Call, kind: 'Read' | 'Write'): { readonly zone: Zone; readonly id: string } => {
  const id = param(call, 'setting');
  const right = settingRight(id, kind);
  const zone = productZone(call, holds(call.token.permissions, right) ? right : `Zone Settings ${kind}`);
  if (!(id in SETTINGS)) refuse(400, 1006, `Undefined zone setting: ${id}`);
  return { zone, id };
};

const settingAnswer = (zone: Zone, id: string): Answer =>
  ({ result: { id, value: zone.settings.get(id) ?? (id === 'ssl' ? 'flexible' : 'off'), editable: true, modified_on: zone.created.toISOString() } });

export const zoneRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/zones', handle: list },
  { method: 'GET', pattern: '/zones/:zone', handle: call => ({ result: zoneAnswer(call.state, zoneFor(call.state, call.token, param(call, 'zone'), 'Zone Read', `/client/v4${call.path}`, 'plain')) }) },
  { method: 'GET', pattern: '/zones/:zone/settings/:setting', handle: call => { const { zone, id } = setting(call, 'Read'); return settingAnswer(zone, id); } },
  {
    method: 'PATCH', pattern: '/zones/:zone/settings/:setting',
    handle: call => {
      const { zone, id } = setting(call, 'Write');
      const { value } = jsonBody(call);
      if (!SETTINGS[id]?.includes(String(value))) return refuse(400, 1007, `Invalid value for zone setting ${id}`);
      zone.settings.set(id, value);
      return settingAnswer(zone, id);
    },
  },
];
