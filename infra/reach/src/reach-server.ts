/** The way onto a server for a service. The key stays in vps, which signs each log-in: here is neither a key nor a password. */
import type { NatsConnection } from '@nats-io/transport-node';
import { ask, type IdentitySigner } from '@xanthus/nest';
import type { AddressPolicy } from '@xanthus/net';
import type { Actor, OutputOf } from '@xanthus/proto';
import { connectServer, signForServer } from '@xanthus/proto/vps';
import { connectSsh, type Jump, type SshConnection } from '@xanthus/ssh';

export interface ReachDeps {
  readonly nc: NatsConnection;
  readonly signer: IdentitySigner;
  /** Addresses that may be connected to. */
  readonly addresses: () => AddressPolicy;
}

export interface ReachRequest {
  readonly tenant: string;
  readonly server: string;
  /** In words, for the audit: each connection is an event `ServerAccessGranted` with it. */
  readonly purpose: string;
  /** On whose behalf; the actor of that event. A service or nobody: the service itself. */
  readonly actor?: Actor | undefined;
}

type Way = OutputOf<typeof connectServer>;
type Machine = Way['target'];

/** What vps knows of the machine at its end. */
export interface Reached { readonly connection: SshConnection; readonly become: Way['become']; readonly facts: Way['facts'] }

const CONNECT = 20_000;
const LONGEST_PURPOSE = 200;

const purposeOf = (purpose: string): string => purpose.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, LONGEST_PURPOSE) || 'work on this server';

/** One connection, made now. @throws Refusal what vps says (SERVER.NOT_FOUND, SERVER.BLOCKED, …); SshError */
export const reachServer = async ({ nc, signer, addresses }: ReachDeps, { tenant, server, purpose, actor }: ReachRequest): Promise<Reached> => {
  const act = actor?.kind === 'person' || actor?.kind === 'credential' ? { act: { kind: actor.kind, id: actor.id } } : {};
  const way = await ask(nc, signer, connectServer, { tenant, id: server, input: { purpose: purposeOf(purpose) }, ...act });
  const agent = (on: 'target' | 'jump', { public_key }: Machine) => ({
    agent: {
      publicKey: public_key,
      sign: async (data: Buffer) => Buffer.from((await ask(nc, signer, signForServer, { tenant, id: server, input: { on, data: data.toString('base64') }, ...act })).signature, 'base64'),
    },
  });
  const of = ({ host, port, user, host_key }: Machine) => ({ target: { host, port, user }, hostKey: { pinned: host_key.fingerprint, type: host_key.type } });
  const policy = addresses();
  const jump: Jump | undefined = way.jump ? { ...of(way.jump), auth: agent('jump', way.jump) } : undefined;
  const connection = await connectSsh({
    ...of(way.target), auth: agent('target', way.target), jump, signal: AbortSignal.timeout(CONNECT),
    addresses: way.local ? { ...policy, endpoints: [...policy.endpoints ?? [], { host: way.target.host, port: way.target.port }] } : policy,
  });
  return { connection, become: way.become, facts: way.facts };
};
