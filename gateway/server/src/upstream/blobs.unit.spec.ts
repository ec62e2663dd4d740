import { describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { Blobs } from './blobs.js';

describe('a large input that could not be kept', () => {
  it('counts against nobody', async () => {
    let waiting = 0;
    const quotas = { blob: (_tenant: string, bytes: number) => void (waiting += bytes), blobGone: (_tenant: string, bytes: number) => void (waiting -= bytes) };
    const away = {} as NatsConnection;
    await expect(new Blobs(away, quotas, () => undefined).store('acme', 'cmd.acme.dns.plan.new.make', () => new Uint8Array(1_000))).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE' } });
    expect(waiting).toBe(0);
  });
});
