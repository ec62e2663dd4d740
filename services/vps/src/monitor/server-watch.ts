import { newId, Refusal } from '@xanthus/kernel';
import { metricsSubject, signalSubject, viewKey } from '@xanthus/proto';
import type { ServerFacts } from '@xanthus/proto/vps';
import { presentedHostKey, SshError, type SshConnection } from '@xanthus/ssh';
import { connectTarget } from '../adoption/connect-target.js';
import { readFacts } from '../remote/probes.js';
import { takeSample, type Counters } from '../remote/sample.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import type { Target } from '../views/targets.js';
import { handle, type VpsContext } from '../vps.context.js';
import { pause } from './pause.js';

/** Facts change rarely: asked at each new connection and this often. ms */
const FACTS_EVERY = 5 * 60_000;
/** A machine that is off is tried at up to this many intervals' distance. */
const MAX_BACK_OFF = 3;

/** What one round found out. `none`: nothing about the server, the fault is on our side. */
type Finding =
  | { readonly kind: 'reachable'; readonly facts?: ServerFacts }
  | { readonly kind: 'unreachable'; readonly code: string; readonly message: string }
  | { readonly kind: 'host-key'; readonly error: SshError }
  | { readonly kind: 'none'; readonly error: unknown };

export interface WatchOptions { readonly target: Target; readonly signal: AbortSignal; /** Lets only so many machines be dialled at a time. */ readonly dial: <T>(work: () => Promise<T>) => Promise<T> }

/** Follows one server over one connection until the signal, or until its tenant is forgotten: samples at each interval, facts, and what of it is news. */
export const watchServer = async (vps: VpsContext, { target, signal, dial }: WatchOptions): Promise<void> => {
  const interval = vps.config.XANTHUS_METRICS_INTERVAL_MS;
  let connection: SshConnection | undefined;
  let counters: Counters | undefined;
  let factsAt = Number.NEGATIVE_INFINITY;
  let told: string | undefined;
  let failures = 0;

  const round = async (): Promise<Finding> => {
    try {
      const current = await vps.pool.get(target.id, () => dial(() => connectTarget(vps, target, signal)));
      if (current !== connection) {
        connection = current;
        counters = undefined;
        factsAt = Number.NEGATIVE_INFINITY;
      }
      const { sample, counters: now } = await takeSample(current, counters, () => new Date(), signal);
      counters = now;
      await publish(vps, target, sample);
      if (performance.now() - factsAt < FACTS_EVERY) return { kind: 'reachable' };
      const facts = await readFacts(current, signal);
      factsAt = performance.now();
      return { kind: 'reachable', facts };
    } catch (error) {
      vps.pool.drop(target.id);
      return findingOf(error);
    }
  };

  while (!signal.aborted && !vps.forgotten.has(target.tenant)) {
    const started = performance.now();
    const finding = await round();
    if (signal.aborted) break;
    failures = finding.kind === 'reachable' ? 0 : failures + 1;
    // its secrets are gone for ever, and so is the connection that was made with them
    if (finding.kind === 'unreachable' && finding.code === 'KEY.DESTROYED') break;
    const news = finding.kind === 'unreachable' ? finding.code : finding.kind;
    if (news !== told || (finding.kind === 'reachable' && finding.facts)) told = (await record(vps, target, finding)) ? news : undefined;
    await pause(Math.max(0, interval * Math.min(Math.max(1, failures), MAX_BACK_OFF) - (performance.now() - started)), signal);
  }
  vps.pool.drop(target.id);
};

/** A series for charts, a signal for who looks now, and the last sample for who comes later. None of them is worth a retry. */
const publish = async (vps: VpsContext, { tenant, id }: Target, sample: unknown): Promise<void> => {
  const body = JSON.stringify(sample);
  vps.nc.publish(metricsSubject(tenant, 'vps', id), body);
  vps.nc.publish(signalSubject({ tenant, service: 'vps', aggregate: 'server', id }, 'metrics'), body);
  await vps.views.putSample(viewKey(tenant, 'metrics', id), sample).catch((error: unknown) => vps.log.debug({ err: error, server: id }, 'the last sample was not written'));
};

const findingOf = (error: unknown): Finding => {
  if (error instanceof SshError) {
    if (error.code === 'SERVER.HOST_KEY_CHANGED') return { kind: 'host-key', error };
    return error.code === 'SERVER.CANCELLED' ? { kind: 'none', error } : { kind: 'unreachable', code: error.code, message: error.message };
  }
  // A secret that is gone is this server's matter; a vault that cannot be asked now is not.
  if (error instanceof Refusal && !error.retryable) return { kind: 'unreachable', code: error.code, message: error.message };
  return { kind: 'none', error };
};

const commandOf = (target: Target, finding: Finding): ServerCommand | undefined => {
  const pinned = target.host_key.fingerprint;
  switch (finding.kind) {
    case 'reachable': return { type: 'ObserveReachable', data: { pinned, ...(finding.facts ? { facts: finding.facts } : {}) } };
    case 'unreachable': return { type: 'ObserveUnreachable', data: { pinned, reason: { code: finding.code, message: finding.message } } };
    case 'host-key': {
      const presented = presentedHostKey(finding.error);
      return presented && { type: 'ObserveHostKey', data: { pinned, presented } };
    }
    case 'none': return undefined;
  }
};

/** Answers whether it is recorded; if not, the next round tries again. */
const record = async (vps: VpsContext, target: Target, finding: Finding): Promise<boolean> => {
  const command = commandOf(target, finding);
  if (!command) {
    vps.log.warn({ err: finding.kind === 'none' ? finding.error : undefined, server: target.id }, 'a server could not be asked, for a reason of ours');
    return false;
  }
  const id = newId();
  try {
    await handle(vps, serverType, { tenant: target.tenant, id: target.id, actor: { kind: 'service', id: 'vps' }, now: new Date().toISOString(), command_id: id, correlation_id: id }, command);
    return true;
  } catch (error) {
    vps.log.warn({ err: error, server: target.id }, 'what was seen of a server could not be recorded');
    return false;
  }
};
