/** Every step of configuring and undoing × every fault × every kill: a known end, and after an undo exactly what was there before. */
import { describe, expect, it } from '@jest/globals';
import { DOMAIN_STEPS } from '@xanthus/proto/dns';
import { certificateType } from '../certificate/certificate.decide.js';
import { domainType, type DomainCommand } from '../domain/domain.decide.js';
import { drawing } from '../random.fixture.js';
import { memoryProvider, type Fault, type MemoryZone } from './memory-provider.fixture.js';
import { Killed, memoryWorld } from './processes.fixture.js';
import { workOnDomain } from './work-on-domain.js';

const TENANT = 'acme';
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const never = new AbortController().signal;
const FOREIGN = { ref: 'foreign', csr: 'OTHER', certificate: 'PEM', hostnames: ['example.com', '*.example.com'], expires_at: '2030-01-01T00:00:00.000Z' };

const newZone = (): MemoryZone => ({ records: [], settings: new Map([['ssl', 'full']]), certificates: [FOREIGN], redirect: undefined });
const shown = (zone: MemoryZone) => ({ settings: Object.fromEntries([...zone.settings].filter(([, v]) => v !== 'off')), certificates: zone.certificates.map(c => c.ref), redirect: zone.redirect?.kind });
const METHODS = ['setting', 'set', 'certificates', 'issueCertificate', 'findRedirect', 'makeRedirect', 'revokeCertificate', 'removeRedirect'];

const ground = (chaos: { readonly fault?: (method: string) => Fault | undefined; readonly dies?: () => boolean; readonly meanwhile?: () => Promise<unknown> | undefined } = {}) => {
  const zone = newZone();
  const provider = memoryProvider(zone, { name: 'example.com', fault: method => chaos.fault?.(method) });
  let on = false;
  const { ports } = memoryWorld(provider, { dies: () => on && chaos.dies?.() === true, meanwhile: () => (on ? chaos.meanwhile?.() : undefined) });
  const run = async (): Promise<void> => {
    on = true;
    for (let tries = 0; tries < 500; tries++) {
      try {
        await workOnDomain(ports, TENANT, ZONE, never);
        on = false;
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    throw new Error('it does not come to rest');
  };
  const command = (c: DomainCommand) => ports.handle(domainType, TENANT, ZONE, c);
  return { zone, run, command, state: () => ports.read(domainType, TENANT, ZONE), certificate: () => ports.read(certificateType, TENANT, ZONE) };
};
const CONFIGURE: DomainCommand = { type: 'Configure', name: 'example.com', redirect_www: true };
const before = shown(newZone());
const UNDO: DomainCommand = { type: 'Undo' };

/** Until it has what was wished, retried by a person as often as needed. */
const insist = async (g: ReturnType<typeof ground>, wished: string): Promise<void> => {
  for (let tries = 0; tries < 60; tries++) {
    await g.run();
    const state = await g.state();
    if (state.status === wished) return;
    await g.command({ type: 'Retry' });
  }
  throw new Error(`it never becomes ${wished}`);
};

const expectConfigured = async (g: ReturnType<typeof ground>): Promise<void> => {
  const certificate = await g.certificate();
  const ours = certificate.status === 'valid' ? certificate.issued.provider_ref : 'none';
  expect(shown(g.zone)).toEqual({ settings: { ssl: 'strict', always_use_https: 'on' }, certificates: ['foreign', ours], redirect: 'rule' });
};
const expectAsBefore = (g: ReturnType<typeof ground>): void => expect(shown(g.zone)).toEqual(before);

describe('a domain', () => {
  const faults = METHODS.flatMap(method => (['before', 'after', 'refused'] as const).map(fault => [method, fault] as const));
  it.each(faults)('%s fails once %s: it is configured, and undone to what was before', async (method, fault) => {
    let armed = true;
    const g = ground({ fault: m => (armed && m === method ? (armed = false, fault) : undefined) });
    await g.command(CONFIGURE);
    await insist(g, 'configured');
    await expectConfigured(g);
    armed = true;
    await g.command(UNDO);
    await insist(g, 'undone');
    expectAsBefore(g);
  });

  it('is undone before any of its records: what was before is there again', async () => {
    for (let at = 0, count = at; count >= at; at++) {
      count = -1;
      const g = ground({ meanwhile: () => (++count === at ? g.command(UNDO).catch(() => undefined) : undefined) });
      await g.command(CONFIGURE);
      await g.run();
      if (count < at) break;
      await insist(g, 'undone');
      expect([at, shown(g.zone)]).toEqual([at, before]);
    }
  });

  it('is killed at every record in turn', async () => {
    for (let at = 0; ; at++) {
      let records = 0;
      const g = ground({ dies: () => records++ === at });
      await g.command(CONFIGURE);
      await insist(g, 'configured');
      await expectConfigured(g);
      await g.command(UNDO);
      await insist(g, 'undone');
      expectAsBefore(g);
      if (records <= at) break;
    }
  });

  it('that stopped at any step is undone to what was before', async () => {
    for (const [i] of DOMAIN_STEPS.entries()) {
      const stops = ['set', 'issueCertificate', 'set', 'makeRedirect'][i];
      let passed = 0;
      const g = ground({ fault: method => (method === stops && (stops !== 'set' || passed++ === (i === 0 ? 0 : 1)) ? 'refused' : undefined) });
      await g.command(CONFIGURE);
      await g.run();
      expect((await g.state()).status).toBe('failed');
      await g.command(UNDO);
      await insist(g, 'undone');
      expectAsBefore(g);
    }
  });

  it('whose certificate was revoked by hand, and whose settings others changed, is undone without complaint; what others chose stays', async () => {
    const g = ground();
    await g.command(CONFIGURE);
    await insist(g, 'configured');
    g.zone.certificates = [FOREIGN];
    g.zone.settings.set('ssl', 'flexible');
    g.zone.redirect = undefined;
    await g.command(UNDO);
    await insist(g, 'undone');
    expect(shown(g.zone)).toEqual({ ...before, settings: { ssl: 'flexible' } });
  });

  it('leaves a redirect that somebody made in the place of ours', async () => {
    const g = ground();
    await g.command(CONFIGURE);
    await insist(g, 'configured');
    const theirs = { kind: 'page_rule', ref: 'theirs' } as const;
    g.zone.redirect = theirs;
    await g.command(UNDO);
    await insist(g, 'undone');
    expect(g.zone.redirect).toEqual(theirs);
  });

  it('comes to a known end whatever happens, 200 times', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const draw = drawing(seed);
      const g = ground({ fault: () => (draw(6) === 0 ? (['before', 'after', 'refused'] as const)[draw(3)] : undefined), dies: () => draw(10) === 0 });
      await g.command(CONFIGURE);
      if (draw(2) === 0) await insist(g, 'configured').then(() => expectConfigured(g));
      else await g.run();
      await g.command(UNDO);
      await insist(g, 'undone');
      expect([seed, shown(g.zone)]).toEqual([seed, before]);
    }
  });
});
