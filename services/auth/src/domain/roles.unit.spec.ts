import { describe, expect, it } from '@jest/globals';
import { allows, type CapabilityRequest } from '@xanthus/proto';
import { ROLES } from '@xanthus/proto/auth';
import { compileCapabilities, mayGrant } from './roles.js';

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
