import { describe, expect, it } from '@jest/globals';
import { SERVICES } from './services.js';

/** What makes another way in, hands out rights, shows everything, or destroys for good. A new one of that kind belongs here. */
const ASKS_FOR_PROOF = [
  'api-key.create', 'cloudflare-account.configure', 'cloudflare-account.import', 'cloudflare-account.link', 'cloudflare-account.unlink', 'credential.create', 'identity.link-cloudflare', 'identity.unlink', 'key-ring.rotate',
  'oidc-provider.define', 'person.disable-totp', 'person.issue-reset-link', 'person.renew-recovery-codes', 'person.start-totp', 'role.define', 'role.remove', 'secret.remove', 'tenant.export', 'tenant.forget', '?oidc-link',
];

describe('a fresh proof', () => {
  it('is asked for by these and no others', () => {
    const { commands, queries } = SERVICES.auth;
    const asking = [
      ...Object.values(commands).filter(c => c.sudo === true).map(c => `${c.aggregate}.${c.verb}`),
      ...Object.values(queries).filter(q => q.sudo === true).map(q => `?${q.question}`),
    ];
    expect(asking.toSorted()).toEqual(ASKS_FOR_PROOF.toSorted());
  });
});
