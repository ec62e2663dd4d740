import { describe, expect, it } from '@jest/globals';
import { allows, NO_CAPABILITIES, type CapabilityDocument } from './capabilities.js';
import type { ViewContract } from './contract.js';
import { PERMISSIONS, rightsOf } from './permissions.js';
import { SERVICES } from './services.js';

const may = (document: CapabilityDocument, subject: string): boolean => allows(document, { what: 'command', subject });
const PAST = ['view-at', 'view-history'] as const;
const VIEWS = Object.entries(SERVICES).flatMap(([service, { views }]) => Object.values<ViewContract>(views).map(view => ({ service, view })));
/** As it is now: asked for, or followed. */
const seesNow = (document: CapabilityDocument, { service, view: { view, within } }: (typeof VIEWS)[number], tenant: string, id: string): boolean =>
  may(document, `qry.${tenant}.${service}.view.${view}.${id}`) || (id !== 'all' && allows(document, { what: 'bucket', bucket: service, pattern: `${tenant}.${view}.${id}${within === true ? '.*' : ''}` }));

describe('the past of a view', () => {
  it('is for whoever may read that view now, by every permission there is, and of one thing for that thing only', () => {
    const wrong: string[] = [];
    for (const { name, narrowable } of PERMISSIONS) {
      for (const target of narrowable ? ['*', 'x'] : ['*']) {
        const document = rightsOf(name, 'acme', target);
        for (const of of VIEWS) {
          for (const [tenant, id] of [['acme', 'x'], ['acme', 'y'], ['acme', 'all'], ['globex', 'x'], ['globex', 'all'], ['xanthus', 'x'], ['xanthus', 'all']] as const) {
            const now = seesNow(document, of, tenant, id);
            const past = PAST.map(question => may(document, `qry.${tenant}.${of.service}.${question}.${of.view.view}.${id}`));
            const nobodys = tenant !== 'acme' || (target === 'x' && id !== 'x');
            if (past.some(p => p !== now) || (nobodys && now)) wrong.push(`${name} ${target}: ${tenant} ${of.service} ${of.view.view} ${id}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is one\'s own where a bucket holds what is one\'s own, and nobody else\'s', () => {
    const own = { ...NO_CAPABILITIES, buckets: { auth: ['xanthus.sessions.ada.*', 'xanthus.profiles.ada'] } };
    for (const past of PAST) {
      expect([may(own, `qry.xanthus.auth.${past}.sessions.ada`), may(own, `qry.xanthus.auth.${past}.profiles.ada`)]).toEqual([true, true]);
      for (const other of ['sessions.bob', 'sessions.all', 'profiles.all', 'preferences.ada', 'sessions.*', 'sessions.>', 'sessions.ada.s1', 'key-checks.ada']) expect([other, may(own, `qry.xanthus.auth.${past}.${other}`)]).toEqual([other, false]);
      expect(may(own, `qry.acme.auth.${past}.sessions.ada`)).toBe(false);
      expect(may(own, `qry.xanthus.vps.${past}.sessions.ada`)).toBe(false);
    }
  });

  it('has no internal names and no patterns, whatever a document says', () => {
    const all = { ...NO_CAPABILITIES, commands: ['qry.acme.vps.view.*.*'], buckets: { vps: ['acme.>'] } };
    expect(may(all, 'qry.acme.vps.view-at.servers.x')).toBe(true);
    for (const past of PAST) for (const name of ['_parked.x', 'servers._pos', '_checks.all', '$KV.x', 'servers', 'servers.x.y']) expect([name, may(all, `qry.acme.vps.${past}.${name}`)]).toEqual([name, false]);
    expect(may({ ...NO_CAPABILITIES, commands: ['qry.acme.vps.view.servers.x'] }, 'qry.acme.vps.view-at.servers.*')).toBe(false);
  });
});
