/** What can be done with a server now, for buttons: the table that the service decides by, and the own rights. Pure. */
import { allowedAction, NO_ABILITIES, type Abilities, type ServerAction } from '@xanthus/proto/vps';
import type { Server } from '../contracts.js';
import { reasonWords } from '../servers/vps-words.js';
import { t } from '../texts/text.js';

export type { Abilities, ServerAction };

/** `blocked`: why not, as a sentence. `warning`: what is said before somebody confirms. */
export interface ActionState { readonly blocked?: string | undefined; readonly warning?: string | undefined }

export const NOT_YOURS = t('Your role doesn’t allow this (DENIED). Ask an owner or administrator.');

/** `abilities`: of its provider; undefined while they are not known yet. */
export const actionState = (action: ServerAction, server: Server, abilities: Abilities | undefined, may: boolean): ActionState => {
  if (!may) return { blocked: NOT_YOURS };
  // Nobody has told: what answers is on.
  const power = server.power ?? (server.status === 'reachable' ? 'running' : undefined);
  const verdict = allowedAction(action, { ...server, power }, abilities ?? NO_ABILITIES);
  if (verdict.allowed) return verdict.warning ? { warning: reasonWords(verdict.warning) } : {};
  return { blocked: abilities === undefined && verdict.code === 'SERVER.NOT_SUPPORTED' ? t('Its provider is being asked what it can do…') : reasonWords(verdict.reason, server.operation?.kind) };
};
