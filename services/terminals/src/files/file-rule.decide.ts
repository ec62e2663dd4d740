/** All rules about files of a tenant. Pure. */
import { Refusal, type AggregateType, type Decider } from '@xanthus/kernel';
import type { EventOf } from '@xanthus/proto';
import { FILE_RULES, type fileRuleEvents, type FileRule } from '@xanthus/proto/terminals';

export type FileRuleEvent = EventOf<typeof fileRuleEvents>;
export type FileRuleCommand = { readonly type: 'Set'; readonly rule: FileRule; /** It replaces one. */ readonly there: boolean } | { readonly type: 'Remove'; readonly rule: string };
export interface FileRulesState { readonly rules: readonly FileRule[] }

const same = (a: FileRule, b: FileRule): boolean => a.server === b.server && a.role === b.role && a.pattern === b.pattern && a.access === b.access;
const notFound = (): Refusal => new Refusal('FILES.RULE_NOT_FOUND', 'There is no such rule (any more). Load the rules again.');

const fileRuleDecider: Decider<FileRulesState, FileRuleCommand, FileRuleEvent> = {
  initialState: { rules: [] },
  evolve(state, event) {
    switch (event.type) {
      case 'FileRuleSet': return { rules: [...state.rules.filter(r => r.id !== event.data.id), event.data] };
      case 'FileRuleRemoved': return { rules: state.rules.filter(r => r.id !== event.data.rule) };
      default: return state;
    }
  },
  decide({ rules }, command) {
    const known = rules.find(r => r.id === (command.type === 'Set' ? command.rule.id : command.rule));
    if (command.type === 'Remove') {
      if (!known) throw notFound();
      return [{ type: 'FileRuleRemoved', data: { rule: known.id } }];
    }
    if (command.there && !known) throw notFound();
    if (known && same(known, command.rule)) return [];
    if (!known && rules.length >= FILE_RULES) throw new Refusal('FILES.TOO_MANY_RULES', `There are ${FILE_RULES} rules about files already; remove one first.`);
    return [{ type: 'FileRuleSet', data: command.rule }];
  },
};

export const fileRuleType: AggregateType<FileRulesState, FileRuleCommand, FileRuleEvent> = { service: 'terminals', name: 'file-rule', decider: fileRuleDecider, schemas: { FileRuleSet: 1, FileRuleRemoved: 1 } };
