/** Access tokens (EdDSA) and the keys that sign them. Every key's private half lies in the vault. */
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Logger, Views } from '@xanthus/jetstream';
import { newId, type CommandContext } from '@xanthus/kernel';
import { ACCESS_TOKEN_TTL, INSTALLATION, type DataOf } from '@xanthus/proto';
import type { jwksView } from '@xanthus/proto/auth';
import type { Vault } from '@xanthus/vault';
import { SignJWT } from 'jose';
import type { Handle } from '../app/handle.js';
import { signingKey } from '../domain/signing-key.js';

const DAY = 24 * 3_600_000;
/** A key signs for 30 days; its public half stays until every token of it has long expired. */
export const KEY_LIFE = 30 * DAY;
const KEPT_AFTER = DAY;
/** How long this copy trusts what it knows of the keys, ms. */
const REMEMBERED = 60_000;

interface Key { readonly kid: string; readonly private: KeyObject }

export interface AccessTokens {
  issue(claims: { readonly person: string; readonly session: string; readonly tenant: string; /** What pages call the person. */ readonly name?: string | undefined; readonly proved_until?: string | undefined }): Promise<{ readonly token: string; readonly expires_at: string }>;
  /** Makes the first or the next key and retires those whose tokens have all expired. */
  rotate(): Promise<void>;
}

export const accessTokens = (o: { readonly handle: Handle; readonly vault: Vault; readonly views: Views; readonly log: Logger; readonly now?: () => number }): AccessTokens => {
  const now = o.now ?? Date.now;
  let known: { readonly key: Key; readonly until: number } | undefined;

  const context = (kid: string): CommandContext => ({ tenant: INSTALLATION, id: kid, actor: { kind: 'system', id: 'key-rotation' }, now: new Date(now()).toISOString(), command_id: newId(), correlation_id: newId() });
  const listed = async () =>
    (await o.views.list<DataOf<typeof jwksView>>(INSTALLATION, 'jwks')).map(e => ({ kid: e.value.data.kid, age: now() - Date.parse(e.value.data.created_at) })).sort((a, b) => a.age - b.age);

  const make = async (): Promise<Key> => {
    const kid = newId();
    const pair = generateKeyPairSync('ed25519');
    const secret = `signing-key-${kid}`;
    await o.vault.put(INSTALLATION, secret, JSON.stringify(pair.privateKey.export({ format: 'jwk' })));
    const { seq } = await o.handle(signingKey, context(kid), { type: 'MakeSigningKey', x: pair.publicKey.export({ format: 'jwk' }).x ?? '', secret });
    await o.views.waitFor(seq, 5_000);
    o.log.info({ kid }, 'made a key for access tokens');
    return { kid, private: pair.privateKey };
  };

  const load = async (kid: string): Promise<Key> => ({ kid, private: createPrivateKey({ key: JSON.parse(await o.vault.getText(INSTALLATION, `signing-key-${kid}`)) as JsonWebKey, format: 'jwk' }) });

  /** The newest key that every gateway has had a minute to learn; the newest of all if there is no other. */
  const current = async (): Promise<Key> => {
    if (known !== undefined && known.until > now()) return known.key;
    const keys = await listed();
    const chosen = keys.find(k => k.age > REMEMBERED) ?? keys[0];
    const key = chosen === undefined ? await make() : known?.key.kid === chosen.kid ? known.key : await load(chosen.kid);
    known = { key, until: now() + REMEMBERED };
    return key;
  };
  let asking: Promise<Key> | undefined;

  return {
    async issue({ person, session, tenant, name, proved_until }) {
      const key = await (asking ??= current().finally(() => { asking = undefined; }));
      const iat = Math.floor(now() / 1_000);
      const exp = iat + ACCESS_TOKEN_TTL;
      const token = await new SignJWT({ sid: session, tenant, ...(name === undefined || name === '' ? {} : { name }), ...(proved_until === undefined ? {} : { proved_until: Math.floor(Date.parse(proved_until) / 1_000) }) }).setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
        .setIssuer('xanthus').setAudience('xanthus').setSubject(person).setIssuedAt(iat).setExpirationTime(exp).sign(key.private);
      return { token, expires_at: new Date(exp * 1_000).toISOString() };
    },
    async rotate() {
      const keys = await listed();
      const newest = keys[0];
      if (newest === undefined || newest.age > KEY_LIFE) await make();
      for (const old of keys.slice(1).filter(k => k.age > KEY_LIFE + KEPT_AFTER)) {
        await o.handle(signingKey, context(old.kid), { type: 'RetireSigningKey' });
        await o.vault.destroy(INSTALLATION, `signing-key-${old.kid}`);
      }
    },
  };
};
