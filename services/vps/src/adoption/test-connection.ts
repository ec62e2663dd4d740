import type { Call } from '@xanthus/nest';
import { signalSubject, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { TEST_STAGES, type HostKey, type testConnection as contract } from '@xanthus/proto/vps';
import { connectSsh, presentedHostKey, SshError, type HostKeyPolicy, type SshConnection } from '@xanthus/ssh';
import { probeHelm, probeK3s, probeSudo, probeSystem } from '../remote/probes.js';
import { addressPolicy, type VpsContext } from '../vps.context.js';
import { credentialOf, serverSecret } from './credential.js';
import { jumpOf } from './jump.js';

type Input = ParsedInputOf<typeof contract>;
type Output = OutputOf<typeof contract>;
type Stage = Output['stages'][number];
type StageName = Stage['name'];
type Verdict = Pick<Stage, 'status' | 'detail' | 'code'>;

/** The test must answer before the command's own deadline. ms */
const DEADLINE = 25_000;

/** Stages after the log-in: each asks one thing and says what it means. */
const PROBES: readonly (readonly [StageName, (connection: SshConnection, signal: AbortSignal) => Promise<Verdict>])[] = [
  ['sudo', async (c, signal) => {
    const answer = await probeSudo(c, signal);
    return answer === 'none' ? { status: 'warning', detail: 'This user needs a password for sudo: setting up software will not work.' } : { status: 'passed', detail: answer === 'root' ? 'root' : 'sudo without a password' };
  }],
  ['os', async (c, signal) => {
    const { os, architecture } = await probeSystem(c, signal);
    return { status: 'passed', detail: `${os}, ${architecture}` };
  }],
  ['k3s', async (c, signal) => installed(await probeK3s(c, signal))],
  ['helm', async (c, signal) => installed(await probeHelm(c, signal))],
];

const installed = (version: string | null): Verdict => (version === null ? { status: 'warning', detail: 'Not installed yet.' } : { status: 'passed', detail: version });

/**
 * Tries to reach a machine and changes nothing. A failed stage is an answer, not an error. A host key that nobody confirmed is shown; with a key to log in by
 * the test goes on, for a signature tells an impostor nothing, but a password is not sent.
 * Each stage is also a signal `sig.<tenant>.vps.server.<id>.test-connection` with `{command_id, correlation_id, stage}`.
 */
export const testConnection = async (vps: VpsContext, input: Input, call: Call): Promise<Output> => {
  const credential = await credentialOf(vps, call.tenant, serverSecret(call.id), input.auth);
  const jump = await jumpOf(vps, call, input.jump);
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(DEADLINE)]);
  const subject = signalSubject({ tenant: call.tenant, service: 'vps', aggregate: 'server', id: call.id }, 'test-connection');
  const stages: Stage[] = [];
  const tell = (stage: Stage): void => {
    stages.push(stage);
    vps.nc.publish(subject, JSON.stringify({ command_id: call.command_id, correlation_id: call.correlation_id, stage }));
  };
  let since = performance.now();
  const elapsed = (): number => {
    const now = performance.now();
    const ms = Math.round((now - since) * 10) / 10;
    since = now;
    return ms;
  };

  let hostKey: HostKey | null = null;
  let connection: SshConnection | undefined;
  const policy: HostKeyPolicy = input.host_key !== undefined ? { pinned: input.host_key }
    : { verify: key => { hostKey = key; return !('password' in credential.auth); } };
  try {
    connection = await connectSsh({
      target: { host: input.host, port: input.port, user: input.user }, auth: credential.auth, hostKey: policy, addresses: await addressPolicy(vps), jump: jump?.way, signal,
      onStage: ({ name, ms, detail }) => {
        since = performance.now();
        tell(name === 'host_key' && input.host_key === undefined ? { name, ms, ...unconfirmed(detail) } : { name, status: 'passed', ms, detail });
      },
    });
    hostKey = connection.hostKey;
    since = performance.now();
    for (const [name, probe] of PROBES) tell({ name, ...await probe(connection, signal), ms: elapsed() });
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    hostKey = presentedHostKey(error) ?? hostKey;
    const name = error.stage === 'session' ? (TEST_STAGES[stages.length] ?? 'helm') : error.stage;
    tell(error.code === 'SERVER.HOST_KEY_UNCONFIRMED' ? { name, ms: elapsed(), ...unconfirmed((hostKey as HostKey | null)?.fingerprint ?? '') } : { name, status: 'failed', ms: elapsed(), detail: error.message, code: error.code });
  } finally {
    connection?.close();
  }
  for (const name of TEST_STAGES.slice(stages.length)) tell({ name, status: 'skipped', ms: 0 });
  return { stages, host_key: hostKey };
};

const unconfirmed = (fingerprint: string): Verdict => ({ status: 'warning', detail: fingerprint, code: 'SERVER.HOST_KEY_UNCONFIRMED' });
