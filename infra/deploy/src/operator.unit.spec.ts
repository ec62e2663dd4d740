import { describe, expect, it } from '@jest/globals';
import type { Account } from '@nats-io/jwt';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountJwt, newCredential, openOperator, sameAccount } from './credentials.js';
import { claimsOf } from './key-pair.js';
import { initOperator } from './operator.js';

const inFolder = async (run: (dir: string) => Promise<void>): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'xanthus-operator-'));
  try {
    await run(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
};
const contents = async (dir: string): Promise<Record<string, string>> => {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter(f => f.isFile());
  return Object.fromEntries(await Promise.all(files.map(async f => [join(f.parentPath, f.name), await readFile(join(f.parentPath, f.name), 'utf8')] as const)));
};

describe('the operator\'s folder', () => {
  it('is private, and made once', () => inFolder(async dir => {
    await initOperator(dir);
    const before = await contents(dir);
    for (const file of Object.keys(before)) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'keys'))).mode & 0o777).toBe(0o700);
    await initOperator(dir);
    expect(await contents(dir)).toEqual(before);
  }));

  it('gets back what is missing and keeps the rest', () => inFolder(async dir => {
    const files = await initOperator(dir);
    const seed = await readFile(join(files.operatorDir, 'users', 'vps.nk'), 'utf8');
    const old = await readFile(files.creds('vps'), 'utf8');
    await rm(files.creds('vps'));
    await rm(files.serviceKey('vps'));
    await initOperator(dir);
    expect(await readFile(files.creds('vps'), 'utf8')).toBe(old);
    expect(await readFile(join(files.operatorDir, 'users', 'vps.nk'), 'utf8')).toBe(seed);
    const jwks = JSON.parse(await readFile(files.serviceJwksFile, 'utf8')) as { keys: { kid: string; x: string; d?: string }[] };
    const own = JSON.parse(await readFile(files.serviceKey('vps'), 'utf8')) as { x: string };
    expect(jwks.keys.find(k => k.kid === 'service:vps')?.x).toBe(own.x);
    expect(jwks.keys.every(k => k.d === undefined)).toBe(true);
  }));

  it('keeps the public halves of what audit signed with before', () => inFolder(async dir => {
    const keysIn = async (file: string) => (JSON.parse(await readFile(file, 'utf8')) as { keys: { kid: string; x: string; d?: string }[] }).keys;
    const files = await initOperator(dir);
    const olds: (string | undefined)[] = [];
    for (let turn = 0; turn < 2; turn++) {
      olds.push((await keysIn(files.serviceJwksFile)).find(k => k.kid === 'service:audit')?.x);
      await rm(files.serviceKey('audit'));
      await initOperator(dir);
    }
    await initOperator(dir);
    const keys = await keysIn(files.serviceJwksFile);
    expect(keys.filter(k => k.kid.startsWith('service:audit#')).map(k => k.x).toSorted()).toEqual(olds.toSorted());
    expect(keys.filter(k => k.kid === 'service:audit')).toHaveLength(1);
    expect(new Set(keys.map(k => k.kid)).size).toBe(keys.length);
    expect(keys.every(k => k.d === undefined)).toBe(true);
  }));

  it('with other permissions in it is signed anew', () => inFolder(async dir => {
    const files = await initOperator(dir);
    const file = join(files.operatorDir, 'xanthus.jwt');
    const good = await readFile(file, 'utf8');
    await writeFile(file, await readFile(join(files.operatorDir, 'sys.jwt'), 'utf8'));
    await initOperator(dir);
    expect(claimsOf<Account>((await readFile(file, 'utf8')).trim()).nats).toEqual(claimsOf<Account>(good.trim()).nats);
  }));

  it('without the operator\'s key says so in a sentence', () => inFolder(async dir => {
    expect(() => openOperator(dir)).toThrow(/operator\.nk does not hold a NATS key/);
  }));
});

describe('the account of a credential', () => {
  it('is the same however often it is signed, and another one when it is revoked', () => inFolder(async dir => {
    const files = await initOperator(dir);
    const keys = openOperator(files.operatorDir);
    const { account } = await newCredential({ id: '01jd3x8e2v5y9w4z7q6r1s0tcr', name: 'billing', tenant: 'acme', consumers: { VPS: 'acme_x_billing' } });
    const [one, two, revoked] = await Promise.all([accountJwt(keys, account), accountJwt(keys, account), accountJwt(keys, { ...account, revoked: true })]);
    expect(sameAccount(one, two)).toBe(true);
    expect(sameAccount(one, revoked)).toBe(false);
    expect(claimsOf<Account>(revoked).nats).toMatchObject({ imports: [], revocations: { [account.nkey]: expect.any(Number) } });
    // the rights of one tenant only
    expect(claimsOf<Account>(one).nats.imports?.map(i => i.subject)).toEqual(['ext.acme.cmd.>', 'ext.acme.qry.>', '$JS.API.CONSUMER.MSG.NEXT.VPS.acme_x_billing', '$JS.API.CONSUMER.INFO.VPS.acme_x_billing', '$JS.ACK.VPS.acme_x_billing.>']);
  }));
});
