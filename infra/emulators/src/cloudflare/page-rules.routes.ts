import { refuse, type Answer } from './answer.js';
import { PLANS } from './plans.js';
import { jsonBody, param, productZone, type Call, type Route } from './route.js';
import { newHex, type PageRule, type Zone } from './state.js';

const known = (zone: Zone, id: string): PageRule => zone.pageRules.get(id) ?? refuse(404, 1002, 'Invalid Page Rule identifier');

const fieldsOf = (call: Call, before?: PageRule): Omit<PageRule, 'id' | 'created_on' | 'modified_on'> => {
  const { targets = before?.targets, actions = before?.actions, status = before?.status ?? 'disabled', priority = before?.priority ?? 1 } = jsonBody(call) as Partial<PageRule>;
  if (!Array.isArray(targets) || targets.length !== 1 || !Array.isArray(actions) || actions.length === 0) return refuse(400, 1004, 'Page Rule validation failed: See messages for details.');
  const ids = actions.map(a => (a as { id?: unknown }).id);
  if (ids.includes('forwarding_url') && ids.length > 1) refuse(400, 1004, 'Page Rule validation failed: "forwarding_url" may not be used with any other action.');
  if (status !== 'active' && status !== 'disabled') refuse(400, 1004, 'Page Rule validation failed: status is invalid.');
  return { targets, actions, status, priority };
};

const create = (call: Call): Answer => {
  const zone = productZone(call, 'Page Rules Write');
  const fields = fieldsOf(call);
  if (zone.pageRules.size >= PLANS[zone.plan].page_rules) refuse(400, 1008, 'You have reached the maximum number of page rules for this zone.');
  const time = new Date(call.state.now()).toISOString();
  const rule: PageRule = { id: newHex(), ...fields, created_on: time, modified_on: time };
  zone.pageRules.set(rule.id, rule);
  return { result: rule };
};

const change = (call: Call): Answer => {
  const zone = productZone(call, 'Page Rules Write');
  const before = known(zone, param(call, 'rule'));
  const rule: PageRule = { ...before, ...fieldsOf(call, before), modified_on: new Date(call.state.now()).toISOString() };
  zone.pageRules.set(rule.id, rule);
  return { result: rule };
};

export const pageRuleRoutes: readonly Route[] = [
  {
    method: 'GET', pattern: '/zones/:zone/pagerules',
    handle: call => {
      const status = call.query.get('status');
      return { result: [...productZone(call, 'Page Rules Read').pageRules.values()].filter(rule => status === null || rule.status === status) };
    },
  },
  { method: 'POST', pattern: '/zones/:zone/pagerules', handle: create },
  { method: 'GET', pattern: '/zones/:zone/pagerules/:rule', handle: call => ({ result: known(productZone(call, 'Page Rules Read'), param(call, 'rule')) }) },
  { method: 'PATCH', pattern: '/zones/:zone/pagerules/:rule', handle: change },
  { method: 'PUT', pattern: '/zones/:zone/pagerules/:rule', handle: change },
  {
    method: 'DELETE', pattern: '/zones/:zone/pagerules/:rule',
    handle: call => {
      const zone = productZone(call, 'Page Rules Write');
      const { id } = known(zone, param(call, 'rule'));
      zone.pageRules.delete(id);
      return { result: { id } };
    },
  },
];
