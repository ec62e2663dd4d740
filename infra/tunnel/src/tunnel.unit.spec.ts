import { describe, expect, it } from '@jest/globals';
import { parseTunnelFrame, tunnelFrame, TUNNEL_BEAT, TUNNEL_KIND, TUNNEL_SILENCE, TUNNEL_WINDOW } from '@xanthus/proto';
import fc from 'fast-check';
import { Tunnel } from './tunnel.js';

interface End { readonly tunnel: Tunnel; readonly sent: Uint8Array[]; closed: number }
const clock = { now: 0 };
/** Two ends; what one sends waits in `sent` until it is delivered. */
const pair = (): readonly [End, End] => {
  const make = (halfOpen: boolean): End => {
    const sent: Uint8Array[] = [];
    const end: End = { sent, closed: 0, tunnel: new Tunnel({ send: frame => void sent.push(frame), closed: () => { end.closed += 1; }, now: () => clock.now }, halfOpen) };
    end.tunnel.on('error', () => undefined);
    return end;
  };
  return [make(false), make(true)];
};
const deliver = (from: End, to: End): void => { for (const frame of from.sent.splice(0)) to.tunnel.receive(frame); };
/** Until neither has anything to say. */
const settle = async (a: End, b: End): Promise<void> => {
  for (let quiet = 0; quiet < 3;) {
    quiet = a.sent.length + b.sent.length === 0 ? quiet + 1 : 0;
    deliver(a, b);
    deliver(b, a);
    await new Promise(setImmediate);
  }
};
const kinds = ({ sent }: End): (string | undefined)[] => sent.map(frame => parseTunnelFrame(frame)?.kind);
/** `once` of Node would take an error for a failure of the spec. */
const heard = (end: End, event: string): Promise<unknown> => new Promise(resolve => { end.tunnel.once(event, resolve); });
const taken = (end: End): Buffer[] => {
  const got: Buffer[] = [];
  end.tunnel.on('data', (c: Buffer) => got.push(c));
  return got;
};

describe('a tunnel', () => {
  it('brings every byte in order, whatever the pieces, and each end by itself', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 }), async (lengths) => {
      const [gateway, service] = pair();
      const [there, back] = [taken(service), taken(gateway)];
      const chunks = lengths.map((n, i) => Buffer.alloc(n, i + 1));
      service.tunnel.on('end', () => service.tunnel.end('that is all'));
      for (const chunk of chunks) gateway.tunnel.write(chunk);
      const over = [heard(gateway, 'close'), heard(service, 'close')];
      gateway.tunnel.end();
      await settle(gateway, service);
      await Promise.all(over);
      expect(Buffer.concat(there).equals(Buffer.concat(chunks))).toBe(true);
      expect(Buffer.concat(back).toString()).toBe('that is all');
      expect([gateway.closed, service.closed]).toEqual([1, 1]);
    }), { numRuns: 25 });
  });

  it('sends no more than a window while nobody takes it', async () => {
    const [gateway, service] = pair();
    gateway.tunnel.write(Buffer.alloc(TUNNEL_WINDOW * 3));
    await settle(gateway, service);
    expect(service.tunnel.readableLength).toBe(TUNNEL_WINDOW);
    const got = taken(service);
    await settle(gateway, service);
    expect(Buffer.concat(got)).toHaveLength(TUNNEL_WINDOW * 3);
  });

  it('breaks when a frame is lost, doubled, unreadable or too much', async () => {
    const cases: ((service: End) => void)[] = [
      s => s.tunnel.receive(tunnelFrame(TUNNEL_KIND.DATA, 1, Buffer.from('b'))), s => { for (const _ of [1, 2]) s.tunnel.receive(tunnelFrame(TUNNEL_KIND.BEAT, 0)); },
      s => s.tunnel.receive(new Uint8Array(3)), s => s.tunnel.receive(tunnelFrame(9 as never, 0)), s => s.tunnel.receive(tunnelFrame(TUNNEL_KIND.DATA, 0, Buffer.alloc(TUNNEL_WINDOW + 1))),
      (s) => { s.tunnel.receive(tunnelFrame(TUNNEL_KIND.END, 0)); s.tunnel.receive(tunnelFrame(TUNNEL_KIND.DATA, 1, Buffer.from('late'))); },
    ];
    for (const broken of cases) {
      const [gateway, service] = pair();
      const errors = Promise.all([heard(service, 'close'), heard(gateway, 'close')]);
      broken(service);
      expect(service.tunnel.destroyed).toBe(true);
      expect(kinds(service)).toEqual(['abort']);
      deliver(service, gateway);
      await errors;
      expect(gateway.sent).toEqual([]);
    }
  });

  it('says why it was cut, and is a reset connection to whoever reads it', async () => {
    const [gateway, service] = pair();
    const failed = heard(gateway, 'error') as Promise<NodeJS.ErrnoException>;
    service.tunnel.destroy(new Error('This port is closed.'));
    await heard(service, 'close');
    deliver(service, gateway);
    const error = await failed;
    expect([error.code, error.message]).toEqual(['ECONNRESET', 'This port is closed.']);
  });

  it('notices in seconds that the other end is dead, and lives by beats alone', () => {
    const [gateway, service] = pair();
    for (let t = 0; t < 60_000; t += 1_000) {
      clock.now += 1_000;
      for (const end of [gateway, service]) end.tunnel.beat();
      deliver(gateway, service);
      deliver(service, gateway);
    }
    expect([gateway.tunnel.destroyed, service.tunnel.destroyed]).toEqual([false, false]);
    clock.now += TUNNEL_BEAT;
    gateway.tunnel.beat();
    expect(kinds(gateway)).toEqual(['beat']);
    clock.now += TUNNEL_SILENCE;
    service.tunnel.beat();
    expect(service.tunnel.destroyed).toBe(true);
  });
});
