import { describe, expect, it } from '@jest/globals';
import { cellOf, placeOf, toDraft, toGrants } from './matrix.js';

const role = (...grants: [permission: string, resources: string][]): { readonly grants: { permission: string; resources: string }[] } => ({ grants: grants.map(([permission, resources]) => ({ permission, resources })) });

describe('the matrix of roles', () => {
  it('says yes, no, or only where', () => {
    const stager = role(['vps.read', 'all'], ['vps.server.rename', 'tag:staging'], ['vps.server.rename', 'id:abc']);
    expect(cellOf(stager, 'vps.server.read')).toEqual({ kind: 'all' });
    expect(cellOf(stager, 'vps.server.rename')).toEqual({ kind: 'some', resources: ['id:abc', 'tag:staging'] });
    expect(cellOf(stager, 'vps.server.delete')).toEqual({ kind: 'no' });
    expect(cellOf(role(['vps.server.rename', 'tag:x'], ['vps.*', 'all']), 'vps.server.rename')).toEqual({ kind: 'all' });
  });
});

describe('the form of a role', () => {
  it('takes grants apart, and keeps each by its own name', () => {
    const { draft, lossless } = toDraft(role(['vps.ssh-key.*', 'all'], ['vps.server.read', 'all'], ['auth.member.assign', 'id:abc']).grants);
    expect(lossless).toBe(true);
    expect(toGrants(draft)).toEqual(role(
      ['vps.server.read', 'all'], ['vps.ssh-key.read', 'all'], ['vps.ssh-key.generate', 'all'], ['vps.ssh-key.import', 'all'], ['vps.ssh-key.remove', 'all'], ['auth.member.assign', 'id:abc'],
    ).grants);
  });
  it('says when it would lose something', () => {
    expect(toDraft(role(['vps.server.rename', 'tag:a'], ['vps.server.rename', 'tag:b']).grants).lossless).toBe(false);
    expect(toDraft(role(['dns.zone.edit', 'all']).grants).lossless).toBe(false);
    expect(toDraft(role(['vps.server.rename', 'tag:a'], ['vps.*', 'all']).grants)).toMatchObject({ lossless: true, draft: { 'vps.server.rename': 'all' } });
  });
  it('grants nothing for nothing', () => expect(toGrants({})).toEqual([]));
  it.each([['all', 'all', ''], ['tag:staging', 'tag', 'staging'], ['id:01jd', 'id', '01jd']])('reads %s', (resources, kind, value) => expect(placeOf(resources)).toEqual({ kind, value }));
});
