import { Refusal, type Limit } from '@xanthus/kernel';
import { within } from '@xanthus/processes';
import type { RemovalStep, SetUpStep } from '@xanthus/proto/vps';
import { REMOVAL_WORK, removalError } from '../removal/removal-steps.js';
import { removalType } from '../removal/removal.decide.js';
import { serverType } from '../server/server.decide.js';
import { isLive } from '../server/server.js';
import { awaitTraefik, firstContact, installHelm, installK3s, prepare, ready, verify } from './machine-steps.js';
import { nextMove, type Situation } from './next-move.js';
import { REMOVAL_LIMITS, SET_UP_LIMITS, stepError } from './policy.js';
import type { ProcessPorts, StepWork, Subject } from './ports.js';
import { awaitBoot, makeKey, makeServer } from './provider-steps.js';
import { provisioningType } from './provisioning.decide.js';
import type { Run } from './provisioning.js';
import { progressFilter } from './tell-progress.js';

const WORK: Readonly<Record<SetUpStep, StepWork>> = { key: makeKey, server: makeServer, boot: awaitBoot, ssh: firstContact, prepare, k3s: installK3s, helm: installHelm, traefik: awaitTraefik, verify, ready };

/** Its time is over, which is a word of ours and not of what it waited for. */
const tooLong = (what: string, limit: Limit, last: string | undefined): Refusal =>
  new Refusal('SERVER.SET_UP_TIMEOUT', `${what} took longer than ${Math.round(limit.time / 60_000)} minutes.${last === undefined ? '' : ` The last that was heard: ${last}`} Try again, or delete the server.`);

const setUpStep = async (ports: ProcessPorts, subject: Subject, step: SetUpStep, signal: AbortSignal): Promise<void> => {
  const { tenant, id } = subject;
  const begun = await ports.handle(provisioningType, tenant, id, { type: 'Begin', data: { step } });
  if (!begun.decided || begun.state.status === 'none') return;
  const { run } = begun.state;
  const filter = progressFilter(ports.now);
  let last: string | undefined;
  let telling: Promise<unknown> = Promise.resolve();
  const tell = async (told: ReturnType<typeof filter.rest>): Promise<void> => {
    if (!told || signal.aborted) return;
    telling = telling.then(() => ports.handle(provisioningType, tenant, id, { type: 'Progress', data: { step, ...told } })).catch((error: unknown) => ports.log.debug({ err: error, server: id }, 'progress was not told'));
    await telling;
  };
  const progress: Parameters<StepWork>[0]['progress'] = news => {
    last = news.text;
    return tell(filter.worthIt(news));
  };
  try {
    const outcome = await within({ ...ports, limit: SET_UP_LIMITS[step], first: run.first_at, signal, late: () => tooLong(`The step ${step}`, SET_UP_LIMITS[step], last) }, until => WORK[step]({ ...subject, ports, run, signal: until, progress }));
    await tell(filter.rest());
    signal.throwIfAborted();
    await ports.handle(provisioningType, tenant, id, { type: 'Finish', data: { step, ...outcome } });
  } catch (error) {
    signal.throwIfAborted();
    await tell(filter.rest());
    if (!(error instanceof Refusal)) ports.log.error({ err: error, server: id, step }, 'a step of a set-up ended by a fault');
    await ports.handle(provisioningType, tenant, id, { type: 'Fail', data: { step, error: stepError(error) } });
  }
};

const removalStep = async (ports: ProcessPorts, subject: Subject, run: Run | undefined, step: RemovalStep, signal: AbortSignal): Promise<void> => {
  const { tenant, id } = subject;
  const begun = await ports.handle(removalType, tenant, id, { type: 'BeginStep', data: { step } });
  if (!begun.decided || begun.state.status === 'none') return;
  const first = begun.state.run.first_at;
  try {
    const detail = await within({ ...ports, limit: REMOVAL_LIMITS[step], first, signal, late: () => tooLong(`Deleting it (${step})`, REMOVAL_LIMITS[step], undefined) }, until => REMOVAL_WORK[step]({ ...subject, ports, run, signal: until }));
    signal.throwIfAborted();
    await ports.handle(removalType, tenant, id, { type: 'FinishStep', data: { step, detail } });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Refusal)) ports.log.error({ err: error, server: id, step }, 'a step of a removal ended by a fault');
    await ports.handle(removalType, tenant, id, { type: 'FailStep', data: { step, error: stepError(removalError(error)) } });
  }
};

/** A script that can't be reached stops by its own time-outs: the person's word counts all the same. */
const stopScript = async (ports: ProcessPorts, subject: Subject, round: number, signal: AbortSignal): Promise<void> => {
  await ports.script.stop(subject, AbortSignal.any([signal, ports.timeout(STOP_MS)])).catch((error: unknown) => {
    signal.throwIfAborted();
    ports.log.warn({ err: error, server: subject.id }, 'a set-up script could not be stopped; it ends by itself');
  });
  await ports.handle(serverType, subject.tenant, subject.id, { type: 'StopSetUp', data: { round } });
};
const STOP_MS = 20_000;

/** A decision that comes to nothing, as when two copies work at once for a moment, is not asked for again at once. ms */
const SETTLE_MS = 1_000;

const situationOf = async (ports: ProcessPorts, tenant: string, id: string): Promise<Situation> => {
  const [server, run, removal] = await Promise.all([ports.read(serverType, tenant, id), ports.read(provisioningType, tenant, id), ports.read(removalType, tenant, id)]);
  return { server, run, removal };
};

/**
 * Brings what is under way for a server to its end, or until the signal. Everything is read from the log, and each step is written down before and after:
 * whoever is killed anywhere in it leaves nothing that the next one does not find.
 * @throws what the event store throws; call again
 */
export const workOn = async (ports: ProcessPorts, tenant: string, id: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    if (signal.aborted) return;
    const situation = await situationOf(ports, tenant, id);
    const move = nextMove(situation, ports.now());
    if (move.do === 'rest' || !isLive(situation.server) || signal.aborted) return;
    const subject: Subject = { tenant, id, machine: situation.server.machine };
    const tell = async (told: Promise<{ readonly decided: boolean }>): Promise<void> => { if (!(await told).decided) await ports.pause(SETTLE_MS, signal); };
    switch (move.do) {
      case 'wait': await ports.pause(move.until - ports.now(), signal); break;
      case 'tell-server': await tell(ports.handle(serverType, tenant, id, move.command)); break;
      case 'tell-run': await tell(ports.handle(provisioningType, tenant, id, move.command)); break;
      case 'tell-removal': await tell(ports.handle(removalType, tenant, id, move.command)); break;
      case 'stop-script': await stopScript(ports, subject, move.round, signal); break;
      case 'step': await setUpStep(ports, subject, move.step, signal); break;
      case 'removal-step': await removalStep(ports, subject, situation.run.status === 'none' ? undefined : situation.run.run, move.step, signal); break;
    }
  }
};
