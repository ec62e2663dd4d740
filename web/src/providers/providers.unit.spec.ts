import { describe, expect, it } from '@jest/globals';
import { describeAccount, suggestAccountName } from './accounts.js';
import { retryAt, withTimes } from './retry-at.js';

describe('accounts at providers', () => {
  it('are called by the provider, with a number when that is taken', () => expect([suggestAccountName('Hetzner', []), suggestAccountName('Hetzner', [{ name: 'hetzner' }, { name: 'Hetzner 2' }])]).toEqual(['Hetzner', 'Hetzner 3']));
  it('are told apart by the ends of their keys', () => {
    expect(describeAccount({ hint: 'LRK9…SDfj', account: null })).toBe('key LRK9…SDfj');
    expect(describeAccount({ hint: 'LRK9…SDfj', account: 'shop' })).toBe('shop · key LRK9…SDfj');
    expect(describeAccount({ hint: null, account: null })).toBe('no key needed');
  });
});

describe('when a provider may be asked again', () => {
  it('is read from what it refused with', () => expect(retryAt({ retry_at: '2026-11-21T14:00:00.000Z' })).toBe(Date.parse('2026-11-21T14:00:00.000Z')));
  it('is written as people read it', () => expect(withTimes('No more calls until 2026-11-21T16:15:08.613Z; later.', at => `[${at - Date.parse('2026-11-21T16:15:08Z')}]`)).toBe('No more calls until [613]; later.'));
  it('is not known otherwise', () => expect([undefined, null, {}, { retry_at: 7 }, { retry_at: 'soon' }].map(retryAt)).toEqual([undefined, undefined, undefined, undefined, undefined]));
});
