/** Security rule "browser": whatever name is given to whatever has one, the console shows it as text. The fields come from the contracts, the pages from the router. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startPlatform, type Platform } from '@xanthus/launch';
import { HTTP_ROWS, type CommandContract, type HttpRow } from '@xanthus/proto';
import { launchBrowser } from '@xanthus/testing';
import type { Browser } from 'playwright-core';
import { logIn, openTab, type Tab } from './console.fixtures.js';

const EVIL = `"'><img src=x onerror=window.__ran=1><script>window.__ran=1</script>\${7*7}`;
const ADA = { email: 'ada@acme.example', password: 'correct horse battery' };
/** What would end the session, leave this machine, only lasts for one answer, or needs an account, a zone, a cluster or a shell (their pages are looked at all the same). */
const NOT = /revoke|password|totp|recovery|forget|test|import|cloudflare|adopt|explain|join|\/api\/(?:dns|catalog|applications|terminal|forwards|files|file-rules)|\/api\/vps\/(?:providers|drift|:id)|:id\/(?:role|leave|resend|reset-link|rotate|tags|accept-host-key)/;
const SETTINGS = ['/settings?tab=sign-on', '/settings?tab=cloudflare', '/settings?tab=data'];
/** Pages that show something that was named; the others are looked at all the same. */
const SHOWING = ['/members', '/members/$id', '/roles', '/roles/$name', '/api-keys', '/secrets', '/security', '/settings', '/settings?tab=sign-on', '/profile'];
const IDS: Readonly<Record<string, string>> = { '/api/roles/:id': 'evil', '/api/oidc-providers/:id': 'evil', '/api/tenants/:id/rename': 'acme' };

interface Schema { readonly type?: string; readonly properties?: Readonly<Record<string, Schema>>; readonly anyOf?: readonly Schema[] }
const leavesOf = (schema: Schema, at: readonly string[] = []): string[][] => [
  ...(schema.type === 'string' ? [[...at]] : []), ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => leavesOf(inner, [...at, key])), ...(schema.anyOf ?? []).flatMap(inner => leavesOf(inner, at)),
];
const withEvil = (value: unknown, [key, ...rest]: readonly string[]): unknown => (key === undefined ? EVIL : { ...(value as object | undefined), [key]: withEvil((value as Record<string, unknown> | undefined)?.[key], rest) });

/** The example of a command, with the markup in each field that takes it. */
const evilInput = ({ input, example }: CommandContract): { readonly body: Record<string, unknown>; readonly fields: readonly string[] } => {
  const fields: string[] = [];
  let body: unknown = example;
  for (const path of leavesOf(input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as Schema)) {
    const tried = withEvil(body, path);
    if (path.at(-1) === 'password' || !input.safeParse(tried).success) continue;
    body = tried;
    fields.push(path.join('.'));
  }
  return { body: body as Record<string, unknown>, fields };
};

let platform: Platform;
let browser: Browser;
let tab: Tab;
let invitation = '';
let bob = '';
const given: string[] = [];

const ask = async (token: string, path: string, body: object): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${platform.url}${path}?wait=view`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  const { data, code, message } = await answer.json() as { data?: Record<string, unknown>; code?: string; message?: string };
  if (data === undefined) throw new Error(`${path}: ${code} ${message} ${JSON.stringify(body)}`);
  return data;
};

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
  const { access_token } = await platform.setUp({ ...ADA, name: EVIL, tenant: { slug: 'acme', name: EVIL } });
  const isNaming = (row: HttpRow): row is HttpRow & { target: CommandContract } => row.method === 'POST' && row.target.kind === 'command' && !NOT.test(row.path) && !row.path.startsWith('/api/tenants');
  for (const { path, target } of HTTP_ROWS.filter(isNaming)) {
    const { body, fields } = evilInput(target);
    if (fields.length === 0) continue;
    const data = await ask(access_token, path.replace(':id', IDS[path] ?? ''), { ...body, ...('expires_at' in body ? { expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString() } : {}) });
    given.push(...fields.map(field => `${path} ${field}`));
    if (path === '/api/members') bob = String(data['id']);
  }
  invitation = String((await ask(access_token, '/api/invitations', { email: 'carol@acme.example', role: 'viewer' }))['token']);
  tab = await openTab(browser);
  await tab.context.addInitScript(() => {
    const seen = window as unknown as { __refused: string[] };
    seen.__refused = [];
    document.addEventListener('securitypolicyviolation', e => { seen.__refused.push(`${e.violatedDirective} ${e.blockedURI}`); });
  });
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

it('can be given in each of these fields', () => {
  expect(given).toEqual([
    '/api/members name', '/api/roles/:id description', '/api/profile/name name', '/api/secrets value', '/api/secrets description', '/api/oidc-providers/:id label', '/api/oidc-providers/:id client_id',
    '/api/oidc-providers/:id group_claim', '/api/oidc-providers/:id client_secret', '/api/api-keys name',
  ]);
});

it('is text on every page, and nothing runs', async () => {
  const { page } = tab;
  const look = async (path: string): Promise<void> => {
    const found = await page.evaluate(() => ({
      ran: (window as unknown as { __ran?: number }).__ran, refused: (window as unknown as { __refused: string[] }).__refused, made: document.querySelectorAll('img[src=x], script:not([src]), [onerror]').length,
    }));
    expect([path, found]).toEqual([path, { ran: undefined, refused: [], made: 0 }]);
  };
  await page.goto(`${platform.url}/login?tenant=acme`);
  await page.getByText('<script>').first().waitFor();
  await look('/login');
  await page.goto(`${platform.url}/invitation#${invitation}`);
  await page.getByRole('heading', { name: '<script>' }).waitFor();
  await look('/invitation');
  await logIn(page, platform.url, ADA);
  const paths = [...(await readFile('web/src/app/router.tsx', 'utf8')).matchAll(/under\('(\/[^']*)'\)/g)].map(m => m[1] ?? '');
  expect(paths.length).toBeGreaterThan(15);
  for (const path of [...paths, ...SETTINGS]) {
    await page.goto(platform.url + path.replace('$name', 'evil').replace('$id', bob));
    await page.getByRole('heading', { level: 1 }).waitFor();
    // beside the frame, where the organisation and the person stand on every page
    if (SHOWING.includes(path)) await page.waitForFunction(evil => [...document.querySelectorAll('main, main input, main textarea')].some(e => (e as HTMLElement).innerText.includes(evil) || (e as HTMLInputElement).value?.includes(evil)), EVIL);
    await look(path);
  }
  expect(tab.faults).toEqual([]);
});
