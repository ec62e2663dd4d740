import { describe, expect, it } from '@jest/globals';
import { allows, isPattern, PERMISSIONS, rightsOf } from '@xanthus/proto';
import { ALL_PERMISSIONS, covers, PERMISSION_GROUPS, permissionLabel, questionOf } from './permissions.js';

describe('the catalog of permissions in words', () => {
  it('has every permission of proto that is about a kind of thing, and no other', () => {
    const theirs = PERMISSIONS.filter(p => p.aggregate !== undefined && p.kind !== 'all').map(p => p.name).sort();
    expect(ALL_PERMISSIONS.map(p => p.name).sort()).toEqual(theirs);
    const spans = PERMISSIONS.filter(p => p.kind === 'all' && p.aggregate !== undefined).map(p => p.name);
    for (const name of spans) expect(PERMISSION_GROUPS.map(g => g.all)).toContain(name);
    for (const p of PERMISSIONS) if (p.aggregate === undefined) expect(permissionLabel(p.name)).not.toBe(p.name);
  });

  it.each(ALL_PERMISSIONS.map(p => [p.name, p] as const))('%s can be narrowed exactly if proto says so, and is asked about with what it grants', (name, permission) => {
    const theirs = PERMISSIONS.find(p => p.name === name);
    if (theirs?.kind === 'command') expect(permission.narrowable).toBe(theirs.narrowable);
    const { what, name: of = '', pattern } = questionOf('acme', permission, '*');
    expect(isPattern(pattern)).toBe(true);
    const request = what === 'bucket' ? { what, bucket: of, pattern } as const : what === 'stream' ? { what, stream: of, filter: pattern } as const : { what, subject: pattern } as const;
    expect(allows(rightsOf(name, 'acme', '*'), request)).toBe(true);
  });

  it.each([
    ['vps.server.rename', 'vps.server.rename', true], ['vps.server.*', 'vps.server.rename', true], ['vps.*', 'vps.ssh-key.remove', true], ['vps.read', 'vps.ssh-key.read', true],
    ['vps.read', 'vps.server.rename', false], ['vps.server.read', 'vps.ssh-key.read', false], ['vps.server.*', 'vps.ssh-key.read', false], ['auth.read', 'vps.server.read', false],
  ])('%s covers %s: %p', (granted, wanted, expected) => expect(covers(granted, wanted)).toBe(expected));
});
