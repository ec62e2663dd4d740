/** How a server is asked and told things over SSH: one connection per server, shared with whoever watches it. */
import { readState, Refusal } from '@xanthus/kernel';
import { allowedAction, type ServerAction } from '@xanthus/proto/vps';
import { SshError, type SshConnection } from '@xanthus/ssh';
import { connectTarget } from '../adoption/connect-target.js';
import { clean } from '../remote/remote-text.js';
import { subjectOf } from '../server/decide-life.js';
import { serverType } from '../server/server.decide.js';
import { notFound } from '../server/server.errors.js';
import { isLive, type LiveServer, type Problem } from '../server/server.js';
import { targetKey, type Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';

export interface Where { readonly tenant: string; readonly id: string; readonly signal: AbortSignal }

/** A server that nobody watches here keeps its connection so long after it was used. ms */
const IDLE = 60_000;

/** @throws Refusal SERVER.NOT_FOUND */
export const liveServer = async (vps: VpsContext, { tenant, id }: Pick<Where, 'tenant' | 'id'>): Promise<LiveServer> => {
  const state = await readState(vps, serverType, tenant, id);
  if (!isLive(state)) throw notFound();
  return state;
};

const blocked = (): Refusal => new Refusal('SERVER.BLOCKED', 'Its host key changed: nothing is sent to it until somebody accepts the new one.');

/** The view may not have it yet: then it is made from the log. */
export const targetOf = async (vps: VpsContext, where: Pick<Where, 'tenant' | 'id'>): Promise<Target> => {
  const target = (await vps.views.get<Target>(targetKey(where.tenant, where.id)))?.data ?? targetFrom(where, await liveServer(vps, where));
  if (target.host === '') throw new Refusal('SERVER.NOT_ALLOWED_NOW', 'It is still being made: it has no address yet.');
  return target;
};

const targetFrom = ({ tenant, id }: Pick<Where, 'tenant' | 'id'>, { machine, status }: LiveServer): Target => {
  const { provider, host, port, user, credential, host_key, jump, provider_ref, order } = machine;
  return {
    tenant, id, provider, host, port, user, credential, host_key, jump, blocked: status === 'blocked', ...(provider_ref === undefined ? {} : { provider_ref }), ...(order ? { provider_id: order.provider_id } : {}),
  };
};

/** @throws Refusal SERVER.NOT_FOUND, SERVER.BLOCKED; SshError */
export const connectionTo = async (vps: VpsContext, where: Where): Promise<SshConnection> => {
  const target = await targetOf(vps, where);
  // `blocked` also says that nobody is to call on it now, for another reason.
  if (target.blocked && (await liveServer(vps, where)).status === 'blocked') throw blocked();
  return vps.pool.get(target.id, () => connectTarget(vps, target, AbortSignal.timeout(30_000)), { idle: IDLE });
};

/** What was kept of a connection that is gone is no reason to fail: once more with a new one, if nothing was sent yet. */
export const onServer = async <T>(vps: VpsContext, where: Where, work: (connection: SshConnection) => Promise<T>): Promise<T> => {
  const connection = await connectionTo(vps, where);
  where.signal.throwIfAborted();
  return work(connection.open ? connection : await connectionTo(vps, where));
};

/** @throws Refusal with the reason of the table of allowed actions */
export const checkAllowed = async (vps: VpsContext, where: Pick<Where, 'tenant' | 'id'>, action: ServerAction): Promise<LiveServer> => {
  const server = await liveServer(vps, where);
  const verdict = allowedAction(action, subjectOf(server));
  // It may answer again by now: that is tried.
  if (!verdict.allowed && !(server.status === 'unreachable' && subjectOf(server).power !== 'off')) throw new Refusal(verdict.code, verdict.reason);
  return server;
};

/** What cannot be asked now is an answer: the reason. Only that there is no such server is a refusal. */
export const asked = async <T>(work: Promise<T>): Promise<{ readonly reason: null; readonly value: T } | { readonly reason: Problem; readonly value: undefined }> => {
  try {
    return { reason: null, value: await work };
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'SERVER.NOT_FOUND' && (error instanceof SshError || !error.retryable)) return { reason: { code: error.code, message: error.message }, value: undefined };
    throw error;
  }
};

/** A machine that answers that it cannot do something is there. */
export const isReached = (reason: Problem | null): boolean => reason === null || reason.code === 'SERVER.COMMAND_FAILED';

/** Runs a program as root: as one is, or by sudo without a password; else as oneself, and the program says what it lacks. */
const AS_ROOT = 'PATH="$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin"; export PATH; if [ "$(id -u)" = 0 ] || ! sudo -n true 2>/dev/null; then exec "$@"; else exec sudo -n -- "$@"; fi';
export const asRoot = (...argv: readonly string[]): readonly string[] => ['sh', '-c', AS_ROOT, 'sh', ...argv];

/** @throws Refusal SERVER.COMMAND_FAILED with what the program said */
export const commandFailed = (what: string, said: string): Refusal =>
  new Refusal('SERVER.COMMAND_FAILED', `${what} did not work on the server: ${clean(said, 300) || 'it said nothing'}.`);
