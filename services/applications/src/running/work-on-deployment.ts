import { nextTry, Refusal, tryError } from '@xanthus/kernel';
import { within } from '@xanthus/processes';
import { withPassword } from '../access/passwords.js';
import { applicationType } from '../application/application.decide.js';
import { isLiving, type LivingApplication } from '../application/application.js';
import { masked, maskOf, type Mask } from '../cluster/mask.js';
import { deploymentType } from '../deployment/deployment.decide.js';
import { isUnderway, nextStep, type NextStep, type UnderwayDeployment } from '../deployment/deployment.js';
import { planType } from '../plan/plan.decide.js';
import { secretTexts } from '../planning/secret-texts.js';
import { wantedExposures } from '../steps/exposures.js';
import { stepOf } from '../steps/index.js';
import { NOTHING, releaseBefore, type StepContext } from '../steps/step.js';
import { withoutServer } from '../steps/without-server.js';
import { createOutput } from './output.js';
import { isTakenBack, TIME, TIMES, TRIES } from './policy.js';
import type { ProcessPorts, SealedRelease } from './ports.js';

type Due = Extract<NextStep, { do: 'step' }>;
/** Kinds that end with a release of their own. */
const RELEASES = new Set(['deploy', 'upgrade', 'set-values', 'rollback', 'revert', 'expose', 'unexpose']);

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

const contextOf = async (ports: ProcessPorts, tenant: string, id: string, deployment: UnderwayDeployment, application: LivingApplication, due: Due | null, signal: AbortSignal): Promise<StepContext & { end(): void; mask(): Promise<Mask> }> => {
  const about = deployment.plan === null ? null : await ports.read(planType, tenant, deployment.plan);
  const plan = about === null || about.status === 'absent' ? null : about;
  const before = { application, id };
  const kept = once(async (): Promise<SealedRelease | null> => {
    const release = releaseBefore(before);
    return release ? ports.sealed.ofRevision(tenant, deployment.application, release.revision) : null;
  });
  const newPassword = once(async () => (deployment.kind === 'password' ? ports.sealed.passwordOf(tenant, id) : null));
  const wanted = once(async (): Promise<SealedRelease> => {
    const { kind } = deployment;
    if (deployment.plan !== null && (kind === 'deploy' || kind === 'upgrade' || kind === 'set-values')) {
      // Once it has become a release, its plan may be forgotten.
      const own = application.releases.find(r => r.deployment === id);
      return own ? ports.sealed.ofRevision(tenant, deployment.application, own.revision) : ports.sealed.ofPlan(tenant, deployment.plan);
    }
    if (kind === 'rollback' && plan?.revision != null) return ports.sealed.ofRevision(tenant, deployment.application, plan.revision);
    const now = await kept();
    if (now && kind === 'password') return withPassword(now, await newPassword());
    if (now) return now;
    throw new Refusal('APPLICATION.NOT_ALLOWED_NOW', 'It has no release yet. Deploy it first.');
  });
  const mask = once(async (): Promise<Mask> => {
    const [a, b, password] = await Promise.all([wanted().catch(() => null), kept().catch(() => null), newPassword().catch(() => null)]);
    return maskOf([...[a, b].flatMap(r => (r === null ? [] : secretTexts(r))), ...(password === null ? [] : [password])]);
  });
  const output = createOutput(ports, { tenant, application: deployment.application, deployment: id }, due?.step ?? 'check');
  let told = '';
  return {
    ports, tenant, id, deployment, application, plan, signal, time: TIMES[due?.step ?? 'check'] ?? TIME,
    cluster: once(async () => masked(await ports.clusterOf(tenant, application.server, { reason: `${deployment.kind} of ${application.name}`, act: deployment.by }), await mask())),
    server: once(() => ports.vps.server(tenant, application.server)),
    wanted, before: kept,
    async note(made) {
      if (made.length > 0) await ports.handle(applicationType, tenant, deployment.application, { type: 'NoteMade', deployment: id, objects: made });
    },
    progress(text) {
      if (text === told || due === null || due.back) return;
      told = text;
      ports.handle(deploymentType, tenant, id, { type: 'Progress', step: due.step, text }).catch((error: unknown) => ports.log.warn({ err: error }, 'the progress of a step could not be told'));
    },
    line: output.line,
    end: output.end,
    mask,
  };
};

const runStep = async (ports: ProcessPorts, tenant: string, id: string, deployment: UnderwayDeployment, application: LivingApplication, due: Due, signal: AbortSignal): Promise<string | undefined> => {
  const { step, back, attempt } = due;
  const begun = ports.now();
  // Not decided: somebody has cancelled since it was looked at, or another copy began it. Nothing is made that is not written down first.
  if (!(await ports.handle(deploymentType, tenant, id, { type: 'StartStep', step, attempt, back })).decided) return undefined;
  const context = await contextOf(ports, tenant, id, { ...deployment, begun: deployment.begun }, application, due, signal);
  try {
    const work = back ? stepOf(deployment.kind, step).back : stepOf(deployment.kind, step).make;
    const limit = { time: context.time + (step === 'helm' || step === 'uninstall' ? 3 * ports.wait_ms : 0), tries: TRIES };
    const { made = [], gone = [], skipped = false, text = '' } = work === undefined ? NOTHING : await within({
      limit, first: null, signal, now: ports.now, timeout: ms => AbortSignal.timeout(ms), late: () => new Refusal('CLUSTER.TIMED_OUT', `The step took longer than ${Math.round(limit.time / 1_000)} seconds.`, undefined, true),
    }, until => withoutServer(work)({ ...context, signal: until }));
    // The account first: if we are killed in between, the step looks, finds it made, and tells it again.
    if (made.length > 0) await ports.handle(applicationType, tenant, deployment.application, { type: 'NoteMade', deployment: id, objects: made });
    if (gone.length > 0) await ports.handle(applicationType, tenant, deployment.application, { type: 'NoteGone', deployment: id, objects: gone });
    await ports.handle(deploymentType, tenant, id, { type: 'FinishStep', step, back, duration_ms: Math.max(0, Math.round(ports.now() - begun)), made: made.slice(0, 200), gone: gone.slice(0, 200), skipped, text });
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof Refusal)) ports.log.error({ err: error, deployment: id, step }, 'a step of a deployment ended by a fault');
    const failure = tryError(error);
    // Events and pods of the cluster are quoted in it.
    const hide = await context.mask();
    const retry_at = nextTry(failure, attempt - 1, { tries: TRIES }, ports.now());
    const rollback = (await context.before().catch(() => null))?.entry.update_policy.rollback ?? true;
    await ports.handle(deploymentType, tenant, id, { type: 'FailStep', step, attempt, back, code: failure.code, message: hide(failure.message), retry_at, undo: isTakenBack(deployment.kind, rollback) });
    return retry_at ?? undefined;
  } finally {
    context.end();
  }
};

/** What was done is the application's release from now on; noted before the work ends, and once. */
const keepRelease = async (ports: ProcessPorts, tenant: string, id: string, deployment: UnderwayDeployment, application: LivingApplication, signal: AbortSignal): Promise<void> => {
  if (!RELEASES.has(deployment.kind) || application.releases.some(r => r.deployment === id)) return;
  const context = await contextOf(ports, tenant, id, deployment, application, null, signal);
  const content = await context.wanted();
  const revision = Math.max(0, ...application.releases.map(r => r.revision)) + 1;
  const sealed = await ports.sealed.keep(tenant, deployment.application, revision, content);
  await ports.handle(applicationType, tenant, deployment.application, {
    type: 'NoteRelease', deployment: id, again: deployment.kind === 'rollback' ? context.plan?.revision ?? null : null, reason: deployment.reason,
    release: {
      revision, version: content.version, chart_repository: content.chart.repository, chart: content.chart.chart, chart_version: content.chart.version, entry_digest: context.plan?.basis.entry_digest ?? releaseBefore(context)?.entry_digest ?? '0'.repeat(64),
      ...sealed, host: application.host, zone: application.zone, exposures: [...await wantedExposures(context)],
    },
  });
};

/**
 * Brings a deployment that is under way to its end, or until the signal. Everything is read from the log, each step is written down before and after: whoever is
 * killed anywhere in it leaves nothing that the next one does not find.
 * @throws what the event store throws; call again
 */
export const workOnDeployment = async (ports: ProcessPorts, tenant: string, id: string, signal: AbortSignal): Promise<void> => {
  let wait: string | undefined;
  for (;;) {
    if (wait !== undefined) await ports.pause(Date.parse(wait) - ports.now(), signal);
    if (signal.aborted) return;
    const deployment = await ports.read(deploymentType, tenant, id);
    if (!isUnderway(deployment)) return;
    const application = await ports.read(applicationType, tenant, deployment.application);
    if (!isLiving(application)) return;
    const next = nextStep(deployment);
    if (next.do === 'step') {
      wait = await runStep(ports, tenant, id, deployment, application, next, signal);
      continue;
    }
    wait = undefined;
    if (next.do === 'turn-back') await ports.handle(deploymentType, tenant, id, { type: 'TurnBack' });
    else {
      if (next.do === 'finish') await keepRelease(ports, tenant, id, deployment, application, signal);
      await ports.handle(deploymentType, tenant, id, { type: 'End', duration_ms: Math.max(0, Math.round(ports.now() - Date.parse(deployment.started_at))) });
    }
  }
};
