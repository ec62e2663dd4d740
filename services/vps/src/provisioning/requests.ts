/** What people ask of a process that is there. */
import { earlierTry, handle, readState, Refusal, writtenBy, type CommandContext } from '@xanthus/kernel';
import type { Written } from '@xanthus/proto';
import type { SetUpStep } from '@xanthus/proto/vps';
import { serverType } from '../server/server.decide.js';
import { notFound } from '../server/server.errors.js';
import { isLive, type LiveServer } from '../server/server.js';
import type { VpsContext } from '../vps.context.js';
import { createPlan, installPlan } from './next-move.js';
import { provisioningType } from './provisioning.decide.js';

type Log = Pick<VpsContext, 'store' | 'snapshots' | 'cache'>;

const serverOf = async (vps: Log, { tenant, id }: CommandContext): Promise<LiveServer> => {
  const server = await readState(vps, serverType, tenant, id);
  if (!isLive(server)) throw notFound();
  return server;
};
const notNow = (message: string): Refusal => new Refusal('SERVER.NOT_ALLOWED_NOW', message);
const isLeaving = ({ machine: { lifecycle } }: LiveServer): boolean => lifecycle === 'deleting' || lifecycle === 'removal-failed';
const LEAVING = 'It is being deleted.';

/** A repeat finds its own answer, whatever has become of the server since. */
const once = async (vps: Log, context: CommandContext, ask: () => Promise<Written>): Promise<Written> => {
  const before = await earlierTry(vps, provisioningType, context);
  return before ? writtenBy(before) : ask();
};

/** @throws Refusal SERVER.NOT_FOUND, SERVER.NOT_ALLOWED_NOW, SERVER.BUSY, SERVER.BLOCKED */
export const installOn = (vps: Log, context: CommandContext): Promise<Written> => once(vps, context, async () => {
  const server = await serverOf(vps, context);
  const { lifecycle = 'ready', name, operation } = server.machine;
  if (isLeaving(server)) throw notNow(LEAVING);
  if (server.status === 'blocked') throw new Refusal('SERVER.BLOCKED', 'Its host key changed: nothing is sent to it until somebody accepts the new one.');
  const run = await readState(vps, provisioningType, context.tenant, context.id);
  if (lifecycle === 'creating' || (run.status === 'failed' && run.run.plan.kind === 'create')) throw notNow('It is not made to its end yet. Follow that, or try again from the step that failed.');
  if (lifecycle === 'setting-up' || operation) throw new Refusal('SERVER.BUSY', 'Something else is being done on it now. Wait until that has ended.', undefined, true);
  return writtenBy(await handle(vps, provisioningType, context, { type: 'Start', data: installPlan(name) }));
});

/** Only once its failure is the server's state too: what comes between would be lost. @throws Refusal SERVER.NOT_FOUND, SERVER.NOT_ALLOWED_NOW */
export const retry = (vps: Log, context: CommandContext, from_step: SetUpStep | undefined): Promise<Written> => once(vps, context, async () => {
  const server = await serverOf(vps, context);
  if (isLeaving(server)) throw notNow(LEAVING);
  if (server.machine.lifecycle !== 'failed') throw notNow('Nothing of it has failed, so there is nothing to try again.');
  if (server.status === 'blocked') throw notNow('It shows another host key than the one that it was given. Accept that key first, if you know why it is so, or delete the server.');
  return writtenBy(await handle(vps, provisioningType, context, { type: 'Retry', data: { from_step } }));
});

/** @throws Refusal SERVER.NOT_FOUND, SERVER.NOT_ALLOWED_NOW */
export const cancel = (vps: Log, context: CommandContext): Promise<Written> => once(vps, context, async () => {
  const server = await serverOf(vps, context);
  if (isLeaving(server)) throw notNow(LEAVING);
  const { order, lifecycle, name } = server.machine;
  // The runner may not have come to it yet.
  if (order && lifecycle === 'creating') await handle(vps, provisioningType, { ...context, command_id: `${context.command_id}-start` }, { type: 'Start', data: createPlan(name) });
  return writtenBy(await handle(vps, provisioningType, context, { type: 'RequestCancel' }));
});
