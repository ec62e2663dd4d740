import { describe, expect, it } from '@jest/globals';
import { familyOf } from './families.js';

describe('the family of a subject', () => {
  it.each([
    ['cmd.acme.vps.server.new.adopt', 'cmd.vps.server.adopt'],
    ['qry.acme.vps.sandbox.all', 'qry.vps.sandbox'],
    ['qry.acme.vps.view.servers.all', 'qry.vps.view.servers'],
    ['cmd.acme.vps.server.s1.made-up', 'other'],
    ['qry.acme.vps.view.made-up.all', 'other'],
    ['cmd.acme.made.up.x.y', 'other'],
  ])('%s is %s', (subject, family) => {
    expect(familyOf(subject)).toBe(family);
  });
});
