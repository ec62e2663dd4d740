import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { accountDecider } from './account.decide.js';
import type { Account, AccountEvent } from './account.js';

const account: Account = { kind: 'hetzner', name: 'Shop', secret: 'provider-1-a', hint: 'LRK9…SDfj', fingerprint: '9f86d081884c7d65', account: null };
const connected: AccountEvent = { type: 'ProviderConnected', data: account };
const reason = { code: 'PROVIDER.KEY_REFUSED', message: 'No.' };
const refused: AccountEvent = { type: 'ProviderRefused', data: { reason } };
const gone: AccountEvent = { type: 'ProviderDisconnected', data: {} };
const newKey = { secret: 'provider-1-b', hint: 'AAAA…BBBB', fingerprint: '0000000000000000', account: null };
const after = (...events: AccountEvent[]) => given(accountDecider, events);

describe('an account at a provider', () => {
  it('is connected once', () => {
    expect(after().when({ type: 'Connect', data: account }).then()).toEqual([connected]);
    expect(after(connected).when({ type: 'Connect', data: account }).refusal()).toBe('PROVIDER.EXISTS');
    expect(after(connected, gone).when({ type: 'Connect', data: account }).refusal()).toBe('PROVIDER.EXISTS');
  });
  it('hears of a refused key once, and only about the key that it has', () => {
    const note = { type: 'NoteRefused', data: { secret: 'provider-1-a', reason } } as const;
    expect(after(connected).when(note).then()).toEqual([refused]);
    expect(after(connected, refused).when(note).then()).toEqual([]);
    expect(after(connected, gone).when(note).then()).toEqual([]);
    expect(after(connected).when({ type: 'NoteRefused', data: { secret: 'provider-1-old', reason } }).then()).toEqual([]);
  });
  it('is accepted again, by itself or with another key', () => {
    const note = { type: 'NoteAccepted', data: { secret: 'provider-1-a' } } as const;
    expect(after(connected, refused).when(note).then()).toEqual([{ type: 'ProviderAccepted', data: {} }]);
    expect(after(connected).when(note).then()).toEqual([]);
    expect(after(connected, refused).when({ type: 'NoteAccepted', data: { secret: 'provider-1-old' } }).then()).toEqual([]);
    const replaced = after(connected, refused).when({ type: 'ReplaceKey', data: newKey });
    expect(replaced.then()).toEqual([{ type: 'ProviderKeyReplaced', data: newKey }]);
    expect(replaced.state()).toEqual({ status: 'connected', account: { ...account, ...newKey } });
  });
  it('keeps to the account that its servers are at, where that can be told', () => {
    const named: AccountEvent = { type: 'ProviderConnected', data: { ...account, account: 'tenancy-1' } };
    expect(after(named).when({ type: 'ReplaceKey', data: { ...newKey, account: 'tenancy-2' } }).refusal()).toBe('PROVIDER.OTHER_ACCOUNT');
    expect(after(named).when({ type: 'ReplaceKey', data: { ...newKey, account: 'tenancy-1' } }).refusal()).toBeUndefined();
  });
  it('is renamed and disconnected, but not while servers are at it', () => {
    expect(after(connected).when({ type: 'Rename', data: { name: 'Shop' } }).then()).toEqual([]);
    expect(after(connected, refused).when({ type: 'Rename', data: { name: 'Old' } }).state()).toMatchObject({ status: 'refused', account: { name: 'Old' } });
    expect(after(connected).when({ type: 'Disconnect', data: { usedBy: ['1'] } }).refusal()).toBe('PROVIDER.IN_USE');
    expect(after(connected).when({ type: 'Disconnect', data: { usedBy: [] } }).then()).toEqual([gone]);
    for (const command of [{ type: 'Rename', data: { name: 'x' } }, { type: 'Disconnect', data: { usedBy: [] } }, { type: 'ReplaceKey', data: newKey }] as const) {
      expect(after(connected, gone).when(command).refusal()).toBe('PROVIDER.NOT_CONNECTED');
      expect(after().when(command).refusal()).toBe('PROVIDER.NOT_CONNECTED');
    }
  });
});
