import { pause } from '@xanthus/processes';
import { metricsSubject, signalSubject, viewKey } from '@xanthus/proto';
import type { MetricsSample, ServerFacts } from '@xanthus/proto/vps';
import { SshError, type SshConnection } from '@xanthus/ssh';
import { connectTarget } from '../adoption/connect-target.js';
import type { Seen } from '../alerts/evaluate.js';
import { readFacts } from '../remote/probes.js';
import { takeSample, type Counters } from '../remote/sample.js';
import type { Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';
import { findingOf, newsOf, record, seenOf, unreadable, type Finding, type Known } from './finding.js';

/** Facts change rarely: asked at each new connection and this often. ms */
const FACTS_EVERY = 5 * 60_000;
/** A machine that is off is tried at up to so many intervals' distance; one that refuses us ever more seldom, for it bans who knocks too often. */
const BACK_OFF = { silent: 3, refused: 30 } as const;
const REFUSED: ReadonlySet<string> = new Set(['SERVER.AUTH_FAILED', 'SERVER.KEY_UNREADABLE']);
/** A connection that failed in use is replaced at once, within this time: with the interval and the time-out of a sample, silence is known within 30 s. ms */
const REPLACE = 10_000;
/** What was told is in the view a moment later; then it is told again, should it still differ. ms */
const PATIENCE = 15_000;
/** Of a sample, ms: what takes longer than most of the interval is no answer. */
const TIMEOUT = { least: 2_000, most: 8_000 } as const;

export interface WatchOptions {
  readonly target: Target;
  readonly signal: AbortSignal;
  /** Lets only so many machines be dialled at a time; those that did not answer before wait in a queue of their own. */
  readonly dial: <T>(work: () => Promise<T>, failedBefore: boolean) => Promise<T>;
  /** Judges alerts by what is seen. */
  readonly saw: (seen: Seen) => Promise<void>;
  /** What the view shows of it now; undefined: not known yet. */
  readonly known: () => Known | undefined;
}

/** Follows one server over one connection until the signal, or until its tenant is forgotten: samples at each interval, facts, alerts, and what of it is news. */
export const watchServer = async (vps: VpsContext, { target, signal, dial, saw, known }: WatchOptions): Promise<void> => {
  const interval = vps.config.XANTHUS_METRICS_INTERVAL_MS;
  const timeout = Math.min(TIMEOUT.most, Math.max(TIMEOUT.least, interval * 0.8));
  let connection: SshConnection | undefined;
  let counters: Counters | undefined;
  let factsAt = Number.NEGATIVE_INFINITY;
  let told: { readonly text: string; readonly at: number } | undefined;
  let failures = 0;

  const ask = async (until: AbortSignal): Promise<Finding> => {
    const current = await vps.pool.get(target.id, () => dial(() => connectTarget(vps, target, until), failures > 0));
    if (current !== connection) factsAt = Number.NEGATIVE_INFINITY;
    connection = current;
    const taken = await takeSample(current, counters, { timeout, now: () => new Date(), signal: until });
    if (!taken) return unreadable;
    ({ counters } = taken);
    await publish(vps, target, taken.sample);
    const facts = performance.now() - factsAt < FACTS_EVERY ? undefined : await factsOf(vps, current, until);
    if (facts) factsAt = performance.now();
    return { kind: 'reachable', sample: taken.sample, ...(facts ? { facts } : {}) };
  };

  const round = async (): Promise<Finding> => {
    const inUse = connection?.open === true;
    try {
      return await ask(signal);
    } catch (first) {
      vps.pool.drop(target.id);
      if (!inUse || !isPassing(first)) return findingOf(first);
      try {
        return await ask(AbortSignal.any([signal, AbortSignal.timeout(REPLACE)]));
      } catch (second) {
        vps.pool.drop(target.id);
        return findingOf(second instanceof SshError && second.code === 'SERVER.CANCELLED' ? first : second);
      }
    }
  };

  while (!signal.aborted && !vps.forgotten.has(target.tenant)) {
    const started = performance.now();
    const finding = await round();
    if (signal.aborted) break;
    failures = finding.kind === 'reachable' ? 0 : failures + 1;
    // its secrets are gone for ever, and so is the connection that was made with them
    if (finding.kind === 'unreachable' && finding.code === 'KEY.DESTROYED') break;
    const expected = finding.kind === 'unreachable' ? known()?.quiet : undefined;
    if (expected !== 'coming') {
      const seen = seenOf(finding);
      if (seen) await saw(expected === 'off' ? { kind: 'off' } : seen);
      const text = newsOf(finding, known());
      const isTold = told !== undefined && told.text === text && started - told.at < PATIENCE;
      if (text !== undefined && !isTold) told = (await record(vps, target, finding)) ? { text, at: started } : undefined;
    }
    await pause(Math.max(0, interval * distanceOf(finding, failures) - (performance.now() - started)), signal);
  }
  vps.pool.drop(target.id);
};

/** Intervals to the next round. */
const distanceOf = (finding: Finding, failures: number): number => {
  if (finding.kind === 'reachable') return 1;
  // Besides a log-in that fails: what our own side refuses for good, such as a secret that is gone.
  const refused = finding.kind === 'unreachable' && (REFUSED.has(finding.code) || !finding.code.startsWith('SERVER.'));
  return refused ? Math.min(2 ** Math.min(failures - 1, 10), BACK_OFF.refused) : Math.min(failures, BACK_OFF.silent);
};

/** What another connection may be without: then one try is no finding yet. */
const isPassing = (error: unknown): boolean => error instanceof SshError && (error.code === 'SERVER.DISCONNECTED' || error.code === 'SERVER.TIMEOUT');

/** A machine that answers is reachable, whether it tells its facts or not; the next round asks again. */
const factsOf = async (vps: VpsContext, connection: SshConnection, signal: AbortSignal): Promise<ServerFacts | undefined> => {
  try {
    return await readFacts(connection, signal);
  } catch (error) {
    vps.log.debug({ err: error }, 'the facts of a server could not be read');
    return undefined;
  }
};

/** A series for charts, a signal for who looks now, and the last sample for who comes later. None of them is worth a retry. */
const publish = async (vps: VpsContext, { tenant, id }: Target, sample: MetricsSample): Promise<void> => {
  const body = JSON.stringify(sample);
  vps.nc.publish(metricsSubject(tenant, 'vps', id), body);
  vps.nc.publish(signalSubject({ tenant, service: 'vps', aggregate: 'server', id }, 'metrics'), body);
  await vps.views.putSample(viewKey(tenant, 'metrics', id), sample).catch((error: unknown) => vps.log.debug({ err: error, server: id }, 'the last sample was not written'));
};
