import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';
import { ownerOf } from './start.js';

const parse = (argv: string[], env: Record<string, string> = {}) => parseOptions(argv, env, '/home/ada');

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parse([])).toEqual({
      command: { name: 'start' },
      options: { port: 7700, host: '127.0.0.1', data: '/home/ada/.xanthus', processes: false, watch: false, sandbox: true, publicUrl: undefined },
    });
  });

  it('takes the environment, and the command line before it', () => {
    const { options } = parse(['--port', '0', '--data', 'here'], { XANTHUS_PORT: '81', XANTHUS_DATA: '/there', XANTHUS_SANDBOX: '0' });
    expect(options).toMatchObject({ port: 0, data: '/home/ada/here', sandbox: false });
  });

  it('gives servers to play with a Kubernetes by a word or by the environment', () => {
    expect(parse(['sandbox-kubernetes'])).toMatchObject({ command: { name: 'start' }, options: { sandboxKubernetes: true } });
    expect(parse([], { XANTHUS_SANDBOX_KUBERNETES: '1' }).options.sandboxKubernetes).toBe(true);
  });

  it('names an unknown option and lists the known ones', () => {
    expect(() => parse(['--prot', '1'])).toThrow(/Unknown option '--prot'\.\n\nUsage: npm start[\s\S]*--port/);
  });

  it.each(['x', '-1', '65536', '7.5', ''])('refuses port "%s"', (port) => {
    expect(() => parse([`--port=${port}`])).toThrow(/--port must be a number|Option '--port/);
  });

  it('asks for the public address when others may come in', () => {
    expect(() => parse(['--host', '0.0.0.0'])).toThrow(/0\.0\.0\.0 needs XANTHUS_PUBLIC_URL/);
    expect(parse(['--host', '0.0.0.0'], { XANTHUS_PUBLIC_URL: 'https://x.example.com' }).options.publicUrl).toBe('https://x.example.com');
  });

  it('tells all mistakes at once', () => {
    expect(() => parse(['--host', '0.0.0.0', '--port', 'x'])).toThrow(/--port[\s\S]*XANTHUS_PUBLIC_URL/);
  });

  it('reads the command credentials', () => {
    expect(parse(['credentials', 'acme', 'billing', '--role', 'viewer', '--follow', 'vps,AUTH']).command)
      .toEqual({ name: 'credentials', tenant: 'acme', credential: 'billing', role: 'viewer', follow: ['VPS', 'AUTH'] });
    expect(() => parse(['credentials', 'acme'])).toThrow(/needs a tenant and a name/);
    expect(() => parse(['strat'])).toThrow(/no command "strat"/);
  });

  it('reads the command reset-link', () => {
    expect(parse(['reset-link', 'acme', 'ada@example.com']).command).toEqual({ name: 'reset-link', tenant: 'acme', email: 'ada@example.com', secondFactorToo: false });
    expect(parse(['reset-link', 'acme', 'ada@example.com', '--second-factor-too']).command).toMatchObject({ secondFactorToo: true });
    expect(() => parse(['reset-link', 'acme'])).toThrow(/needs a tenant and an address/);
    expect(() => parse(['reset-link', '../x', 'ada@example.com'])).toThrow(/not a tenant/);
    expect(() => parse(['--second-factor-too'])).toThrow(/belongs to the command reset-link/);
  });

  it('reads the commands of keys and receipts', () => {
    expect(parse(['rotate-master-key']).command).toEqual({ name: 'rotate-master-key' });
    expect(parse(['rotate-data-keys', 'acme']).command).toEqual({ name: 'rotate-data-keys', tenant: 'acme' });
    expect(parse(['receipt', 'acme']).command).toEqual({ name: 'receipt', tenant: 'acme' });
    expect(parse(['verify-receipt', 'a.json', '--key', '/k.json']).command).toMatchObject({ name: 'verify-receipt', file: expect.stringMatching(/\/a\.json$/), key: '/k.json' });
    expect(() => parse(['rotate-data-keys'])).toThrow(/needs a tenant/);
    expect(() => parse(['receipt', '../x'])).toThrow(/not a tenant/);
    expect(() => parse(['verify-receipt'])).toThrow(/needs a file/);
    expect(() => parse(['--key', 'x'])).toThrow(/belongs to the command verify-receipt/);
    expect(parse(['verify-audit', '/a.jsonl', '--keys', '/k.json']).command).toEqual({ name: 'verify-audit', file: '/a.jsonl', keys: '/k.json' });
    expect(() => parse(['verify-audit'])).toThrow(/needs a file/);
    expect(() => parse(['--keys', 'x'])).toThrow(/belongs to the command verify-audit/);
  });
});

describe('ownerOf', () => {
  it('refuses a weak password before anything is started', () => {
    expect(() => ownerOf({ XANTHUS_OWNER_EMAIL: 'ada@example.com', XANTHUS_OWNER_PASSWORD: 'short', XANTHUS_TENANT: 'acme' })).toThrow(/at least 12 characters/);
  });
  it('needs all three', () => {
    expect(() => ownerOf({ XANTHUS_OWNER_PASSWORD: 'correct horse battery' })).toThrow(/XANTHUS_OWNER_EMAIL[\s\S]*XANTHUS_TENANT/);
    expect(ownerOf({})).toBeUndefined();
  });
});
