/** The service as it runs, on the machine of a real sshd, with a real gateway and a real auth beside it. For specs. */
import { startTestGround, type TestGround } from '@xanthus/auth/test-ground';
import { startGateway, type RunningGateway } from '@xanthus/gateway';
import type { RunningService } from '@xanthus/nest';
import { createReach } from '@xanthus/reach';
import { connectSsh } from '@xanthus/ssh';
import { eventually, startSshd, type TestSshd } from '@xanthus/testing';
import { terminalsDeclarations } from './declarations.js';
import { startTerminals } from './start-terminals.js';

/** The only server that there is. */
export const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';

export interface ServiceGround {
  readonly ground: TestGround;
  readonly sshd: TestSshd;
  readonly service: RunningService;
  readonly gateway: RunningGateway;
  stop(): Promise<void>;
}

export const startServiceGround = async (): Promise<ServiceGround> => {
  const [ground, sshd] = await Promise.all([startTestGround({ service: 'terminals', declarations: terminalsDeclarations() }), startSshd()]);
  const reach = createReach(async () => ({
    connection: await connectSsh({ target: { host: '127.0.0.1', port: sshd.port, user: sshd.user }, auth: { privateKey: sshd.privateKey }, hostKey: { pinned: sshd.hostKey.fingerprint }, addresses: { allow: ['loopback'] } }),
    become: 'root', facts: { simulated: false },
  } as never));
  const [service, gateway]: [RunningService, RunningGateway] = await Promise.all([
    startTerminals(ground.env('terminals'), { reach, servers: { server: async () => ({ name: 'web-1' }) } }),
    startGateway({ ...ground.env('gateway'), XANTHUS_PORT: '0', XANTHUS_WS_DRAIN_SECONDS: '0' }),
  ]);
  await eventually(async () => (await gateway.ready()).ready && (await service.ready()).ready, { timeout: 60_000, every: 20 });
  return {
    ground, sshd, service, gateway,
    async stop() {
      await gateway.stop();
      await service.stop();
      await Promise.all([ground.stop(), sshd.stop()]);
    },
  };
};
