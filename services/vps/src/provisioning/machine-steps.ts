/** Steps on the machine itself: the first contact, and the set-up script, which tells by its words how far it is. */
import { Refusal } from '@xanthus/kernel';
import type { SetUpStep } from '@xanthus/proto/vps';
import { presentedHostKey, SshError, type SshErrorCode } from '@xanthus/ssh';
import { serverType } from '../server/server.decide.js';
import { failureSentence, isRetryable, SETUP_STEPS, setupSentence, type SetupStatus } from '../setup/setup-status.js';
import type { Seen, StepContext, StepWork } from './ports.js';

/** What a machine that starts may do for a while: nothing listens, nothing answers, the keys are not written yet. */
const STARTING: ReadonlySet<string> = new Set<SshErrorCode>(['SERVER.REFUSED', 'SERVER.TIMEOUT', 'SERVER.DISCONNECTED', 'SERVER.NOT_SSH', 'SERVER.AUTH_FAILED', 'SERVER.UNRESOLVED']);
const isStarting = (error: unknown): error is SshError => error instanceof SshError && STARTING.has(error.code);

const CONTACT_FIRST_MS = 1_000;
const CONTACT_MOST_MS = 8_000;

/** The key that it shows must be the one that we gave it. Another one is not tried again: somebody may stand between. */
const alarm = async ({ ports, tenant, id, machine }: StepContext, error: SshError): Promise<Refusal> => {
  const presented = presentedHostKey(error);
  if (presented) await ports.handle(serverType, tenant, id, { type: 'ObserveHostKey', data: { pinned: machine.host_key.fingerprint, presented } });
  return new Refusal('SERVER.HOST_KEY_CHANGED', `The machine shows ${presented ? `the host key ${presented.fingerprint}` : 'a host key'}, which is not the one that it was given. Nothing was sent to it. Delete the server, or, if you know why it is so, accept the key and try again.`);
};

export const firstContact: StepWork = async context => {
  const { ports, signal } = context;
  for (let ms = CONTACT_FIRST_MS; ; ms = Math.min(CONTACT_MOST_MS, ms * 1.5)) {
    signal.throwIfAborted();
    try {
      return { detail: await ports.contact(context, signal) };
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof SshError && error.code === 'SERVER.HOST_KEY_CHANGED') throw await alarm(context, error);
      if (!isStarting(error)) throw error;
      await context.progress({ word: 'STARTING', text: `It does not let us in yet: ${error.message}`.slice(0, 300) });
    }
    await ports.pause(ms, signal);
  }
};

const ORDER: readonly string[] = SETUP_STEPS;
/** The script has one step more than the process, for certificates, which comes before its end. */
const isPast = (status: SetupStatus, step: SetUpStep): boolean =>
  status.kind === 'ready' || ((status.kind === 'working' || status.kind === 'failed') && ORDER.indexOf(status.step) > ORDER.indexOf(step));

const LOOK_MS = 2_000;
/** Looks at a machine that says nothing of a set-up before it is started from here: cloud-init may still be on its way. */
const SILENT_LOOKS = 15;
/** A machine that is lost for so many looks in a row is a failure of the step. */
const LOST_LOOKS = 30;

const scriptFailed = (status: Extract<SetupStatus, { kind: 'failed' }>): Refusal => new Refusal(`SETUP.${status.failure.code}`, failureSentence(status.failure), undefined, isRetryable(status.failure.code));

/**
 * Follows the script until it is past this step. It runs by itself: being interrupted here loses nothing, and it is started only where it does not run.
 * @throws Refusal SETUP.… with the script's own reason
 */
const follow = (step: SetUpStep): StepWork => async context => {
  const { ports, run, signal } = context;
  const start = (): Promise<void> => ports.script.start(context, signal);
  const again = run.attempt > 1 || run.retries > 0;
  if (run.plan.kind === 'install' && step === 'prepare' && !again) await start();
  let [after, silent, lost, seenBefore] = [run.log_after, 0, 0, false];
  for (;;) {
    signal.throwIfAborted();
    const seen = await look(context, after).catch((error: unknown) => {
      lost += 1;
      if (signal.aborted || !isStarting(error) || lost >= LOST_LOOKS) throw error;
      ports.drop(context.id);
      return error;
    });
    if (seen instanceof Error) {
      await context.progress({ word: 'LOST', text: `The machine does not answer now: ${seen.message}`.slice(0, 300) });
    } else {
      lost = 0;
      after = seen.after;
      const { status } = seen;
      await context.progress({ word: wordOf(status), text: setupSentence(status), lines: seen.lines, after });
      if (isPast(status, step)) return { detail: '' };
      silent = status.kind === 'none' ? silent + 1 : 0;
      const ended = endOf(seen);
      // What an earlier try left is no failure of this one.
      if (ended && (seenBefore || !again)) throw ended;
      if (ended || silent >= SILENT_LOOKS) {
        silent = 0;
        await start();
      }
      seenBefore = true;
    }
    await ports.pause(LOOK_MS, signal);
  }
};

/** Why the script goes on no more, if so. */
const endOf = ({ status, dead }: Seen): Refusal | undefined => {
  if (status.kind === 'failed') return scriptFailed(status);
  if (status.kind === 'unreadable') return new Refusal('SETUP.INTERRUPTED', setupSentence(status), undefined, true);
  return dead && status.kind !== 'none' ? new Refusal('SETUP.INTERRUPTED', 'The set-up script ended without a word, as after a restart of the machine. Try again; what was done already is not done twice.', undefined, true) : undefined;
};

const look = ({ ports, signal, ...subject }: StepContext, after: number): Promise<Seen> => ports.script.look(subject, after, signal);
const wordOf = (status: SetupStatus): string => (status.kind === 'working' || status.kind === 'ready' || status.kind === 'failed' ? status.word : status.kind.toUpperCase());

export const prepare = follow('prepare');
export const installK3s = follow('k3s');
export const installHelm = follow('helm');
export const awaitTraefik = follow('traefik');
export const verify = follow('verify');

/** The script's last word, once more, and what the machine has become: the monitor asks for that only now and then. */
export const ready: StepWork = async context => {
  const { ports, tenant, id, machine, signal } = context;
  const { status } = await look(context, context.run.log_after);
  if (status.kind === 'ready') {
    const facts = await ports.facts(context, signal);
    await ports.handle(serverType, tenant, id, { type: 'ObserveReachable', data: { pinned: machine.host_key.fingerprint, facts } });
    return { detail: setupSentence(status) };
  }
  throw status.kind === 'failed' ? scriptFailed(status) : new Refusal('SETUP.INTERRUPTED', `It was ready and is not any more: ${setupSentence(status)}`, undefined, true);
};
