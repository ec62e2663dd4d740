import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allows, PERMISSIONS, type CapabilityRequest } from '@xanthus/proto';
import { ROLES, type Grant } from '@xanthus/proto/auth';
import { compileCapabilities, compileGrants, covers, mayGrant, mayGrantAll, MOST_THINGS } from './roles.js';

const ME = '01jd3x8e2v5y9w4z7q6r1s0tcd';
const OTHER = '01jd3x8e2v5y9w4z7q6r1s0tps';
const may = (role: string, request: CapabilityRequest): boolean => allows(compileCapabilities(role, 'acme', { kind: 'person', id: ME }), request);
const command = (subject: string): CapabilityRequest => ({ what: 'command', subject });
const bucket = (name: string, pattern: string): CapabilityRequest => ({ what: 'bucket', bucket: name, pattern });

const TABLE: readonly (readonly [string, CapabilityRequest, readonly string[]])[] = [
  ['adopt a server', command('cmd.acme.vps.server.new.adopt'), ['owner', 'admin', 'operator']],
  ['see servers', bucket('vps', 'acme.servers.*'), ['owner', 'admin', 'operator', 'viewer']],
  ['follow events of servers', { what: 'stream', stream: 'VPS', filter: 'evt.acme.>' }, ['owner', 'admin', 'operator', 'viewer']],
  ['follow events of auth', { what: 'stream', stream: 'AUTH', filter: 'evt.acme.>' }, ['owner', 'admin']],
  ['watch signals', { what: 'subject', subject: 'sig.acme.vps.>' }, ['owner', 'admin', 'operator', 'viewer']],
  ['see members', bucket('auth', 'acme.members.*'), ['owner', 'admin', 'operator', 'viewer']],
  ['see credentials', bucket('auth', 'acme.credentials.*'), ['owner', 'admin']],
  ['add a member', command('cmd.acme.auth.member.new.add'), ['owner', 'admin']],
  ['make a credential', command('cmd.acme.auth.credential.new.create'), ['owner', 'admin']],
  ['ask why', command('qry.acme.auth.explain.x'), ['owner', 'admin']],
  ['see one\'s own sessions', bucket('auth', `xanthus.sessions.${ME}.*`), [...ROLES]],
  ['see one\'s own profile', bucket('auth', `xanthus.profiles.${ME}`), [...ROLES]],
  ['change one\'s own password', command(`cmd.xanthus.auth.person.${ME}.change-password`), [...ROLES]],
  ['change another\'s password', command(`cmd.xanthus.auth.person.${OTHER}.change-password`), []],
  ['see one\'s own preferences', bucket('auth', `xanthus.preferences.${ME}`), [...ROLES]],
  ['see another\'s preferences', bucket('auth', `xanthus.preferences.${OTHER}`), []],
  ['see another\'s profile', bucket('auth', `xanthus.profiles.${OTHER}`), []],
  ['end a session', command(`cmd.xanthus.auth.session.${ME}.revoke`), [...ROLES]],
  ['see another\'s sessions', bucket('auth', `xanthus.sessions.${OTHER}.*`), []],
  ['see all sessions', bucket('auth', 'xanthus.sessions.>'), []],
  ['see accounts', bucket('auth', 'xanthus.accounts.>'), []],
  ['see the whole bucket', bucket('auth', '>'), []],
  ['see another tenant', bucket('vps', 'other.servers.*'), []],
  ['command in another tenant', command('cmd.other.vps.server.new.adopt'), []],
  ['follow all tenants', { what: 'stream', stream: 'VPS', filter: 'evt.>' }, []],
  ['issue a set-up link', command('cmd.xanthus.auth.installation.xanthus.issue-setup-link'), []],
  ['go on in another tenant, past the gateway', command(`cmd.xanthus.auth.session.${ME}.switch`), []],
  ['reset a password, past the gateway', command('cmd.xanthus.auth.person.new.reset-password'), []],
  ['log somebody in', command('cmd.xanthus.auth.session.new.open'), []],
];

describe('who may do what', () => {
  it.each(TABLE)('%s', (_what, request, who) => {
    expect(ROLES.filter(role => may(role, request))).toEqual(who);
  });
  it('an unknown role grants nothing, not even to pass on', () => {
    expect(compileCapabilities('emperor', 'acme', { kind: 'credential', id: ME }).commands).toEqual([]);
    expect(mayGrant('emperor', 'guest')).toBe(false);
    expect(mayGrant('owner', 'emperor')).toBe(false);
  });
  it('a credential has no sessions', () => {
    const document = compileCapabilities('owner', 'acme', { kind: 'credential', id: ME });
    expect(allows(document, bucket('auth', `xanthus.sessions.${ME}.*`))).toBe(false);
    expect(document.commands.some(c => c.startsWith('cmd.xanthus'))).toBe(false);
  });
});

describe('nobody grants more than they have', () => {
  const stager: Grant[] = [{ permission: 'vps.server.rename', resources: 'tag:staging' }, { permission: 'vps.server.read', resources: 'id:s1' }];
  const roles = { stager };
  const asks = (role: string | null) => ({ role, roles });
  it.each([
    ['owner', 'owner', true], ['admin', 'owner', false], ['admin', 'admin', true], ['operator', 'admin', false], ['operator', 'viewer', true], ['viewer', 'operator', false], ['guest', 'guest', true],
    ['operator', 'stager', true], ['viewer', 'stager', false], ['stager', 'stager', true], ['stager', 'viewer', false], ['stager', 'guest', true], ['owner', 'emperor', false], ['emperor', 'guest', false],
  ])('%s may hand out %s: %s', (granter, role, expected) => {
    expect(mayGrant(asks(granter), role)).toBe(expected);
  });
  it.each<[string, Grant, boolean]>([
    ['the same tag', { permission: 'vps.server.rename', resources: 'tag:staging' }, true],
    ['another tag, though nothing carries it', { permission: 'vps.server.rename', resources: 'tag:production' }, false],
    ['a thing that carries the tag today', { permission: 'vps.server.rename', resources: 'id:s1' }, false],
    ['the thing they have', { permission: 'vps.server.read', resources: 'id:s1' }, true],
    ['a tag instead of the thing', { permission: 'vps.server.read', resources: 'tag:s1' }, false],
    ['all instead of the thing', { permission: 'vps.server.read', resources: 'all' }, false],
    ['a wider permission', { permission: 'vps.server.*', resources: 'tag:staging' }, false],
  ])('who has a tag and a thing hands out %s: %#', (_what, wanted, expected) => {
    expect(mayGrantAll(asks('stager'), [wanted])).toBe(expected);
  });
  it('the installation itself hands out everything', () => {
    for (const role of [...ROLES, 'stager']) expect(mayGrant(asks(null), role)).toBe(true);
  });
  it('is the same as being allowed: what is covered, nobody is refused who holds more', () => {
    const grant = fc.record({ permission: fc.constantFrom(...PERMISSIONS.map(p => p.name)), resources: fc.constantFrom('all', 'id:s1', 'id:s2') });
    const subjects = ['s1', 's2', 'new', 'all'].flatMap(id => PERMISSIONS.filter(p => p.kind === 'command').map(p => `cmd.acme.${p.service}.${p.aggregate}.${id}.${p.name.split('.').at(-1)}`));
    fc.assert(fc.property(fc.array(grant, { maxLength: 4 }), fc.array(grant, { maxLength: 3 }), (held, wanted) => {
      const [more, less] = [held, wanted].map(g => compileGrants(g, 'acme', () => []));
      if (more === undefined || less === undefined || !covers(more, less)) return;
      for (const subject of subjects) if (allows(less, command(subject))) expect([held, wanted, subject, allows(more, command(subject))]).toEqual([held, wanted, subject, true]);
    }), { numRuns: 500 });
  });
});

it('a document names no more single things than fit into it', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => `s${i}`);
  const grants: Grant[] = [{ permission: 'vps.server.*', resources: 'tag:all-of-them' }, { permission: 'vps.ssh-key.read', resources: 'all' }];
  const document = compileGrants(grants, 'acme', () => many);
  expect(document.commands.filter(c => /^cmd\.acme\.vps\.server\.s\d+\.\*$/.test(c))).toHaveLength(MOST_THINGS);
  expect(allows(document, command('qry.acme.vps.view.ssh-keys.all'))).toBe(true);
  expect(JSON.stringify(document).length).toBeLessThan(900_000);
});
