import { describe, expect, it } from '@jest/globals';
import { changeChannel, channelsView, defineChannel } from '@xanthus/proto/notifications';
import { addressesOf, draftOf, newDraft, newSecret, settingsOf, targetOf } from './channel-draft.js';

const draft = newDraft('Europe/Berlin', true);

describe('a channel as it is filled in', () => {
  it.each([
    ['e-mail by the operator', { to: 'ada@example.com, bob@example.com' }],
    ['e-mail by an own server', { to: 'ada@example.com', operator: false, host: 'mail.example.com', user: 'u', password: 'p', from: 'x@example.com' }],
    ['webhook', { kind: 'webhook' as const, url: 'https://hooks.example.com/x', secret: newSecret(b => crypto.getRandomValues(b as Uint8Array<ArrayBuffer>)) }],
    ['slack', { kind: 'slack' as const, url: 'https://hooks.example.com/y', quiet: true, digest: 'daily' as const }],
  ])('%s fits the contract, also as a change without its secrets', (_, over) => {
    const d = { ...draft, name: 'Operations', ...over };
    expect(defineChannel.input.safeParse({ target: targetOf(d), ...settingsOf(d) }).error).toBeUndefined();
    expect(changeChannel.input.safeParse({ target: targetOf({ ...d, password: '', secret: '', url: '' }), ...settingsOf(d) }).error).toBeUndefined();
  });

  it('is shown as it was defined', () => {
    const row = { ...channelsView.data.parse(channelsView.example), quiet: { from: '21:00', to: '06:00', time_zone: 'UTC', errors: false } };
    const shown = draftOf(row, undefined, 'Europe/Berlin');
    expect(settingsOf(shown)).toMatchObject({ name: row.name, filter: row.filter, quiet: row.quiet });
    expect(draftOf({ ...row, filter: { ...row.filter, severities: [] } }, { kind: 'email', to: ['a@b.de', 'c@d.de'], server: null }, 'UTC')).toMatchObject({ to: 'a@b.de, c@d.de', operator: true, severities: ['error', 'warning', 'info'] });
    expect(addressesOf(' a@b.de;c@d.de\n')).toEqual(['a@b.de', 'c@d.de']);
  });

  it('has secrets of forty characters', () => {
    const one = newSecret(b => crypto.getRandomValues(b as Uint8Array<ArrayBuffer>));
    expect([one.length, /^[a-zA-Z2-9]+$/.test(one)]).toEqual([40, true]);
    expect(newSecret(b => b.fill(255).fill(0, 0, 4))).toBe('a'.repeat(40));
  });
});
