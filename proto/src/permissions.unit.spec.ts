import { describe, expect, it } from '@jest/globals';
import { allows, type CapabilityRequest } from './capabilities.js';
import { findPermission, GRANTABLE, NOT_GRANTABLE, PERMISSIONS, rightsOf } from './permissions.js';
import { SERVICES, type ServiceContracts } from './services.js';

const contracts = (service: string): string[] => {
  const { commands, queries, views } = (SERVICES as Readonly<Record<string, ServiceContracts>>)[service] as ServiceContracts;
  return [...Object.values(commands).map(c => `${c.aggregate}.${c.verb}`), ...Object.values(queries).map(q => `?${q.question}`), ...Object.keys(views).map(v => `/${v}`)];
};
const grantable = (service: string): string[] => Object.entries(GRANTABLE[service]?.aggregates ?? {}).flatMap(([name, a]) => [
  ...a.verbs.map(v => `${name}.${v}`), ...[...(a.questions ?? []), ...Object.keys(a.asks ?? {})].map(q => `?${q}`), ...[...(a.views ?? []), ...Object.values(a.asks ?? {}).flat()].map(v => `/${v}`),
]);

describe('the catalog of permissions', () => {
  it.each(Object.keys(SERVICES))('decides about every command, question and view of %s: a new one goes into GRANTABLE or NOT_GRANTABLE (proto/src/permissions.ts)', service => {
    expect([...grantable(service), ...(NOT_GRANTABLE[service] ?? [])].sort()).toEqual(contracts(service).sort());
  });

  it('follows the whole log of a service with the right to see all of it, and not with a part of it', () => {
    const follows = (name: string, target = '*') => allows(rightsOf(name, 'acme', target), { what: 'stream', stream: 'TERMINALS', filter: 'evt.acme.>' });
    expect([follows('terminals.*'), follows('terminals.read'), follows('terminals.session.*'), follows('terminals.*', 'x1'), follows('vps.*')]).toEqual([true, true, false, false, false]);
  });

  it('has no name twice and a sentence for each', () => {
    expect(new Set(PERMISSIONS.map(p => p.name)).size).toBe(PERMISSIONS.length);
    for (const p of PERMISSIONS) expect(p.summary).toMatch(/[.?]$/);
  });

  it('means nothing outside its tenant, whatever it is narrowed to', () => {
    for (const p of PERMISSIONS) {
      for (const target of ['*', 'x1']) {
        const d = rightsOf(p.name, 'acme', target);
        const patterns = [...d.subjects, ...d.commands, ...Object.values(d.streams).flat(), ...Object.values(d.buckets).flat().map(b => `bucket.${b}`)];
        expect(patterns.filter(x => x.split('.')[1] !== 'acme')).toEqual([]);
        if (p.narrowable || target === '*') expect([p.name, patterns.length > 0]).toEqual([p.name, true]);
      }
    }
  });

  const command = (subject: string): CapabilityRequest => ({ what: 'command', subject });
  const bucket = (pattern: string): CapabilityRequest => ({ what: 'bucket', bucket: 'vps', pattern });
  it.each([
    ['vps.server.rename', '*', command('cmd.acme.vps.server.a1.rename'), true],
    ['vps.server.rename', 'a1', command('cmd.acme.vps.server.a1.rename'), true],
    ['vps.server.rename', 'a1', command('cmd.acme.vps.server.b2.rename'), false],
    ['vps.server.rename', 'a1', command('cmd.acme.vps.server.*.rename'), false],
    ['vps.server.rename', '*', command('cmd.acme.vps.server.a1.delete'), false],
    ['vps.server.adopt', 'new', command('cmd.acme.vps.server.new.adopt'), false],
    ['vps.server.adopt', '*', command('cmd.acme.vps.server.new.adopt'), true],
    ['vps.server.*', 'a1', command('cmd.acme.vps.server.a1.delete'), true],
    ['vps.server.*', 'a1', command('cmd.acme.vps.server.new.adopt'), false],
    ['vps.server.*', '*', command('cmd.acme.vps.ssh-key.k1.remove'), false],
    ['vps.*', '*', command('cmd.acme.vps.ssh-key.k1.remove'), true],
    ['vps.*', 'a1', command('cmd.acme.vps.server.a1.rename'), true],
    ['vps.read', '*', bucket('acme.>'), true],
    ['vps.read', 'a1', bucket('acme.servers.a1'), true],
    ['vps.read', 'a1', bucket('acme.servers.*'), false],
    ['vps.read', 'a1', command('qry.acme.vps.view.servers.a1'), true],
    ['vps.read', 'a1', command('qry.acme.vps.view.servers.all'), false],
    ['vps.server.read', '*', command('qry.acme.vps.view.servers.all'), true],
    ['vps.server.read', '*', command('qry.acme.vps.view.ssh-keys.all'), false],
    ['vps.server.read', 'a1', { what: 'stream', stream: 'VPS', filter: 'evt.acme.vps.server.a1' }, true],
    ['vps.server.read', 'a1', { what: 'stream', stream: 'VPS', filter: 'evt.acme.>' }, false],
    ['vps.server.read', '*', { what: 'stream', stream: 'VPS_METRICS', filter: 'met.acme.vps.*' }, true],
    ['vps.server.read', '*', { what: 'subject', subject: 'sig.acme.vps.server.a1.test-connection' }, true],
    ['auth.member.read', '*', command('qry.acme.auth.member-names.all'), true],
    ['auth.member.read', '*', { what: 'stream', stream: 'AUTH', filter: 'evt.acme.auth.member.*' }, false],
    ['auth.event.read', '*', { what: 'stream', stream: 'AUTH', filter: 'evt.acme.>' }, true],
    ['auth.role.read', '*', command('qry.acme.auth.explain.x'), false],
    ['auth.role.explain', '*', command('qry.acme.auth.explain.x'), true],
    ['auth.*', '*', command('cmd.acme.auth.person.x.change-password'), false],
    ['auth.*', '*', command('cmd.acme.auth.tenant.new.create'), false],
    ['auth.nonsense', '*', command('cmd.acme.auth.member.new.add'), false],
  ] as const)('%s on %s, %j: %s', (name, target, request, expected) => {
    expect(allows(rightsOf(name, 'acme', target), request)).toBe(expected);
  });

  it('finds by name only what it has', () => {
    expect(findPermission('vps.server.rename')).toMatchObject({ kind: 'command', narrowable: true });
    expect(findPermission('__proto__')).toBeUndefined();
  });
});
