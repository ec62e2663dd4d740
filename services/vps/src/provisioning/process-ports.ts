import { readState } from '@xanthus/kernel';
import { handleAsService, pause } from '@xanthus/processes';
import type { SshConnection } from '@xanthus/ssh';
import { publicKeyOf } from '@xanthus/ssh';
import { connectTarget } from '../adoption/connect-target.js';
import { readFacts } from '../remote/probes.js';
import { isLive, type Machine } from '../server/server.js';
import { cloudInit } from '../setup/cloud-init.js';
import { cancelSetup, readSetup, startSetup } from '../setup/remote-setup.js';
import type { Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';
import type { ProcessPorts, Subject } from './ports.js';
import { serverType } from '../server/server.decide.js';
import { notFound } from '../server/server.errors.js';

const targetOf = ({ tenant, id, machine }: Subject): Target => {
  const { provider, host, port, user, credential, host_key, provider_ref, order, jump } = machine;
  return { tenant, id, provider, host, port, user, credential, host_key, blocked: false, ...(jump ? { jump } : {}), ...(provider_ref === undefined ? {} : { provider_ref }), ...(order ? { provider_id: order.provider_id } : {}) };
};

const publicHalf = (privateKey: string): string => {
  const { type, blob } = publicKeyOf(privateKey);
  return `${type} ${blob}`;
};

/** As a plan for the set-up: the machine's own keys, and whoever may log in too. */
export const cloudInitOf = (machine: Machine, privateKey: string, now: number): string => {
  const { name, user, port, order, time_zone } = machine;
  return cloudInit({
    hostname: name, user, sshPort: port, authorizedKeys: [...new Set([order?.public_key ?? '', ...order?.authorized_keys ?? []])].filter(key => key !== ''), timeZone: time_zone, now,
    hostKey: { publicKey: publicHalf(privateKey), privateKey },
  });
};

/** The real ones. */
export const processPorts = (vps: VpsContext): ProcessPorts => {
  /** Where it is now: it may have got its address, or another host key, since the step began. */
  const reach = async ({ tenant, id }: Subject, signal: AbortSignal): Promise<SshConnection> => {
    const server = await readState(vps, serverType, tenant, id);
    if (!isLive(server)) throw notFound();
    return vps.pool.get(id, () => connectTarget(vps, targetOf({ tenant, id, machine: server.machine }), signal));
  };
  const over = async <T>(subject: Subject, signal: AbortSignal, work: (connection: SshConnection) => Promise<T>): Promise<T> => {
    const connection = await reach(subject, signal);
    return work(connection);
  };
  return {
    log: vps.log,
    now: Date.now,
    pause,
    timeout: ms => AbortSignal.timeout(ms),
    async handle(type, tenant, id, command) {
      const { state, events } = await handleAsService(vps, type, tenant, id, command);
      return { state, decided: events.length > 0 };
    },
    read: (type, tenant, id) => readState(vps, type, tenant, id),
    provider: (tenant, id) => vps.providers.of(tenant, id),
    secrets: { text: (tenant, name) => vps.vault.getText(tenant, name), destroy: (tenant, name) => vps.vault.destroy(tenant, name) },
    userData: cloudInitOf,
    contact: async (subject, signal) => {
      const { address, hostKey } = await reach(subject, signal);
      return `${address} shows the host key that it was given (${hostKey.fingerprint}).`;
    },
    facts: (subject, signal) => over(subject, signal, connection => readFacts(connection, signal)),
    script: {
      look: (subject, after, signal) => over(subject, signal, connection => readSetup(connection, after, signal)),
      start: (subject, signal) => over(subject, signal, async connection => {
        const { time_zone, order } = subject.machine;
        await startSetup(connection, { ...(time_zone === undefined ? {} : { timeZone: time_zone }), manageSsh: order !== undefined, now: Date.now() }, signal);
      }),
      stop: (subject, signal) => over(subject, signal, async connection => { await cancelSetup(connection, signal); }),
    },
    drop: id => vps.pool.drop(id),
  };
};
