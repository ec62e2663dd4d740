/** Another password, killed and cut off anywhere, over a cluster in memory: it is the new one everywhere in the end, and nobody is told it who did not ask. */
import { describe, expect, it } from '@jest/globals';
import { verify } from '@node-rs/bcrypt';
import { Refusal } from '@xanthus/kernel';
import { catalogEntry, type CatalogEntry } from '@xanthus/proto/applications';
import { content, ENTRY, everythingIn, startWorld, TENANT, type Chaos, type ProcessWorld } from '../running/processes.fixture.js';
import type { SealedRelease } from '../running/ports.js';

const CHART = { chart: 'notes', version: '1.0.0' };
const [FIRST, SECOND] = ['kaas-vlinder-40', 'fiets-vlinder-41'];
const CONF: CatalogEntry = catalogEntry.parse({ ...ENTRY, secrets: [{ name: 'password' }, { name: 'notes.conf', derive: { from: 'password', as: 'plain', text: 'pass={{VALUE}}' } }] });
const HASH: CatalogEntry = catalogEntry.parse({ ...ENTRY, secrets: [], access: { kind: 'bcrypt', username: 'admin', initial_secret: 'first', initial_key: 'password', secret: 'own-secret', key: 'admin.password', changed_key: 'admin.passwordMtime' } });
const made = (entry: CatalogEntry, secrets: Record<string, string>): SealedRelease => ({ ...content(CHART, {}, secrets), entry });
const KEPT = made(CONF, { password: FIRST, 'notes.conf': `pass=${FIRST}` });

const keysOf = (world: ProcessWorld, name: string): Record<string, string> => {
  const { data = {} } = (world.cluster.state.things.get(`secret/notes/${name}`) ?? {}) as { data?: Record<string, string> };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
};
const restarted = (world: ProcessWorld): boolean => JSON.stringify(world.cluster.state.things.get('deployment/notes/notes')).includes('"restarted":true');
const world = async (release: SealedRelease, chaos: Chaos = {}): Promise<{ readonly world: ProcessWorld; readonly id: string }> => {
  const started = startWorld(chaos);
  const id = await started.deploy(release);
  await started.settle();
  return { world: started, id };
};

describe('a password in the Secret of the release', () => {
  it('is changed with all that is made of it, restarts, and is what later releases have', async () => {
    const { world: w, id } = await world(KEPT);
    const deployment = await w.password(id, SECOND);
    await w.settle();
    expect(keysOf(w, 'notes-secrets')).toEqual({ password: SECOND, 'notes.conf': `pass=${SECOND}` });
    expect([restarted(w), await w.living(id)]).toMatchObject([true, { status: 'running', password_changed: true, work: null }]);
    expect((await w.ports.sealed.ofRevision(TENANT, id, 1)).secrets['password']).toBe(SECOND);
    expect(await w.ports.sealed.passwordOf(TENANT, deployment)).toBeNull();
  });

  it('goes back with the release that it was of, and its pods start anew', async () => {
    const { world: w, id } = await world(KEPT);
    await w.upgrade(id, made(CONF, KEPT.secrets));
    await w.settle();
    await w.password(id, SECOND);
    await w.settle();
    // Helm's own word again, without the restart of the change.
    w.cluster.state.things.set('deployment/notes/notes', JSON.parse(JSON.stringify(w.cluster.state.things.get('deployment/notes/notes')).replace(',"restarted":true', '')) as never);
    await w.rollback(id, 1);
    await w.settle();
    expect([keysOf(w, 'notes-secrets')['password'], restarted(w)]).toEqual([FIRST, true]);
  });

  it('is whole after a kill at any record, and told in no event', async () => {
    const ends = async (at: number): Promise<{ readonly count: number; readonly there: unknown }> => {
      let [armed, count] = [false, -1];
      const { world: w, id } = await world(KEPT, { dies: () => armed && ++count === at });
      armed = true;
      await w.password(id, SECOND);
      await w.settle();
      expect(JSON.stringify(await w.events(id))).not.toMatch(new RegExp(`${FIRST}|${SECOND}|${Buffer.from(SECOND).toString('base64')}`));
      expect([(await w.living(id)).status, w.passwords.size]).toEqual(['running', 0]);
      return { count, there: everythingIn(w) };
    };
    const wanted = await ends(Number.MAX_SAFE_INTEGER);
    expect(wanted.count).toBeGreaterThan(10);
    for (let at = 0; at <= wanted.count; at++) expect([at, (await ends(at)).there]).toEqual([at, wanted.there]);
  });

  it.each(['before', 'after'] as const)('goes on after a fault %s each call', async (when) => {
    const ends = async (at: number): Promise<number> => {
      let [armed, count] = [false, -1];
      const { world: w, id } = await world(KEPT, { fault: () => (armed && ++count === at ? { when, error: new Refusal('CLUSTER.UNREACHABLE', 'The server is gone.', undefined, true) } : undefined) });
      armed = true;
      await w.password(id, SECOND);
      await w.settle();
      expect([at, keysOf(w, 'notes-secrets')['password'], restarted(w), (await w.living(id)).last?.outcome]).toEqual([at, SECOND, true, 'done']);
      return count;
    };
    for (let at = 0; at <= await ends(at); at++);
  });

  it('that fails for good is kept, and set by a retry', async () => {
    let broken = true;
    const { world: w, id } = await world(KEPT, { fault: ({ what }) => (broken && what === 'kubectl rollout' ? { when: 'before', error: new Refusal('CLUSTER.FORBIDDEN', 'No.') } : undefined) });
    const deployment = await w.password(id, SECOND);
    await w.settle();
    expect([(await w.living(id)).last, await w.ports.sealed.passwordOf(TENANT, deployment)]).toMatchObject([{ kind: 'password', outcome: 'failed' }, SECOND]);
    broken = false;
    await w.retry(id);
    await w.settle();
    expect([(await w.living(id)).last?.outcome, restarted(w), w.passwords.size]).toEqual(['done', true, 0]);
  });
});

describe('a password of which the application keeps a hash', () => {
  const start = async (chaos: Chaos = {}) => {
    const begun = await world(made(HASH, {}), chaos);
    begun.world.cluster.state.things.set('secret/notes/own-secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own-secret', namespace: 'notes' }, data: { 'server.key': 'c3RheXM=' } });
    return begun;
  };

  it('is patched into its own Secret, whose other keys stay', async () => {
    const { world: w, id } = await start();
    await w.password(id, SECOND);
    await w.settle();
    const keys = keysOf(w, 'own-secret');
    expect(await verify(SECOND, keys['admin.password'] ?? '')).toBe(true);
    expect([keys['server.key'], keys['admin.passwordMtime'], restarted(w)]).toEqual(['stays', expect.stringMatching(/^2026-11-21T08:0\d:\d\dZ$/), false]);
    expect(await w.ports.sealed.accessOf(TENANT, id)).toBe(SECOND);
    expect(JSON.stringify(await w.events(id))).not.toMatch(new RegExp(`${SECOND}|\\$2b\\$`));
  });

  it('is whole after a kill at any record', async () => {
    const ends = async (at: number): Promise<number> => {
      let [armed, count] = [false, -1];
      const { world: w, id } = await start({ dies: () => armed && ++count === at });
      armed = true;
      await w.password(id, SECOND);
      await w.settle();
      expect([at, await verify(SECOND, keysOf(w, 'own-secret')['admin.password'] ?? ''), (await w.living(id)).last?.outcome]).toEqual([at, true, 'done']);
      return count;
    };
    for (let at = 0; at <= await ends(at); at++);
  });

  it('waits for the application to have that Secret, and says so in the end', async () => {
    const { world: w, id } = await world(made(HASH, {}));
    await w.password(id, SECOND);
    await w.settle();
    expect((await w.living(id)).last).toMatchObject({ outcome: 'failed', problem: { code: 'CLUSTER.NOT_FOUND', message: expect.stringContaining('own-secret') } });
  });
});
