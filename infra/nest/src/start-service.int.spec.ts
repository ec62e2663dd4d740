import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred, headers, type NatsConnection } from '@nats-io/transport-node';
import { Module } from '@nestjs/common';
import { declarationsOf, kvCheckpoints, kvGet, pastLog, PastViews, provision, sharedDeclarations, startProjector, type PastMessage } from '@xanthus/jetstream';
import { buildEnvelope, newId } from '@xanthus/kernel';
import { contextFor } from '@xanthus/kernel/testing';
import { defineCommand, eventSubject, HEADERS, type OutputOf } from '@xanthus/proto';
import { setupStatus } from '@xanthus/proto/auth';
import { eventually, startNats, tempDir, type TempDir, type TestNats } from '@xanthus/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask } from './ask.js';
import { CommandDoor, Doors, QueryDoor } from './doors.decorator.js';
import { parseEnvironment, serviceConfig, type ServiceConfig } from './environment.js';
import { IdentitySigner } from './identity-signer.js';
import { createLogger } from './logger.js';
import { startService, type RunningService, type ServiceDeps } from './start-service.js';
import { makeServiceKey, publicKeysOf } from './test-keys.js';
import { serveViews } from './views.doors.js';

/** In the table of services: the launcher may ask it. */
const slow = defineCommand({ service: 'auth', aggregate: 'installation', verb: 'slow', on: 'id', summary: '', input: z.object({}), output: z.object({ finished: z.boolean() }), example: {} });
const ADA = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const gatewayKey = makeServiceKey('gateway');
const launchKey = makeServiceKey('launch');
const authKey = makeServiceKey('auth');
const gateway = new IdentitySigner({ service: 'gateway', key: gatewayKey });
/** Events between two checkpoints, of a tenant whose past nobody asks about, and of all that it has. */
const [EVERY, QUIET, EVENTS] = [10, 'initech', 37];
const launch = new IdentitySigner({ service: 'launch', key: launchKey });

describe('a service', () => {
  let nats: TestNats;
  let folder: TempDir;
  let nc: NatsConnection;
  let service: RunningService;
  let deps: ServiceDeps;
  let environment: Record<string, string>;
  const lines: string[] = [];
  const stopped: string[] = [];
  const entered = deferred<void>();
  const release = deferred<void>();

  @Doors()
  class AuthDoors {
    @QueryDoor(setupStatus)
    async status(): Promise<OutputOf<typeof setupStatus>> {
      return { done: false };
    }

    @CommandDoor(slow)
    async slow(): Promise<OutputOf<typeof slow>> {
      entered.resolve();
      await release;
      return { finished: true };
    }
  }

  const asPerson = async (subject: string, input: unknown = {}): Promise<{ error?: { code: string }; [field: string]: unknown }> => {
    const h = headers();
    h.set(HEADERS.IDENTITY, await gateway.sign({ sub: ADA, kind: 'person', tenant: 'acme', aud: 'auth' }));
    return (await nc.request(subject, JSON.stringify(input), { headers: h, timeout: 30_000 })).json();
  };
  const start = (config: ServiceConfig): Promise<RunningService> => startService({
    name: 'auth', config, log: createLogger({ name: 'auth', level: 'info', destination: { write: line => void lines.push(line) } }),
    module: async given => {
      deps = given;
      const projector = await startProjector(given.nc, { service: 'auth', projections: [], log: given.log });
      given.past.open({ projections: [], every: EVERY }, projector);
      given.onStop(async () => {
        stopped.push('projector');
        await projector.stop();
      });
      await projector.ready;
      given.health.add('projector', async () => ({ ok: true, detail: `${await projector.lag()} behind` }));
      @Module({ controllers: [AuthDoors, serveViews('auth')] })
      class AuthModule {}
      return AuthModule;
    },
  });

  beforeAll(async () => {
    folder = await tempDir('xanthus-nest-');
    nats = await startNats();
    nc = await nats.connect({ maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    await provision(nc, [declarationsOf('auth'), sharedDeclarations()], { replicas: 1 });
    for (let i = 0; i < EVENTS; i++) {
      const ref = { tenant: QUIET, service: 'auth', aggregate: 'role', id: newId() } as const;
      await nc.request(eventSubject(ref), JSON.stringify(buildEnvelope(ref, { event: { type: 'Happened', data: {} }, schema: 1 }, contextFor(ref.id))));
    }
    const [key, jwks] = [join(folder.path, 'service-auth.jwk'), join(folder.path, 'service-jwks.json')];
    await writeFile(key, JSON.stringify(authKey));
    await writeFile(jwks, JSON.stringify(publicKeysOf(gatewayKey, launchKey, authKey)));
    environment = { XANTHUS_NATS_URL: nats.url, XANTHUS_SERVICE_KEY_FILE: key, XANTHUS_SERVICE_JWKS_FILE: jwks, XANTHUS_HEALTH_PORT: '0' };
    service = await start(parseEnvironment(serviceConfig, environment));
    await deps.views.putSample(`acme.capabilities.${ADA}`, { principal: { kind: 'person', id: ADA, role: 'viewer' }, subjects: [], buckets: {}, streams: {}, commands: ['qry.acme.>'] });
    for (const name of ['admin', 'guest', 'owner']) await deps.views.putSample(`acme.roles.${name}`, { name, description: '', built_in: true });
    await deps.views.putSample('globex.roles.owner', { name: 'owner', description: 'secret', built_in: true });
    await eventually(async () => (await service.ready()).ready && deps.capabilities.document('acme', ADA) !== undefined);
  });
  afterAll(async () => {
    release.resolve();
    await service?.stop();
    await nats?.stop();
    await folder?.remove();
  });

  it('says what it stands on by name', async () => {
    const { ready, checks } = await service.ready();
    expect(ready).toBe(true);
    expect(Object.keys(checks).sort()).toEqual(['capabilities', 'nats', 'projector']);
  });

  it('has a health endpoint of its own', async () => {
    const get = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${service.healthPort}${path}`);
      return [response.status, await response.text()];
    };
    await ask(nc, gateway, setupStatus, { tenant: 'xanthus', input: {} });
    expect(await get('/health')).toEqual([200, '{"alive":true}']);
    expect((await get('/ready'))[0]).toBe(200);
    const [status, text] = await get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/xanthus_door_seconds_count\{.*door="qry setup-status all",code="ok"\} 1/);
    expect(text).toContain('process_resident_memory_bytes');
    expect((await get('/elsewhere'))[0]).toBe(404);
  });

  it('is asked by another service what the table allows, and nothing else', async () => {
    expect(await ask(nc, gateway, setupStatus, { tenant: 'xanthus', input: {} })).toEqual({ done: false });
    await expect(ask(nc, gateway, setupStatus, { tenant: 'acme', input: {} })).rejects.toMatchObject({ name: 'Refusal', code: 'DENIED' });
    await expect(ask(nc, gateway, slow, { tenant: 'xanthus', id: 'xanthus', input: {} })).rejects.toMatchObject({ code: 'DENIED' });
    await expect(ask(nc, gateway, { ...setupStatus, service: 'nobody' }, { tenant: 'xanthus', input: {} })).rejects.toMatchObject({ code: 'NO_RESPONDERS', retryable: true });
  });

  it('answers views: one, all of the tenant, a page', async () => {
    expect(await asPerson('qry.acme.auth.view.roles.owner')).toMatchObject({ id: 'owner', schema: 1, data: { name: 'owner' }, as_of: { stream: 'AUTH' } });
    const all = await asPerson('qry.acme.auth.view.roles.all');
    expect((all['items'] as { id: string }[]).map(i => i.id)).toEqual(['admin', 'guest', 'owner']);
    expect(JSON.stringify(all)).not.toContain('secret');
    const first = await asPerson('qry.acme.auth.view.roles.all', { limit: 2 });
    expect(first).toMatchObject({ items: [{ id: 'admin' }, { id: 'guest' }], next_cursor: 'guest' });
    const rest = await asPerson('qry.acme.auth.view.roles.all', { limit: 2, cursor: first['next_cursor'] });
    expect(rest).toMatchObject({ items: [{ id: 'owner' }] });
    expect(rest['next_cursor']).toBeUndefined();
    expect(await asPerson('qry.acme.auth.view.roles.all', { filter: 'ADM' })).toMatchObject({ items: [{ id: 'admin' }] });
    expect(await asPerson('qry.acme.auth.view.roles.all', { filter: 'built_in' })).toMatchObject({ items: [] });
  });

  it('answers NOT_FOUND, DENIED for another tenant, UNKNOWN_OP for no such view, TIMEOUT for a future that does not come', async () => {
    expect((await asPerson('qry.acme.auth.view.roles.nobody')).error?.code).toBe('NOT_FOUND');
    expect((await asPerson('qry.globex.auth.view.roles.owner')).error?.code).toBe('DENIED');
    expect((await asPerson('qry.acme.auth.view.passwords.all')).error?.code).toBe('UNKNOWN_OP');
    expect((await asPerson('qry.acme.auth.view.roles.owner', { wait_for: 1_000_000 })).error?.code).toBe('TIMEOUT');
  });

  it('has made checkpoints of a past that nobody asked about: the first question reads only what came after the last one', async () => {
    await eventually(async () => (await kvGet<{ checkpoints: unknown[] }>(nc, 'auth-past', `${QUIET}.index`))?.value?.checkpoints.length === Math.floor(EVENTS / EVERY));
    const [past, read]: [ReturnType<typeof pastLog>, PastMessage[]] = [pastLog(nc, 'auth'), []];
    const counting = async function* (...asked: Parameters<typeof past.read>): AsyncGenerator<readonly PastMessage[]> {
      for await (const page of past.read(...asked)) {
        read.push(...page);
        yield page;
      }
    };
    const views = new PastViews({ service: 'auth', projections: [], every: EVERY, past: { ...past, read: counting }, checkpoints: kvCheckpoints(nc, 'auth'), log: deps.log });
    expect(await views.at(QUIET, { seq: EVENTS - 1 })).toMatchObject({ seq: EVENTS - 1, events: EVENTS - 1 });
    expect(read.map(m => m.seq)).toEqual([31, 32, 33, 34, 35, 36]);
    expect((await kvGet(nc, 'auth-past', 'acme.index'))?.value).toBeUndefined();
    await views.stop();
  });

  it('is not ready while NATS is away, and answers again after it was killed', async () => {
    await nats.kill9();
    await eventually(async () => !(await service.ready()).ready);
    await nats.restart();
    await eventually(async () => (await service.ready()).ready);
    expect(await ask(nc, gateway, setupStatus, { tenant: 'xanthus', input: {} })).toEqual({ done: false });
    await eventually(async () => (await asPerson('qry.acme.auth.view.roles.owner')).error === undefined);
  });

  it('says in a sentence which file is missing, and leaves nothing running', async () => {
    await expect(start(parseEnvironment(serviceConfig, { ...environment, XANTHUS_SERVICE_KEY_FILE: join(folder.path, 'none.jwk') }))).rejects.toThrow(/Cannot read the private key of this service at .*none\.jwk \(ENOENT\)\./);
    await writeFile(join(folder.path, 'half.json'), '{"keys":');
    await expect(start(parseEnvironment(serviceConfig, { ...environment, XANTHUS_SERVICE_JWKS_FILE: join(folder.path, 'half.json') }))).rejects.toThrow(/half\.json is not valid JSON/);
  });

  it('at its stop takes nothing new, finishes what runs, then stops what it started', async () => {
    const running = ask(nc, launch, slow, { tenant: 'xanthus', id: 'xanthus', input: {} });
    await entered;
    const gone = service.stop();
    await eventually(async () => {
      try {
        await ask(nc, gateway, setupStatus, { tenant: 'xanthus', input: {}, timeout: 500 });
        return false;
      } catch (error) {
        return (error as { code?: string }).code === 'NO_RESPONDERS';
      }
    });
    expect(stopped).toEqual([]);
    release.resolve();
    expect(await running).toEqual({ finished: true });
    await gone;
    expect(stopped).toEqual(['projector']);
    expect(lines.filter(l => l.includes('"level":"error"'))).toEqual([]);
  });
});

