import { describe, expect, it } from '@jest/globals';
import { generateKeyPair } from '@xanthus/ssh';
import { parse } from 'yaml';
import { cloudInit, cloudInitPreview, MAX_USER_DATA } from './cloud-init.js';
import type { CloudInitPlan } from './cloud-init.js';
import { settingsFile } from './settings.js';
import setupScript from './setup.sh';

const hostKey = generateKeyPair('web-1');
const person = generateKeyPair('ada@example.com');
const plan: CloudInitPlan = { hostname: 'web-1', user: 'root', sshPort: 2222, authorizedKeys: [person.publicKey], hostKey, timeZone: 'America/Argentina/Buenos_Aires', now: 1_700_000_000_000 };

interface Parsed { ssh_keys: Record<string, string>; write_files: { path: string; content: string; permissions: string }[]; [name: string]: unknown }
const read = (text: string): Parsed => parse(text) as Parsed;
const file = (text: string, path: string): string | undefined => read(text).write_files.find(f => f.path === path)?.content;

describe('cloudInit', () => {
  it('is cloud-config with our host key, keys only, the port and the script', () => {
    const text = cloudInit(plan);
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    const config = read(text);
    expect(config).toMatchObject({ hostname: 'web-1', ssh_pwauth: false, disable_root: false, ssh_authorized_keys: [person.publicKey], ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey } });
    expect(file(text, '/opt/xanthus/setup.sh')).toBe(setupScript);
    expect(file(text, '/opt/xanthus/settings')).toContain('time_zone=America/Argentina/Buenos_Aires\n');
    expect(file(text, '/opt/xanthus/settings')).toContain('manage_ssh=yes\n');
    expect(file(text, '/etc/ssh/sshd_config.d/10-xanthus.conf')).toMatch(/^Port 2222\nPasswordAuthentication no$/m);
    expect(config['runcmd']).toEqual([['bash', '/opt/xanthus/setup.sh', 'start']]);
  });

  it('makes another user who may use sudo, and keeps root out', () => {
    const text = cloudInit({ ...plan, user: 'ubuntu' });
    expect(read(text)).toMatchObject({ disable_root: true, users: [{ name: 'ubuntu', ssh_authorized_keys: [person.publicKey] }] });
    expect(file(text, '/etc/ssh/sshd_config.d/10-xanthus.conf')).toContain('PermitRootLogin no');
  });

  it('shows a person all but the private half of the host key', () => {
    const { hostKey: _, ...visible } = plan;
    for (const preview of [cloudInitPreview(visible), cloudInitPreview({ ...visible, hostKey: { publicKey: hostKey.publicKey } }), cloudInitPreview(plan)]) {
      expect(preview).not.toContain('PRIVATE KEY');
      expect(file(preview, '/opt/xanthus/setup.sh')).toBe(setupScript);
    }
  });

  it('is small enough for a provider, with room for keys', () => {
    expect(Buffer.byteLength(cloudInit({ ...plan, authorizedKeys: Array.from({ length: 20 }, (_, i) => generateKeyPair(`key-${i}`).publicKey) }))).toBeLessThan(MAX_USER_DATA);
    expect(() => cloudInit({ ...plan, authorizedKeys: Array.from({ length: 400 }, () => person.publicKey) })).toThrow(/32768 bytes/);
  });

  it.each<[string, Partial<CloudInitPlan>]>([
    ['a host name with a line break', { hostname: 'web\nruncmd: [x]' }],
    ['a host name that ends in a hyphen', { hostname: 'web-' }],
    ['a user with a command', { user: 'root; reboot' }],
    ['port 0', { sshPort: 0 }],
    ['no key', { authorizedKeys: [] }],
    ['a private key in place of a public one', { authorizedKeys: [person.privateKey] }],
    ['a key with options', { authorizedKeys: [`command="x" ${person.publicKey}`] }],
    ['two keys on one line break', { authorizedKeys: [`${person.publicKey}\n${person.publicKey}`] }],
    ['a time zone with a command', { timeZone: 'Europe/$(reboot)' }],
    ['a time zone that leads elsewhere', { timeZone: '../../etc/passwd' }],
    ['a domain with a space', { domain: 'example com' }],
    ['a version that is none', { k3sVersion: 'latest' }],
    ['a host key that is none', { hostKey: { publicKey: hostKey.publicKey, privateKey: 'secret' } }],
  ])('refuses %s', (_, part) => { expect(() => cloudInit({ ...plan, ...part })).toThrow(/wrong form/); });
});

describe('settingsFile', () => {
  it('is lines of name=value, with what was not said left to the script', () => {
    expect(settingsFile({ timeouts: { k3s: 12.4, poll: 0.1 } }).split('\n')).toEqual(expect.arrayContaining(['manage_ssh=no', 'upgrade=no', 'k3s_timeout=12', 'poll=0.10']));
    expect(settingsFile({})).not.toContain('time_zone');
  });
});
