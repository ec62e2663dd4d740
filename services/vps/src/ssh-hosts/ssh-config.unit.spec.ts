import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir, type TempDir } from '@xanthus/testing';
import { listSshHosts } from './list-ssh-hosts.js';
import { fits, readSshConfig } from './ssh-config.js';

const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
  readSshConfig(text, { user: 'me', included: pattern => Object.entries(files).filter(([name]) => name === pattern).map(([name, t]) => ({ name, text: t })) });
const host = (text: string, files?: Readonly<Record<string, string>>) => read(text, files).items[0];

describe('ssh_config', () => {
  it('takes the first value, whatever block it stands in', () => {
    expect(host('Host web\n HostName 192.0.2.1\n Port 2222\nHost *\n Port 22\n User deploy\n HostName other\n')).toEqual({ alias: 'web', host: '192.0.2.1', port: 2222, user: 'deploy', identity_files: [], jump: [], notes: [] });
    expect(host('User first\nHost web\n User second\n')).toMatchObject({ user: 'first', host: 'web' });
    expect(host('Host web\n')).toMatchObject({ user: 'me', port: 22 });
  });

  it('knows patterns and their negation', () => {
    expect([fits(['web-*'], 'web-1'), fits(['web-?'], 'web-10'), fits(['*', '!web-1'], 'web-1'), fits(['!web-1'], 'db'), fits(['10.0.0.*'], '10x0y0z1'), fits(['WEB'], 'web')]).toEqual([true, false, false, false, false, true]);
    const { items } = read('Host web-1 web-2 *.lan !web-3\n User a\nHost web-* !web-2\n Port 2200\n');
    expect(items.map(h => [h.alias, h.user, h.port])).toEqual([['web-1', 'a', 2200], ['web-2', 'a', 22]]);
  });

  it('reads Include where it stands, also within a block, and not for ever', () => {
    expect(host('Include more\nHost web\n User late\n', { more: 'Host web\n User early\n' })).toMatchObject({ user: 'early' });
    const { items } = read('Host web\n Include more\nHost db\n', { more: 'User deep\n' });
    expect(items.map(h => [h.alias, h.user])).toEqual([['web', 'deep'], ['db', 'me']]);
    expect(read('Include self\nHost a\n', { self: 'Include self\nHost b\n' }).notes).toEqual([expect.stringContaining('too deep')]);
  });

  it('follows ProxyJump through machines of the same file', () => {
    const text = 'Host web\n ProxyJump gate\nHost gate\n HostName gate.example.com\n User jump\n Port 2222\nHost far\n ProxyJump root@a.example.com:2022,b.example.com\nHost none\n ProxyJump none\nHost chain\n ProxyJump web\nHost ring\n ProxyJump gnir\nHost gnir\n ProxyJump ring\n';
    const of = (alias: string) => read(text).items.find(h => h.alias === alias);
    const gate = { host: 'gate.example.com', port: 2222, user: 'jump' };
    expect(of('web')).toMatchObject({ jump: [gate], notes: [] });
    expect(of('far')).toMatchObject({ jump: [{ host: 'a.example.com', port: 2022, user: 'root' }, { host: 'b.example.com', port: 22, user: null }], notes: [expect.stringContaining('more than one')] });
    expect(of('none')?.jump).toEqual([]);
    expect(of('chain')?.jump).toEqual([gate, { host: 'web', port: 22, user: null }]);
    expect(of('ring')?.notes).toContainEqual(expect.stringContaining('circle'));
  });

  it('tells the names of keys, expands %h, understands quotes and =', () => {
    expect(host('Host web\n HostName=%h.example.com\n IdentityFile "~/.ssh/id a"\n IdentityFile ~/.ssh/b\n IdentityFile none\n')).toMatchObject({ host: 'web.example.com', identity_files: ['~/.ssh/id a', '~/.ssh/b'] });
  });

  it('runs nothing: Match is left out, ProxyCommand told', () => {
    const mark = join(folder.path, 'ran');
    const { items, notes } = read(`Match exec "touch ${mark}"\n User evil\nHost web\n ProxyCommand touch ${mark}\nMatch all\n User evil\n`);
    expect(items).toMatchObject([{ alias: 'web', user: 'me', notes: [expect.stringContaining('never run')] }]);
    expect(notes).toEqual([expect.stringContaining('Match')]);
    expect(existsSync(mark)).toBe(false);
  });

  it('lists nothing that cannot be used, and survives nonsense', () => {
    const { items, notes } = read('Host a\n HostName -oProxyCommand=id\nHost b\n Port 99999\nHost c\n User "x y"\nHost d\n HostName $(id)\nHost "e f"\nHost -g\n');
    expect(items).toEqual([]);
    expect(notes).toHaveLength(4);
    expect(read('Host "unclosed\n\0\u001b[31m').items).toEqual([]);
  });

  it('says what OpenSSH itself says', () => {
    const text = 'Include conf.d/*\nHost web *.x !bad\n  HostName 192.0.2.9\nHost w*\n  User w\n  Port 2022\nHost *\n  User all\n  IdentityFile /keys/one\n';
    mkdirSync(join(folder.path, 'conf.d'));
    writeFileSync(join(folder.path, 'conf.d', 'a'), 'Host web\n  Port 2011\n');
    const file = join(folder.path, 'config');
    writeFileSync(file, text.replace('conf.d', join(folder.path, 'conf.d')));
    // The file must be the caller's own, which it is not everywhere: then there is nothing to compare with.
    const said = ((): string | undefined => { try { return execFileSync('ssh', ['-G', '-F', file, 'web'], { encoding: 'utf8' }); } catch { return undefined; } })();
    const mine = read(text, { 'conf.d/*': 'Host web\n  Port 2011\n' }).items.find(h => h.alias === 'web');
    expect(mine).toMatchObject({ host: '192.0.2.9', port: 2011, user: 'w', identity_files: ['/keys/one'] });
    if (said !== undefined) for (const line of ['hostname 192.0.2.9', 'port 2011', 'user w', 'identityfile /keys/one']) expect(said).toContain(line);
  });
});

let folder: TempDir;
beforeAll(async () => { folder = await tempDir('xanthus-ssh-config-'); });
afterAll(() => folder.remove());

describe('who is shown it', () => {
  const file = (name: string): string => join(folder.path, name);
  it('one organisation; to all others it is as if there was none', async () => {
    writeFileSync(file('mine'), 'Include inc*\nHost web\n  HostName 192.0.2.1\n');
    writeFileSync(file('inc1'), 'Host other\n');
    const config = { XANTHUS_SSH_CONFIG: file('mine'), XANTHUS_SSH_CONFIG_TENANT: 'acme' };
    expect(await listSshHosts(config, 'acme')).toMatchObject({ available: true, items: [{ alias: 'other', user: userInfo().username }, { alias: 'web' }] });
    const off = await listSshHosts({}, 'acme');
    expect(off).toMatchObject({ available: false, items: [] });
    expect(await listSshHosts(config, 'zulu')).toEqual(off);
    expect(await listSshHosts({ ...config, XANTHUS_SSH_CONFIG_TENANT: undefined }, 'acme')).toEqual(off);
  });

  it('a file that is missing, huge or no file is said', async () => {
    writeFileSync(file('huge'), 'x'.repeat(300 * 1024));
    for (const name of ['missing', 'huge', '.']) expect(await listSshHosts({ XANTHUS_SSH_CONFIG: file(name), XANTHUS_SSH_CONFIG_TENANT: 'acme' }, 'acme')).toMatchObject({ available: false, reason: expect.stringContaining('not there') });
  });
});
