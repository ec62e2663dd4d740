import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { authEvents } from '@xanthus/proto/auth';
import { secret, type SecretEvent } from './secret.js';

const put = { type: 'SecretPut', data: authEvents.SecretPut.example } as const satisfies SecretEvent;
const removed = { type: 'SecretRemoved', data: {} } as const satisfies SecretEvent;
const other = { fingerprint: 'ffffffffffffffff', secret: 'secret-b' };

describe('a secret', () => {
  it('is put once', () => {
    expect(given(secret.decider).when({ type: 'PutSecret', ...put.data }).then()).toEqual([put]);
    expect(given(secret.decider, [put]).when({ type: 'PutSecret', ...put.data }).refusal()).toBe('SECRET.NAME_TAKEN');
  });
  it('is replaced by another value only', () => {
    expect(given(secret.decider, [put]).when({ type: 'RotateSecret', ...other }).then()).toEqual([{ type: 'SecretRotated', data: other }]);
    expect(given(secret.decider, [put]).when({ type: 'RotateSecret', ...other, fingerprint: put.data.fingerprint }).refusal()).toBe('SECRET.SAME_VALUE');
    expect(given(secret.decider).when({ type: 'RotateSecret', ...other }).refusal()).toBe('SECRET.NOT_FOUND');
  });
  it('goes to the services that its kind is for, every time an event', () => {
    expect(given(secret.decider, [put]).when({ type: 'UseSecret', service: 'dns', reason: 'list the zones' }).then()).toEqual([{ type: 'SecretUsed', data: { service: 'dns', reason: 'list the zones' } }]);
    for (const service of ['gateway', 'applications', 'toString']) expect(given(secret.decider, [put]).when({ type: 'UseSecret', service, reason: 'x' }).refusal()).toBe('SECRET.NOT_FOR_YOU');
  });
  it('once removed is gone', () => {
    expect(given(secret.decider, [put]).when({ type: 'RemoveSecret' }).then()).toEqual([removed]);
    const gone = given(secret.decider, [put, removed]);
    expect(gone.when({ type: 'RemoveSecret' }).then()).toEqual([]);
    expect(gone.when({ type: 'UseSecret', service: 'dns', reason: 'x' }).refusal()).toBe('SECRET.NOT_FOUND');
    expect(gone.when({ type: 'PutSecret', ...put.data }).refusal()).toBe('SECRET.NAME_TAKEN');
  });
});
