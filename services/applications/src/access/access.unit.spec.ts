import { describe, expect, it } from '@jest/globals';
import { verify } from '@node-rs/bcrypt';
import { catalogEntry, type CatalogEntry } from '@xanthus/proto/applications';
import { chartArchive } from '@xanthus/deploy/charts';
import { maskOf } from '../cluster/mask.js';
import { content } from '../running/processes.fixture.js';
import { schemaOf } from './chart-schema.js';
import { maskedOverlay, unmaskedOverlay } from './masked-overlay.js';
import { madePassword, mustSuit, passwordWay, withPassword } from './passwords.js';
import { missingOfZone, missingOnServer, prerequisitesOf } from './prerequisites.js';
import { isHashOf } from './secret-tools.js';

const entry = (more: Record<string, unknown>): CatalogEntry => catalogEntry.parse({
  id: 'notes', name: 'Notes', description: 'A spec writes them.', version_source: { type: 'static', versions: ['1.0.0'] }, helm_chart: { repository: 'local', chart: 'memory', version: '1.0.0' }, default_port: 8080, ...more,
});
const RESTART = { kind: 'password', key: 'password', change: 'restart' };
const VALKEY = entry({ access: RESTART, secrets: [{ name: 'password', length: 48 }, { name: 'valkey.conf', derive: { from: 'password', as: 'plain', text: 'requirepass {{VALUE}}\n' } }] });
const PROMETHEUS = entry({ access: RESTART, secrets: [{ name: 'password' }, { name: 'web.yml', derive: { from: 'password', as: 'bcrypt', text: "admin: '{{VALUE}}'" } }] });
const of = (e: CatalogEntry, secrets: Record<string, string>) => ({ ...content({ chart: 'notes', version: '1' }, {}, secrets), entry: e });

describe('a password', () => {
  it.each([
    ['secret', { access: RESTART, secrets: [{ name: 'password' }] }], ['other', { access: { ...RESTART, secret: 'of-the-chart' } }], ['inside', { access: { ...RESTART, change: 'in-app' }, secrets: [{ name: 'password' }] }],
    ['hash', { access: { kind: 'bcrypt', username: 'admin', initial_secret: 'first', initial_key: 'password', secret: 'kept', key: 'hash' } }], ['inside', { access: { kind: 'token', service_account: 'notes' } }],
    ['inside', { access: { kind: 'first-visit', hint: 'Register.' } }], ['inside', { access: { ...RESTART, key: 'hash' }, secrets: [{ name: 'password' }, { name: 'hash', derive: { from: 'password', as: 'bcrypt' } }] }],
  ])('is changed %s', (way, more) => expect(passwordWay(entry(more))).toMatchObject({ way }));

  it('takes along what is made of it, and leaves the rest', async () => {
    const changed = await withPassword(of(VALKEY, { password: 'first-password', 'valkey.conf': 'requirepass first-password\n', TOKEN: 'given' }), 'second-password');
    expect(changed.secrets).toEqual({ password: 'second-password', 'valkey.conf': 'requirepass second-password\n', TOKEN: 'given' });
    const hashed = await withPassword(of(PROMETHEUS, { password: 'first-password', 'web.yml': 'old' }), 'second-password');
    expect(await verify('second-password', /'(.+)'/.exec(hashed.secrets['web.yml'] ?? '')?.[1] ?? '')).toBe(true);
    // Once more it stays, its hash too.
    expect(await withPassword(hashed, 'second-password')).toBe(hashed);
  });

  it('is made as the entry wants it', async () => {
    const [a, b] = await Promise.all([madePassword(VALKEY), madePassword(VALKEY)]);
    expect([a, b]).toEqual([expect.stringMatching(/^[A-Za-z0-9]{48}$/), expect.not.stringMatching(new RegExp(`^${a}$`))]);
    expect(await madePassword(entry({ access: { ...RESTART, secret: 'of-the-chart' } }))).toMatch(/^[A-Za-z0-9]{24}$/);
  });

  it('is refused where the application could not be opened with it', () => {
    expect(() => { mustSuit(VALKEY, 'two words # more'); }).toThrow(/letters, digits/);
    expect(() => { mustSuit(PROMETHEUS, 'x'.repeat(73)); }).toThrow(/72 characters/);
    expect(() => { mustSuit(PROMETHEUS, 'two words # more'); }).not.toThrow();
    expect(() => { mustSuit(entry({ access: RESTART, secrets: [{ name: 'password' }] }), `' "$(x) ${'y'.repeat(100)}`); }).not.toThrow();
  });

  it('is told by its hash, and nothing by what is none', async () => {
    expect([await isHashOf('x', undefined), await isHashOf('x', 'x'), await isHashOf('x', '$2a$10$short')]).toEqual([false, false, false]);
  });
});

describe('values that are shown', () => {
  const SECRET = 'vlinder-kaas-41';
  const OVERLAY = `# mail\nmail:\n  password: ${SECRET} # ${SECRET}\n  dsn: smtp://me:${SECRET}@example.com\n  to: [a@example.com, ${SECRET}]\nsize: 3\n`;
  const mask = maskOf([SECRET]);

  it('hold no secret, and come back as what they were', () => {
    const shown = maskedOverlay(OVERLAY, mask);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain('# mail');
    const back = unmaskedOverlay(shown.replace('size: 3', 'size: 4'), OVERLAY, mask);
    expect('overlay' in back && back.overlay).toContain(`password: ${SECRET}`);
    expect('overlay' in back && back.overlay).toContain(`dsn: smtp://me:${SECRET}@example.com`);
    expect('overlay' in back && back.overlay).toContain('size: 4');
    expect('overlay' in back && back.overlay).toMatch(new RegExp(`to: \\[ ?a@example.com, ${SECRET} ?\\]`));
  });

  it('are left as they are without one', () => {
    expect(maskedOverlay('a:   1\n', mask)).toBe('a:   1\n');
    expect(unmaskedOverlay('a:   1\n', OVERLAY, mask)).toEqual({ overlay: 'a:   1\n' });
    expect(maskedOverlay('', mask)).toBe('');
  });

  it('are refused where a mask stands for nothing', () => {
    expect(unmaskedOverlay('mail: { user: "•••" }\n', OVERLAY, mask)).toMatchObject({ problems: [{ path: 'mail.user' }] });
    expect(unmaskedOverlay('mail: { password: "x•••" }\n', OVERLAY, mask)).toMatchObject({ problems: [{ path: 'mail.password' }] });
    expect(unmaskedOverlay('list: [{ key: "•••" }]\n', OVERLAY, mask)).toMatchObject({ problems: [{ path: 'list.0.key' }] });
  });
});

describe('the schema of a chart', () => {
  it('is that of the chart itself', () => {
    expect(schemaOf(chartArchive('notes', { 'charts/db/values.schema.json': '{"of":"another"}', 'Chart.yaml': 'name: notes', 'values.schema.json': '{"type":"object"}' }))).toEqual({ type: 'object' });
  });
  it.each([['none', chartArchive('notes', { 'Chart.yaml': 'name: notes' })], ['no JSON', chartArchive('notes', { 'values.schema.json': '{' })], ['no archive', Buffer.from('x')]])('is null for %s', (_name, bytes) => expect(schemaOf(bytes)).toBeNull());
});

describe('what a deploy needs', () => {
  const SERVER = { status: 'reachable', k3s: true, helm: true, simulated: false };
  it.each([['', {}], ['host key', { status: 'blocked' }], ['Install K3s', { k3s: false }], ['sandbox-kubernetes', { k3s: false, simulated: true }], ['no Helm', { helm: false }], ['being set up', { status: 'setting-up', k3s: false }]])('of a server: %s', (word, more) => {
    const missing = missingOnServer({ ...SERVER, ...more });
    expect(missing).toContain(word);
    expect(missing === '').toBe(word === '');
  });
  it.each([['', { status: 'active', domain: 'configured' }], ['name servers', { status: 'pending', domain: null }], ['Configure it', { status: 'active', domain: null }], ['failed', { status: 'active', domain: 'failed' }]] as const)('of a domain: %s', (word, zone) => expect(missingOfZone(zone)).toContain(word));

  it('names nothing that somebody may neither see nor use', async () => {
    const server = (id: string, name: string) => ({ ...SERVER, id, name, address: '', time_zone: 'UTC' });
    const on = {
      places: { servers: async () => [server('b', 'web-2'), server('a', 'web-1'), server('c', 'hidden')], zones: async () => [{ id: 'z', name: 'example.com', status: 'active', domain: 'configured' as const }], nameAt: async () => ({ free: true, message: '' }) },
      rights: { allows: (_t: string, _p: string, { subject }: { subject: string }) => /cmd\.acme\.vps\.server\.a\.connect|qry\.acme\.vps\.view\.servers\.b|qry\.acme\.dns\.view/.test(subject) },
    };
    expect(await prerequisitesOf(on as never, { tenant: 'acme', identity: { kind: 'person', id: 'p' } } as never)).toEqual({
      servers: [expect.objectContaining({ name: 'web-1', ready: true, missing: '' }), expect.objectContaining({ name: 'web-2', ready: false, missing: expect.stringContaining('vps.server.connect') })],
      zones: [expect.objectContaining({ name: 'example.com', ready: false, missing: expect.stringContaining('dns.plan.make') })],
    });
  });
});
