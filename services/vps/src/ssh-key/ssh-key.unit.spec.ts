import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { sshKeyDecider } from './ssh-key.decide.js';
import type { SshKeyEvent } from './ssh-key.js';

const named = { name: 'deploy', type: 'ssh-ed25519', public_key: 'ssh-ed25519 AAAA deploy', fingerprint: 'SHA256:x' };
const generated: SshKeyEvent[] = [{ type: 'SshKeyGenerated', data: { ...named, secret: 'ssh-key-1' } }];
const imported: SshKeyEvent[] = [{ type: 'SshKeyImported', data: named }];
const removed: SshKeyEvent[] = [...generated, { type: 'SshKeyRemoved', data: {} }];

describe('no key', () => {
  it('is generated or imported', () => {
    expect(given(sshKeyDecider).when({ type: 'Generate', data: { ...named, secret: 'ssh-key-1' } }).then()).toEqual(generated);
    expect(given(sshKeyDecider).when({ type: 'Import', data: named }).then()).toEqual(imported);
  });

  it('cannot be removed', () => {
    expect(given(sshKeyDecider).when({ type: 'Remove', data: { usedBy: [] } }).refusal()).toBe('SSH_KEY.NOT_FOUND');
  });
});

describe.each([['generated', generated], ['imported', imported]] as const)('a key that was %s', (status, events) => {
  it('is removed unless a server uses it', () => {
    const key = given(sshKeyDecider, events);
    expect(key.state()).toMatchObject({ status, name: 'deploy' });
    expect(key.when({ type: 'Remove', data: { usedBy: ['s1'] } }).refusal()).toBe('SSH_KEY.IN_USE');
    expect(key.when({ type: 'Remove', data: { usedBy: [] } }).then()).toEqual([{ type: 'SshKeyRemoved', data: {} }]);
  });

  it('is not made again', () => {
    expect(given(sshKeyDecider, events).when({ type: 'Import', data: named }).refusal()).toBe('SSH_KEY.EXISTS');
  });
});

describe('a removed key', () => {
  it('is gone, and still says where its private half was', () => {
    expect(given(sshKeyDecider, removed).when({ type: 'Remove', data: { usedBy: [] } }).refusal()).toBe('SSH_KEY.NOT_FOUND');
    expect(given(sshKeyDecider, removed).state()).toMatchObject({ status: 'removed', secret: 'ssh-key-1' });
  });
});
