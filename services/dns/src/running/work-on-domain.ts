import { nextTry, Refusal, tryError } from '@xanthus/kernel';
import { domainType } from '../domain/domain.decide.js';
import { isUnderway, nextDomainStep, type NextDomainStep, type UnderwayDomain } from '../domain/domain.js';
import { DOMAIN_WORK, type StepContext } from './domain-steps.js';
import { TRIES } from './policy.js';
import type { ProcessPorts } from './ports.js';

type Step = Exclude<NextDomainStep, { do: 'end' }>;

const runStep = async (ports: ProcessPorts, tenant: string, zone: string, { name }: UnderwayDomain, next: Step): Promise<string | undefined> => {
  const { step, back, attempt, known } = next;
  const begun = ports.now();
  const work = DOMAIN_WORK[step];
  // Not decided: somebody wants it undone since it was looked at, or another copy began it. Nothing is made that is not written down first.
  if (!(await ports.handle(domainType, tenant, zone, { type: 'StartStep', step, back, attempt })).decided) return undefined;
  try {
    const context: StepContext = { ports, provider: await ports.provider(tenant, zone), tenant, zone, name, known };
    if (!back && known?.before === undefined && !(await ports.handle(domainType, tenant, zone, { type: 'ObserveStep', step, before: await work.look(context) })).decided) return undefined;
    // What the first try saw, not what this one did.
    const seen = await ports.read(domainType, tenant, zone);
    const before = isUnderway(seen) ? seen.steps[step]?.before : undefined;
    const nothing = { after: {}, text: 'It had not begun.' };
    const { after, text } = !back ? await work.make({ ...context, known: isUnderway(seen) ? seen.steps[step] : known }) : before === undefined ? nothing : await work.back(context, before);
    await ports.handle(domainType, tenant, zone, { type: 'FinishStep', step, back, after, text, duration_ms: Math.max(0, Math.round(ports.now() - begun)) });
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) ports.log.error({ err: error, zone, step }, 'a step of a domain ended by a fault');
    const failure = tryError(error);
    const retry_at = nextTry(failure, attempt - 1, { tries: TRIES }, ports.now());
    await ports.handle(domainType, tenant, zone, { type: 'FailStep', step, back, attempt, code: failure.code, message: failure.message, retry_at });
    return retry_at ?? undefined;
  }
};

/** Brings a domain that is being configured, or taken back, to its end, or until the signal. @throws what the event store throws; call again */
export const workOnDomain = async (ports: ProcessPorts, tenant: string, zone: string, signal: AbortSignal): Promise<void> => {
  const begun = ports.now();
  let wait: string | undefined;
  for (;;) {
    if (wait !== undefined) await ports.pause(Date.parse(wait) - ports.now(), signal);
    if (signal.aborted) return;
    const state = await ports.read(domainType, tenant, zone);
    if (!isUnderway(state)) return;
    const next = nextDomainStep(state);
    if (next.do === 'end') await ports.handle(domainType, tenant, zone, { type: 'End', duration_ms: Math.max(0, Math.round(ports.now() - begun)) });
    else wait = await runStep(ports, tenant, zone, state, next);
  }
};
