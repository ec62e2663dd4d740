import type { EventContract } from '@xanthus/proto';
import { applicationsRules } from './applications.rules.js';
import { authRules } from './auth.rules.js';
import { dnsRules } from './dns.rules.js';
import { notificationsRules } from './notifications.rules.js';
import type { Rule, Rules } from './rule.js';
import { terminalsRules } from './terminals.rules.js';
import { vpsRules } from './vps.rules.js';

export const RULES = { applications: applicationsRules, auth: authRules, dns: dnsRules, notifications: notificationsRules, terminals: terminalsRules, vps: vpsRules } as const;
export type RuledService = keyof typeof RULES;

/** Services whose events are no news to anybody: what audit seals is there already. */
export const SILENT = ['audit'] as const;

export const ruleOf = (service: RuledService, type: string): Rule<never> | undefined => (RULES[service] as unknown as Rules<Readonly<Record<string, EventContract>>>)[type] as Rule<never> | undefined;

/** Types that a rule says anything about: a notice, or a name. */
export const heardTypes = (service: RuledService): readonly string[] => Object.entries<Rule<never>>(RULES[service] as unknown as Record<string, Rule<never>>).filter(([, rule]) => 'notice' in rule || 'name' in rule).map(([type]) => type);
