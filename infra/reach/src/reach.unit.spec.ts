import { describe, expect, it } from '@jest/globals';
import { SshError, type SshConnection } from '@xanthus/ssh';
import { createReach, type Reached } from './index.js';

const WAY = { tenant: 'acme', server: 'web-1', purpose: 'a spec' };
/** Connections that open so many channels each. */
const machine = (channels: number) => {
  const made: (SshConnection & { used: number })[] = [];
  const reach = createReach(async (): Promise<Reached> => {
    let end: () => void = () => undefined;
    const closed = new Promise<undefined>((resolve) => { end = () => resolve(undefined); });
    const connection = { open: true, busy: 0, used: 0, closed, close: () => { connection.open = false; end(); } };
    made.push(connection as never);
    return { connection: connection as never, become: null, facts: {} as never };
  });
  const open = async (connection: SshConnection): Promise<SshConnection> => {
    const on = connection as SshConnection & { used: number };
    if (!on.open) throw new SshError('session', 'SERVER.DISCONNECTED', 'It is gone.');
    if (on.used === channels) throw new SshError('session', 'SERVER.CHANNELS_FULL', 'It is full.');
    on.used += 1;
    return connection;
  };
  return { made, reach, open };
};

describe('connections to servers', () => {
  it('are shared by all that comes at once; another server and `apart` have their own', async () => {
    const { made, reach } = machine(10);
    const [a, b, other, alone] = await Promise.all([reach.connection(WAY), reach.connection(WAY), reach.connection({ ...WAY, server: 'web-2' }), reach.connection({ ...WAY, apart: true })]);
    expect([a === b, a === other, a === alone, made.length]).toEqual([true, false, false, 3]);
    reach.close();
    await Promise.all(made.map(c => c.closed));
    expect(made.map(c => c.open)).toEqual([false, false, false]);
  });

  it('are made anew where one is full or gone', async () => {
    const { made, reach, open } = machine(2);
    for (let i = 0; i < 5; i++) await reach.channel(WAY, open);
    expect(made.map(c => c.used)).toEqual([2, 2, 1]);
    made[2]?.close();
    await reach.channel(WAY, open);
    expect(made).toHaveLength(4);
    reach.close();
  });

  it('say so where a machine opens none at all, or what is asked fails by itself', async () => {
    const { made, reach, open } = machine(0);
    await expect(reach.channel(WAY, open)).rejects.toMatchObject({ code: 'SERVER.CHANNELS_FULL' });
    expect(made).toHaveLength(3);
    await expect(reach.channel(WAY, async () => { throw new TypeError('mine'); })).rejects.toThrow('mine');
    reach.close();
  });
});
