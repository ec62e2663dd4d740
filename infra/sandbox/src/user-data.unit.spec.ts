import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { parseUserData } from './user-data.js';

const read = (config: unknown): ReturnType<typeof parseUserData> => parseUserData(`#cloud-config\n${stringify(config)}`);

describe('parseUserData', () => {
  it('reads what a machine is made from', () => {
    expect(read({ hostname: 'web', timezone: 'Asia/Tokyo', ssh_authorized_keys: ['a'], users: ['default', { name: 'deploy', ssh_authorized_keys: ['b'] }], ssh_keys: { ed25519_private: 'p', ed25519_public: 'q' }, package_update: true })).toMatchObject({
      hostname: 'web', timeZone: 'Asia/Tokyo', keys: ['a'], users: [{ name: 'deploy', keys: ['b'] }], hostKey: { privateKey: 'p', publicKey: 'q' }, problem: undefined,
    });
  });

  it.each([['plain', 'grüße', undefined], ['b64', Buffer.from('grüße').toString('base64'), 'b64'], ['gz+b64', gzipSync('grüße').toString('base64'), 'gz+b64']])('decodes a file that is %s', (_, content, encoding) => {
    expect(read({ write_files: [{ path: '/x', content, ...(encoding && { encoding }) }] }).files.map(f => f.content.toString())).toEqual(['grüße']);
  });

  it('quotes the words of a command, and leaves a line as it is', () => {
    expect(read({ runcmd: [['echo', '$(id)', 'a b'], 'echo $HOME'] }).runScript).toBe("'echo' '$(id)' 'a b'\necho $HOME\n");
  });

  it('finds the port of sshd in its configuration, and nowhere else', () => {
    expect(read({ write_files: [{ path: '/etc/ssh/sshd_config.d/1.conf', content: '# Port 1\n  port 2200\n' }] }).sshPort).toBe(2200);
    expect(read({ write_files: [{ path: '/etc/other', content: 'Port 2200\n' }] }).sshPort).toBeUndefined();
    expect(read({ write_files: [{ path: '/etc/ssh/sshd_config', content: 'Port 99999\n' }] }).sshPort).toBeUndefined();
  });

  it.each([
    ['text', 'hello'], ['broken YAML', '#cloud-config\nruncmd: [['], ['a path that is relative', '#cloud-config\nwrite_files: [{path: x}]'], ['a user with a colon', '#cloud-config\nusers: [{name: "a:0"}]'],
    ['a bomb of anchors', `#cloud-config\na: &a [1,2]\n${Array.from({ length: 20 }, (_, i) => `b${i}: [${Array.from({ length: 20 }, () => '*a').join(',')}]`).join('\n')}`], ['a host name with a slash', '#cloud-config\nhostname: ../x'],
  ])('passes over %s and says why', (_, text) => { expect(parseUserData(text)).toMatchObject({ files: [], runScript: '', problem: expect.stringMatching(/./) }); });

  it('takes nothing as nothing and a script as a command', () => {
    expect(parseUserData(undefined)).toMatchObject({ problem: undefined, runScript: '' });
    expect(parseUserData('#!/bin/sh\ntrue\n')).toMatchObject({ problem: undefined, runScript: '#!/bin/sh\ntrue\n' });
  });
});
