/** Redirect rules: the entry point ruleset of the phase `http_request_dynamic_redirect`. Each write makes a new version. */
import { refuse, type Answer } from './answer.js';
import { PLANS } from './plans.js';
import { jsonBody, param, productZone, type Call, type Route } from './route.js';
import { newHex, type Rule, type Ruleset, type State, type Zone } from './state.js';

const PHASE = 'http_request_dynamic_redirect';
const READ = 'Dynamic URL Redirects Read';
const WRITE = 'Dynamic URL Redirects Write';

const phaseOf = (call: Call): string => (param(call, 'phase') === PHASE ? PHASE : refuse(400, 20_002, `the phase "${param(call, 'phase')}" is not emulated`));
const missing = (): never => refuse(404, 10_003, 'could not find entrypoint ruleset in the "http_request_dynamic_redirect" phase');
const time = (state: State): string => new Date(state.now()).toISOString();
const shown = (ruleset: Ruleset): object => ({ ...ruleset, version: String(ruleset.version), source: 'dynamic_redirect', description: '' });
const named = (zone: Zone, call: Call): Ruleset => [...zone.rulesets.values()].find(r => r.id === param(call, 'ruleset')) ?? refuse(404, 10_000, 'ruleset not found');

const ruleOf = (call: Call, body: Readonly<Record<string, unknown>>, before?: Rule): Rule => {
  const { action = before?.action, expression = before?.expression, description = before?.description ?? '', enabled = before?.enabled ?? true, action_parameters = before?.action_parameters, ref = before?.ref ?? newHex() } = body as Partial<Rule>;
  if (action !== 'redirect') return refuse(400, 20_016, `action '${String(action)}' is not allowed in the phase`);
  if (typeof expression !== 'string' || expression === '' || count(expression, '(') !== count(expression, ')')) return refuse(400, 20_127, 'expression is invalid');
  const from = (action_parameters as { from_value?: { target_url?: { value?: unknown; expression?: unknown }; status_code?: unknown } } | undefined)?.from_value;
  if (!from?.target_url || (from.target_url.value === undefined) === (from.target_url.expression === undefined)) return refuse(400, 20_083, 'redirect action must have exactly one of value and expression as its target');
  if (from.status_code !== undefined && ![301, 302, 303, 307, 308].includes(Number(from.status_code))) return refuse(400, 20_083, 'the status code of a redirect is one of 301, 302, 303, 307, 308');
  return { id: before?.id ?? newHex(), version: String(Number(before?.version ?? 0) + 1), action, expression, description, enabled, action_parameters, ref, last_updated: time(call.state) };
};
const count = (text: string, what: string): number => text.split(what).length - 1;

const write = (call: Call, zone: Zone, rules: readonly Rule[], before: Ruleset | undefined, name = 'default'): Answer => {
  if (rules.length > PLANS[zone.plan].redirects) refuse(400, 20_026, 'exceeded maximum number of rules in the phase');
  if (new Set(rules.map(r => r.ref)).size < rules.length) refuse(400, 20_059, 'rule refs must be unique');
  const ruleset: Ruleset = { id: before?.id ?? newHex(), name: before?.name ?? name, phase: PHASE, kind: 'zone', version: (before?.version ?? 0) + 1, rules, last_updated: time(call.state) };
  zone.rulesets.set(PHASE, ruleset);
  return { result: shown(ruleset) };
};

const rulesIn = (call: Call): Record<string, unknown>[] => {
  const { rules = [] } = jsonBody(call);
  return Array.isArray(rules) ? (rules as Record<string, unknown>[]) : refuse(400, 20_000, 'rules is no list');
};

export const rulesetRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/zones/:zone/rulesets', handle: call => ({ result: [...productZone(call, READ).rulesets.values()].map(r => ({ ...shown(r), rules: undefined })) }) },
  {
    method: 'POST', pattern: '/zones/:zone/rulesets',
    handle: call => {
      const zone = productZone(call, WRITE);
      const { phase, kind, name } = jsonBody(call);
      if (phase !== PHASE || kind !== 'zone') return refuse(400, 20_002, 'only zone rulesets of the redirect phase are emulated');
      if (zone.rulesets.has(PHASE)) return refuse(400, 20_217, 'a ruleset for the phase already exists');
      return write(call, zone, rulesIn(call).map(rule => ruleOf(call, rule)), undefined, String(name));
    },
  },
  { method: 'GET', pattern: '/zones/:zone/rulesets/phases/:phase/entrypoint', handle: call => ({ result: shown(productZone(call, READ).rulesets.get(phaseOf(call)) ?? missing()) }) },
  {
    method: 'PUT', pattern: '/zones/:zone/rulesets/phases/:phase/entrypoint',
    handle: call => {
      const zone = productZone(call, WRITE);
      const before = zone.rulesets.get(phaseOf(call));
      return write(call, zone, rulesIn(call).map(rule => ruleOf(call, rule, before?.rules.find(r => r.id === rule['id']))), before);
    },
  },
  { method: 'GET', pattern: '/zones/:zone/rulesets/:ruleset', handle: call => ({ result: shown(named(productZone(call, READ), call)) }) },
  {
    method: 'POST', pattern: '/zones/:zone/rulesets/:ruleset/rules',
    handle: call => {
      const zone = productZone(call, WRITE);
      const before = named(zone, call);
      return write(call, zone, [...before.rules, ruleOf(call, jsonBody(call))], before);
    },
  },
  {
    method: 'PATCH', pattern: '/zones/:zone/rulesets/:ruleset/rules/:rule',
    handle: call => {
      const zone = productZone(call, WRITE);
      const before = named(zone, call);
      const rule = before.rules.find(r => r.id === param(call, 'rule')) ?? refuse(404, 10_004, 'rule not found');
      return write(call, zone, before.rules.map(r => (r === rule ? ruleOf(call, jsonBody(call), rule) : r)), before);
    },
  },
  {
    method: 'DELETE', pattern: '/zones/:zone/rulesets/:ruleset/rules/:rule',
    handle: call => {
      const zone = productZone(call, WRITE);
      const before = named(zone, call);
      if (!before.rules.some(r => r.id === param(call, 'rule'))) return refuse(404, 10_004, 'rule not found');
      return write(call, zone, before.rules.filter(r => r.id !== param(call, 'rule')), before);
    },
  },
];
