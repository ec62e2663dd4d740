import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { setPassword } from '@xanthus/proto/applications';
import { currentRelease } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { livingApplication } from '../use-cases/living.js';
import { beganBefore, deploymentOf, workAtOnce } from '../use-cases/work.js';
import { madePassword, mustSuit, passwordWay } from './passwords.js';

/**
 * The new password goes into the vault, and then the work begins that makes it the application's: no event, plan or log has it.
 * @param wanted preset: one is made
 */
export const changePassword = async (on: ApplicationsContext, call: Call, wanted: string | undefined): Promise<OutputOf<typeof setPassword>> => {
  const done = await beganBefore(on, call);
  if (done) return done;
  const state = await livingApplication(on, call.tenant, call.id);
  const release = currentRelease(state);
  if (!release) throw new Refusal('APPLICATION.NOT_ALLOWED_NOW', 'It has no release yet. Wait until it is deployed.');
  const { entry } = await on.sealed.ofRevision(call.tenant, call.id, release.revision);
  const way = passwordWay(entry);
  if (way.way === 'inside') throw new Refusal('APPLICATION.PASSWORD_INSIDE', insideOf(entry.access.kind, entry.name, way.hint));
  if (wanted !== undefined) mustSuit(entry, wanted);
  const deployment = deploymentOf(call);
  await on.sealed.keepPassword(call.tenant, deployment, wanted ?? await madePassword(entry));
  try {
    const begun = await workAtOnce(on, call, 'set-password', 'password');
    // One that failed cannot be tried again any more.
    if (state.last?.kind === 'password') await on.sealed.forgetPassword(call.tenant, state.last.deployment);
    return begun;
  } catch (error) {
    if (error instanceof Refusal) await on.sealed.forgetPassword(call.tenant, deployment);
    throw error;
  }
};

const insideOf = (kind: string, name: string, hint: string): string => {
  if (kind === 'token') return `${name} has no password: whoever may gets a short-lived token each time.`;
  return `The password of ${name} is changed inside of it.${hint === '' ? '' : ` ${hint}`}`;
};
