import { readState, Refusal } from '@xanthus/kernel';
import { courseOf, handleAsService, inCourse, pause, watchKeys, type Course } from '@xanthus/processes';
import type { OperationKind } from '@xanthus/proto/vps';
import { publicKeyOf } from '@xanthus/ssh';
import { cloudInitOf } from '../provisioning/process-ports.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import { isLive, type Machine } from '../server/server.js';
import { OPERATIONS, type RunningOperation } from '../views/operations.js';
import type { VpsContext } from '../vps.context.js';
import type { FindAtProvider } from './at-provider.js';
import { workAtProvider, type Outcome, type Work } from './provider-operation.js';
import { workOverSsh } from './ssh-operation.js';

export interface RunOptions { readonly find: FindAtProvider; /** Between two looks, ms. Preset: 2 s. */ readonly pace?: number }

/** The longest that it may take, ms. */
const LONG = 60 * 60_000;
const LIMITS: Readonly<Record<OperationKind, number>> = {
  'power-on': 10 * 60_000, 'power-off': 10 * 60_000, reboot: 15 * 60_000, reset: 10 * 60_000, shutdown: 10 * 60_000, resize: LONG, rebuild: LONG, 'create-snapshot': 3 * LONG, 'delete-snapshot': 10 * 60_000,
};
const PACE = 2_000;
const LONGEST_REST = 60_000;

/** Follows every long work to its end, as the internal view names them, until the signal. Run it in one copy only; what it left begun it goes on with. */
export const runOperations = async (vps: VpsContext, options: RunOptions, signal: AbortSignal): Promise<void> => {
  const working = new Map<string, { readonly id: string; readonly stop: AbortController; readonly done: Promise<void> }>();

  const end = (key: string): void => {
    working.get(key)?.stop.abort();
    working.delete(key);
  };
  const begin = (key: string, row: RunningOperation): void => {
    if (working.get(key)?.id === row.operation.id) return;
    end(key);
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal]);
    const done = courseOfWork(vps, row).then(course => inCourse(course, () => toItsEnd(vps, options, row, until)))
      .catch((error: unknown) => vps.log.error({ err: error, server: row.server, operation: row.operation.id }, 'an operation ended by a fault of ours'));
    working.set(key, { id: row.operation.id, stop, done });
  };

  await watchKeys(vps.nc, 'vps', { filters: [`${OPERATIONS}.>`], put: (key, data) => begin(key, data as RunningOperation), gone: end, keys: () => working.keys() }, signal);
  await Promise.all([...working.values()].map(w => w.done));
};

/** Without it the work is done all the same. */
const courseOfWork = async ({ nc, log }: VpsContext, { seq, server }: RunningOperation): Promise<Course | undefined> => {
  if (seq === undefined) return undefined;
  return courseOf(nc, 'vps', seq).catch((error: unknown) => { log.warn({ err: error, server }, 'what an operation belongs to could not be read'); return undefined; });
};

/** Once more as long as that may help and there is time; then its end is an event, whatever it is. */
const toItsEnd = async (vps: VpsContext, options: RunOptions, row: RunningOperation, stopping: AbortSignal): Promise<void> => {
  const { operation: { id, kind }, started_at } = row;
  const pace = options.pace ?? PACE;
  const started = Date.parse(started_at);
  const late = AbortSignal.timeout(Math.max(0, started + LIMITS[kind] - Date.now()));
  const signal = AbortSignal.any([stopping, late]);
  let waitsFor: string | undefined;
  /** Undefined: there is nothing to tell. */
  const ending = async (): Promise<ServerCommand | undefined> => {
    for (let failures = 0; ; failures++) {
      try {
        const outcome = await once(vps, options, row, signal);
        return outcome && { type: 'FinishOperation', data: { operation: id, duration_ms: Math.max(0, Date.now() - started), ...outcome } };
      } catch (error) {
        if (stopping.aborted || vps.forgotten.has(row.tenant)) return undefined;
        const refusal = late.aborted ? tooLate(kind) : error instanceof Refusal ? error : undefined;
        if (refusal && (late.aborted || !mayHelp(refusal))) return { type: 'FailOperation', data: { operation: id, reason: { code: refusal.code, message: refusal.message }, retryable: refusal.retryable } };
        vps.log.info({ err: error, server: row.server, operation: id }, 'an operation is tried again');
        // Why it takes longer, once for each reason.
        if (refusal && refusal.code !== waitsFor) await record(vps, row, { type: 'ProgressOperation', data: { operation: id, text: refusal.message.slice(0, 200) } }).catch(() => undefined);
        waitsFor = refusal?.code;
        await pause(restAfter(refusal, failures, pace), signal);
      }
    }
  };
  const command = await ending();
  if (!command) return;
  for (let failures = 0; !stopping.aborted && !vps.forgotten.has(row.tenant); failures++) {
    try {
      return await record(vps, row, command);
    } catch (error) {
      vps.log.warn({ err: error, server: row.server, operation: id }, 'the end of an operation could not be recorded yet');
      await pause(restAfter(undefined, failures, pace), stopping);
    }
  }
};

const tooLate = (kind: OperationKind): Refusal => new Refusal('SERVER.OPERATION_TOO_LONG', `It had not ended after ${LIMITS[kind] / 60_000} minutes and is followed no more. Look at the machine, then try again.`, undefined, true);
/** A machine that does not shut down has been waited for already; whether to wait until there is stock again is for a person to say. */
const FOR_A_PERSON: readonly string[] = ['SERVER.DID_NOT_SHUT_DOWN', 'PROVIDER.SOLD_OUT'];
const mayHelp = (refusal: Refusal): boolean => refusal.retryable && !FOR_A_PERSON.includes(refusal.code);
const restAfter = (refusal: Refusal | undefined, failures: number, pace: number): number => {
  const retryAt = Date.parse((refusal?.details as { retry_at?: string } | undefined)?.retry_at ?? '');
  return Number.isFinite(retryAt) ? Math.min(Math.max(0, retryAt - Date.now()), 5 * LONGEST_REST) : Math.min(LONGEST_REST, pace * 2 ** Math.min(failures, 10));
};

/** From where it stands by the log; undefined: it has ended already. */
const once = async (vps: VpsContext, { find, pace = PACE }: RunOptions, row: RunningOperation, signal: AbortSignal): Promise<Outcome | undefined> => {
  const state = await readState(vps, serverType, row.tenant, row.server);
  const operation = isLive(state) ? state.machine.operation : undefined;
  if (!isLive(state) || operation?.id !== row.operation.id) return undefined;
  const work: Work = {
    tenant: row.tenant, server: row.server, operation, signal, pace, pause,
    userData: () => userDataOf(vps, row.tenant, state.machine),
    note: news => record(vps, row, { type: 'ProgressOperation', data: { operation: operation.id, ...news } }),
  };
  if (operation.way === 'ssh') return workOverSsh(vps, work);
  const at = await find(row.tenant, state);
  if (!at) throw new Refusal('PROVIDER.NOT_FOUND', 'The account at its provider is not connected any more.');
  return workAtProvider(at, work);
};

/** With the host key that is pinned, if that is still the one which we gave it. */
const userDataOf = async (vps: VpsContext, tenant: string, machine: Machine): Promise<string | undefined> => {
  if (!machine.order) return undefined;
  try {
    const privateKey = await vps.vault.getText(tenant, machine.order.host_key_secret);
    return publicKeyOf(privateKey).fingerprint === machine.host_key.fingerprint ? cloudInitOf(machine, privateKey, Date.now()) : undefined;
  } catch (error) {
    if (error instanceof Refusal && !error.retryable) return undefined;
    throw error;
  }
};

const record = async (vps: VpsContext, { tenant, server }: RunningOperation, command: ServerCommand): Promise<void> => {
  await handleAsService(vps, serverType, tenant, server, command);
};
