/** What every provider does, whoever it is. An adapter's spec says how its world is prepared; its capabilities decide which rows apply. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import { eventually } from '@xanthus/testing';
import { ensureServer } from './ensure-server.js';
import { ourLabels, type Provider, type ProviderServer, type ServerSpec } from './provider.js';
import type { ProviderCode } from './provider.errors.js';

/** A mishap that the next calls of the provider meet. */
export type Mishap =
  | 'server_error' | 'html' | 'rate_limited'
  /** The next order is acted on, and its answer never comes. */
  | 'lost_order';

export interface ProviderWorld {
  readonly provider: Provider;
  /** A machine that can be ordered, and a second type that it can become. */
  readonly spec: { readonly location: string; readonly type: string; readonly image: string; readonly other_type?: string };
  /** With a key that nobody knows; undefined where there are no keys. */
  readonly stranger?: Provider;
  /** With a key that may only read, where that can be. */
  readonly reader?: Provider;
  /** Undefined: can't be brought about here. */
  readonly mishap?: (kind: Mishap) => Promise<void>;
  readonly calm?: () => Promise<void>;
  readonly sellOut?: (type: string, out: boolean) => Promise<void>;
  readonly quota?: (servers: number | null) => Promise<void>;
  /** The key stops being good, and is good again. */
  readonly revoke?: (revoked: boolean) => Promise<void>;
  /** Makes so many machines without our API, with these labels, cheaply. */
  readonly crowd?: (count: number, labels: Readonly<Record<string, string>>) => Promise<void>;
  /** The next question is not answered until `calm`; resolves when it has arrived. */
  readonly hang?: () => Promise<{ readonly reached: Promise<unknown> }>;
  stop(): Promise<void>;
}

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh';
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC1oVYq0cLlJ2S9P5vmxM4h0kq8F3rT7eY6wZ2nXbAaQ';
const USER_DATA = '#cloud-config\n{}\n';
/** Nothing in here may hang for ever. */
const soon = (): AbortSignal => AbortSignal.timeout(60_000);

export const refusalOf = async (work: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await work.then(() => undefined, (e: unknown) => e);
  if (!(error instanceof Refusal)) throw new Error('it was not refused', { cause: error });
  return error;
};
const expectRefused = async (work: Promise<unknown>, ...codes: ProviderCode[]): Promise<Refusal> => {
  const refusal = await refusalOf(work);
  expect(codes.map(c => `PROVIDER.${c}`)).toContain(refusal.code);
  // a sentence for people: never what an SDK or a parser says
  expect(refusal.message).toMatch(/^[A-Z].*[.:]/s);
  return refusal;
};

export const providerFeatures = (name: string, start: () => Promise<ProviderWorld>): void => {
  describe(`provider: ${name}`, () => {
    let w: ProviderWorld;
    let p: Provider;
    let made = 0;
    const spec = (change: Partial<ServerSpec> = {}): ServerSpec => ({
      name: `feature-${++made}`, location: w.spec.location, type: w.spec.type, image: w.spec.image, ssh_keys: [], user_data: USER_DATA, labels: ourLabels('acme', `feature-${made}`), ...change,
    });
    const create = async (change: Partial<ServerSpec> = {}): Promise<ProviderServer> => {
      const { ref } = await p.ensureSshKey({ name: 'xanthus-acme', public_key: KEY, labels: ourLabels('acme') }, soon());
      const { server, action } = await p.createServer(spec({ ssh_keys: [ref], ...change }), soon());
      await p.awaitAction(action, soon());
      return present(server.ref);
    };
    const present = async (ref: string): Promise<ProviderServer> => {
      const server = await p.server(ref, soon());
      if (!server) throw new Error(`the machine ${ref} is not there`);
      return server;
    };
    const remove = async (ref: string): Promise<void> => {
      await p.awaitAction(await p.deleteServer(ref, soon()), soon());
      expect(await p.server(ref, soon())).toBeUndefined();
    };
    /** Runs only where the adapter, or its world here, can do that. */
    const where = (title: string, able: () => unknown, run: () => Promise<void>): void => {
      it(title, async () => {
        if (able() === undefined || able() === false) return;
        await run();
      });
    };

    beforeAll(async () => {
      w = await start();
      p = w.provider;
    });
    afterAll(() => w?.stop());

    it('takes a good key', async () => {
      await expect(p.validate(soon())).resolves.toHaveProperty('account');
    });
    where('refuses a key that nobody knows, with what to do', () => w.stranger, async () => {
      await expectRefused((w.stranger as Provider).validate(soon()), 'KEY_REFUSED');
      await expectRefused((w.stranger as Provider).findServers({}, soon()), 'KEY_REFUSED');
    });
    where('refuses a key that may only read', () => w.reader, async () => {
      await expectRefused((w.reader as Provider).validate(soon()), 'KEY_READ_ONLY');
    });

    it('lists what can be ordered, where, and for how much', async () => {
      const [locations, types, images, pricing] = await Promise.all([p.locations(soon()), p.serverTypes(soon()), p.images(soon()), p.pricing(soon())]);
      expect(locations.map(l => l.name)).toContain(w.spec.location);
      const type = types.find(t => t.name === w.spec.type);
      const offer = type?.offers.find(o => o.location === w.spec.location);
      expect(offer?.available).toBe(true);
      expect(type?.memory_bytes).toBeGreaterThan(100_000_000);
      expect(images.some(i => i.ref === w.spec.image && i.architecture === type?.architecture && i.supported)).toBe(true);
      expect(pricing.currency).toMatch(/^[A-Z]{3}$/);
      expect(new Set(types.map(t => t.name)).size).toBe(types.length);
      for (const t of types) expect(p.capabilities.architectures).toContain(t.architecture);
      if (p.capabilities.prices) expect(Number(offer?.hourly.gross)).toBeGreaterThan(0);
    });

    it('creates, finds by labels, tells where it is, and deletes until it is gone', async () => {
      const labels = ourLabels('acme', 'walk');
      const server = await create({ labels, name: 'feature-walk' });
      expect(server).toMatchObject({ name: 'feature-walk', status: 'running', type: w.spec.type, location: w.spec.location, labels });
      expect(server.address).toBeTruthy();
      expect(Date.parse(server.created_at)).not.toBeNaN();
      expect((await p.findServers(labels, soon())).map(s => s.ref)).toEqual([server.ref]);
      expect(await p.findServers(ourLabels('acme', 'nobody'), soon())).toEqual([]);
      await remove(server.ref);
      expect(await p.findServers(labels, soon())).toEqual([]);
      // again is harmless
      await p.awaitAction(await p.deleteServer(server.ref, soon()), soon());
    });

    it('uses a public key that is there already, whatever it is called', async () => {
      const first = await p.ensureSshKey({ name: 'xanthus-one', public_key: OTHER_KEY, labels: ourLabels('acme') }, soon());
      const second = await p.ensureSshKey({ name: 'xanthus-two', public_key: `${OTHER_KEY} somebody@laptop`, labels: ourLabels('acme') }, soon());
      expect(second.ref).toBe(first.ref);
      expect(second.made).toBe(false);
      await p.removeSshKey(first.ref, soon());
      await p.removeSshKey(first.ref, soon());
    });

    it('orders one machine however often it is tried', async () => {
      const given = spec();
      const first = await ensureServer(p, given, soon());
      const again = await ensureServer(p, given, soon());
      expect([first.found, again.found, again.server.ref]).toEqual([false, true, first.server.ref]);
      await p.awaitAction(first.action, soon());
      await remove(first.server.ref);
    });

    where('finds its order when the answer was lost', () => w.mishap, async () => {
      const given = spec();
      await w.mishap?.('lost_order');
      const ensured = await ensureServer(p, given, soon()).catch(async () => {
        // the look after the order may meet an outage as well: the process comes again
        await w.calm?.();
        return ensureServer(p, given, soon());
      });
      await w.calm?.();
      expect((await p.findServers(given.labels, soon())).map(s => s.ref)).toEqual([ensured.server.ref]);
      await p.awaitAction(ensured.action, soon());
      await settled(ensured.server.ref);
      await remove(ensured.server.ref);
    });
    const settled = async (ref: string): Promise<void> => {
      await eventually(async () => { const { status, locked } = await present(ref); return (status === 'running' && !locked) || undefined; }, { every: 50 });
    };

    it('refuses orders that can\'t be: type, location, image, name', async () => {
      await expectRefused(p.createServer(spec({ type: 'no-such-type' }), soon()), 'UNKNOWN_TYPE');
      await expectRefused(p.createServer(spec({ location: 'nowhere' }), soon()), 'UNKNOWN_LOCATION');
      await expectRefused(p.createServer(spec({ image: 'no-such-image' }), soon()), 'UNKNOWN_IMAGE');
      const server = await create();
      await expectRefused(p.createServer(spec({ name: server.name }), soon()), 'NAME_TAKEN');
      await remove(server.ref);
    });
    where('refuses a type that is sold out, and says so in the list', () => w.sellOut, async () => {
      await w.sellOut?.(w.spec.type, true);
      const offer = (await p.serverTypes(soon())).find(t => t.name === w.spec.type)?.offers.find(o => o.location === w.spec.location);
      expect(offer?.available).toBe(false);
      await expectRefused(p.createServer(spec(), soon()), 'SOLD_OUT');
      await w.sellOut?.(w.spec.type, false);
    });
    where('refuses more machines than the account may have', () => w.quota, async () => {
      await w.quota?.((await p.findServers({}, soon())).length);
      await expectRefused(p.createServer(spec(), soon()), 'QUOTA_REACHED');
      await w.quota?.(null);
    });
    it('says that a machine is not there', async () => {
      const server = await create();
      await remove(server.ref);
      await expectRefused(p.power(server.ref, p.capabilities.power[0] ?? 'on', soon()), 'NOT_FOUND');
    });

    where('turns it off and on, tells how far it is, and reboots', () => p.capabilities.power.includes('off'), async () => {
      const { ref } = await create();
      await p.awaitAction(await p.power(ref, 'off', soon()), soon());
      expect((await present(ref)).status).toBe('off');
      const seen: number[] = [];
      const action = await p.power(ref, 'on', soon());
      await p.awaitAction(action, soon(), ({ percent }) => { seen.push(percent); });
      expect((await present(ref)).status).toBe('running');
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      if (action !== null) expect(seen.at(-1)).toBe(100);
      for (const way of p.capabilities.power.filter(a => a === 'reboot' || a === 'reset')) {
        await p.awaitAction(await p.power(ref, way, soon()), soon());
        await settled(ref);
      }
      await remove(ref);
    });
    where('resizes what is off, and refuses to resize what runs', () => p.capabilities.resize && w.spec.other_type, async () => {
      const { ref } = await create();
      const to = { type: w.spec.other_type ?? '', grow_disk: false };
      await expectRefused(p.resize(ref, to, soon()), 'WRONG_STATE');
      await p.awaitAction(await p.power(ref, 'off', soon()), soon());
      await expectRefused(p.resize(ref, { ...to, type: 'no-such-type' }, soon()), 'UNKNOWN_TYPE');
      await p.awaitAction(await p.resize(ref, to, soon()), soon());
      expect((await present(ref)).type).toBe(w.spec.other_type);
      await remove(ref);
    });
    where('rebuilds', () => p.capabilities.rebuild, async () => {
      const { ref } = await create();
      await expectRefused(p.rebuild(ref, { image: 'no-such-image' }, soon()), 'UNKNOWN_IMAGE');
      await p.awaitAction(await p.rebuild(ref, { image: w.spec.image, user_data: USER_DATA }, soon()), soon());
      await settled(ref);
      await remove(ref);
    });
    where('takes snapshots and deletes them', () => p.capabilities.snapshots, async () => {
      const server = await create();
      const labels = ourLabels('acme', 'snap');
      const { ref, action } = await p.snapshot(server.ref, { description: 'before the change', labels }, soon());
      await p.awaitAction(action, soon());
      expect(await p.snapshots(labels, soon())).toMatchObject([{ ref, description: 'before the change', server: server.ref, ready: true, labels }]);
      await p.deleteSnapshot(ref, soon());
      await p.deleteSnapshot(ref, soon());
      expect(await p.snapshots(labels, soon())).toEqual([]);
      await remove(server.ref);
    });
    where('renames and labels', () => p.capabilities.rename, async () => {
      const { ref } = await create();
      await p.rename(ref, 'feature-renamed', soon());
      await p.label(ref, ourLabels('acme', 'relabelled'), soon());
      expect(await p.findServers(ourLabels('acme', 'relabelled'), soon())).toMatchObject([{ ref, name: 'feature-renamed' }]);
      await remove(ref);
    });
    it('declares what it can\'t: that is refused without being asked', async () => {
      const { snapshots, rebuild, resize } = p.capabilities;
      if (!snapshots) await expectRefused(p.snapshot('1', { description: '', labels: {} }, soon()), 'UNSUPPORTED');
      if (!rebuild) await expectRefused(p.rebuild('1', { image: '' }, soon()), 'UNSUPPORTED');
      if (!resize) await expectRefused(p.resize('1', { type: '', grow_disk: false }, soon()), 'UNSUPPORTED');
    });

    where('reads all pages', () => w.crowd, async () => {
      const labels = ourLabels('acme', 'crowd');
      await w.crowd?.(120, labels);
      const found = await p.findServers(labels, soon());
      expect(new Set(found.map(s => s.ref)).size).toBe(120);
    });
    where('passes an outage of the provider on as one', () => w.mishap, async () => {
      await w.mishap?.('server_error');
      await expectRefused(p.createServer(spec(), soon()), 'UNAVAILABLE');
      await w.calm?.();
    });
    where('recognises what is no answer of the provider', () => w.mishap, async () => {
      await w.mishap?.('html');
      await expectRefused(p.locations(soon()), 'UNREADABLE', 'UNAVAILABLE');
      await w.calm?.();
    });
    where('says from when it may ask again', () => w.mishap, async () => {
      await w.mishap?.('rate_limited');
      const refusal = await expectRefused(p.locations(soon()), 'RATE_LIMITED');
      expect(Date.parse((refusal.details as { retry_at: string }).retry_at)).not.toBeNaN();
      await w.calm?.();
    });
    where('stops in the middle when the key is withdrawn, and goes on when it is back', () => w.revoke, async () => {
      const { ref } = await create();
      await w.revoke?.(true);
      await expectRefused(p.server(ref, soon()), 'KEY_REFUSED');
      await expectRefused(p.deleteServer(ref, soon()), 'KEY_REFUSED');
      await w.revoke?.(false);
      await remove(ref);
    });
    where('an abort ends at once what hangs', () => w.hang, async () => {
      const { reached } = await (w.hang as NonNullable<ProviderWorld['hang']>)();
      const stop = new AbortController();
      const asked = p.locations(stop.signal).then(() => 'answered', (e: unknown) => e);
      await reached;
      const reason = new Error('enough');
      stop.abort(reason);
      expect(await asked).toBe(reason);
      await w.calm?.();
    });
    it('asks nothing with a signal that is aborted already', async () => {
      const reason = new Error('too late');
      await expect(p.createServer(spec({ labels: ourLabels('acme', 'late') }), AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await p.findServers(ourLabels('acme', 'late'), soon())).toEqual([]);
    });
  });
};
