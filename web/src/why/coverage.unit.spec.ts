import { describe, expect, it } from '@jest/globals';
import { SERVICES, type ViewContract } from '@xanthus/proto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sources } from '../texts/tools/find-texts.js';

/**
 * "Why is it so" is asked of every fact that came from an event. What a page shows of a view says of which row it is: `<Why service view id>`,
 * `<Facts of={…}>`, `<ListRow why={…}>`. What no event made, or is told elsewhere, is named here with its reason.
 */
const VIEWS: Readonly<Record<string, string>> = {
  'auth.capabilities': 'rights as gateways use them: the page of a member explains each by the role that grants it',
  'auth.directory': 'names of organisations for operators, who may not read what is in them',
  'auth.jwks': 'keys of the installation, shown nowhere',
  'auth.preferences': 'what one has chosen oneself, on one’s own pages',
  'applications.plans': 'a plan is made and carried out in one dialog; what it made says so by itself',
  'audit.chains': 'a seal is made by the machine every minute; “Verify” says what of it holds',
};
/** Facts and rows without it, and how many of a file: what no event made. */
const FACTS: Readonly<Record<string, readonly [number, string]>> = {
  'account/profile-page.tsx': [1, 'e-mail and name lie in the vault: events say that they changed, never what they are'],
  'applications/access-tab.tsx': [1, 'a secret, read out of the vault for this moment'],
  'applications/overview-tab.tsx': [1, 'volumes, asked of the cluster for this moment'],
  'applications/plan-panel.tsx': [1, 'what a plan would do: nothing has happened yet'],
  'audit/event-panel.tsx': [1, 'the event itself'],
  'members/roles.tsx': [1, 'what roles are for, beside a choice; one’s own have it on /roles'],
  'server/machine-panels.tsx': [1, 'health, asked of the machine for this moment'],
  'status/about-page.tsx': [1, 'version and build, which no event made'],
  'status/status-page.tsx': [1, 'how it is now, measured'],
  'tenancy/provider-form.tsx': [1, 'a form'],
  'wizard/review-step.tsx': [1, 'a form'],
};
const ROWS: Readonly<Record<string, readonly [number, string]>> = {
  'providers/providers-page.tsx': [2, 'kinds of providers that could be connected; each account has it'],
  'server/settings/keys-panel.tsx': [1, 'authorized_keys, read from the machine for this moment'],
  'server/settings/snapshots-panel.tsx': [1, 'snapshots, asked of the provider for this moment'],
  'tenancy/organisations-page.tsx': [1, 'names of organisations for operators, who may not read what is in them'],
  'tenancy/switcher.tsx': [1, 'where one belongs to: the page of the members there says since when and by whom'],
};

const pages = sources().filter(f => f.endsWith('.tsx')).map(file => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
/** Of each `<Name`, so much of what follows that its properties are in it. */
const uses = (text: string, name: string): readonly string[] => text.split(new RegExp(`<${name}(?=[\\s>])`)).slice(1).map(rest => rest.slice(0, 400));
const said = pages.map(p => p.text).join('\n');
const asked = (service: string, view: string): boolean =>
  said.includes(`service="${service}" view="${view}"`) || said.includes(`service: '${service}', view: '${view}'`);

describe('“why is it so”', () => {
  const views = Object.entries(SERVICES).flatMap(([service, s]) => Object.values<ViewContract>(s.views).filter(v => v.no_past === undefined).map(v => [service, v.view] as const));
  it.each(views)('is asked of %s.%s, or it is said why not', (service, view) => expect(asked(service, view)).toBe(!(`${service}.${view}` in VIEWS)));

  const without = (name: string, has: (use: string) => boolean): Readonly<Record<string, number>> =>
    Object.fromEntries(pages.map(({ file, text }) => [file, uses(text, name).filter(use => !has(use)).length] as const).filter(([, n]) => n > 0));
  const counts = (exceptions: typeof FACTS): Readonly<Record<string, number>> => Object.fromEntries(Object.entries(exceptions).map(([file, [n]]) => [file, n]));
  it('is asked of every list of facts, or it is said why not', () => expect(without('Facts', use => use.trimStart().startsWith('of={'))).toEqual(counts(FACTS)));
  it('is asked of every row of a list, or it is said why not', () => expect(without('ListRow', use => /\bwhy(?:=|:)/.test(use))).toEqual(counts(ROWS)));
  it('has no exception of a view that is none', () => {
    const known = new Set(views.map(v => v.join('.')));
    expect(Object.keys(VIEWS).filter(v => !known.has(v))).toEqual([]);
  });
});
