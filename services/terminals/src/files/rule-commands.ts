import { handle, Refusal, writtenBy } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { commandSubject, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { removeFileRule, setFileRule } from '@xanthus/proto/terminals';
import { fileRuleType } from './file-rule.decide.js';
import type { FilesContext } from './files.context.js';

/** Rules bind roles, so that only who may define a role may make one for it: else those who are bound would lift them. */
const mustDefineRoles = (on: FilesContext, { tenant, id, identity }: Call, role: string | null): void => {
  if (id !== tenant) throw new Refusal('NOT_FOUND', 'The rules of an organisation have its own name as id.');
  if (identity.kind === 'service') return;
  const subject = commandSubject({ tenant, service: 'auth', aggregate: 'role', id: role ?? 'everybody', verb: 'define' });
  if (!on.rights.allows(tenant, identity.id, { what: 'command', subject })) throw new Refusal('DENIED', 'You may not make rules about files: that takes the permission auth.role.define too.', { permission: 'auth.role.define' });
};

export const setRule = async (on: FilesContext, call: Call, { id, ...rule }: ParsedInputOf<typeof setFileRule>): Promise<OutputOf<typeof setFileRule>> => {
  mustDefineRoles(on, call, rule.role);
  // Whose the one was that is replaced is not known yet.
  if (id !== undefined) mustDefineRoles(on, call, null);
  const ruleId = id ?? call.command_id;
  return { ...writtenBy(await handle(on, fileRuleType, call.context(), { type: 'Set', rule: { id: ruleId, ...rule }, there: id !== undefined })), rule: ruleId };
};
export const removeRule = async (on: FilesContext, call: Call, { rule }: ParsedInputOf<typeof removeFileRule>): Promise<Written> => {
  mustDefineRoles(on, call, null);
  return writtenBy(await handle(on, fileRuleType, call.context(), { type: 'Remove', rule }));
};
