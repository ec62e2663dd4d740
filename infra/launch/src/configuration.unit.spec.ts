import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf } from './environments.js';
import { HELP } from './options.js';

const page = readFileSync('docs/configuration.md', 'utf8');
/** Handed from the launcher to its own child. */
const INTERNAL = ['XANTHUS_ENVIRONMENTS'];

const sourcesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.(ts|mjs)$/.test(file) && !/(^|\/)(node_modules|dist)\/|\.(spec|fixture|fixtures|features)\.ts$|testing/.test(file)).map(file => join(folder, file));

describe('docs/configuration.md', () => {
  it('names every variable that the code reads, and no other', () => {
    const found = new Set<string>();
    for (const file of [...['infra', 'services', 'gateway'].flatMap(sourcesIn), 'web/vite.config.ts']) {
      for (const [name] of readFileSync(file, 'utf8').matchAll(/\b(XANTHUS_[A-Z_]+[A-Z]|OTEL_[A-Z_]+|LOG_LEVEL|LOG_FORMAT|[A-Z_]+_BIN)\b/g)) found.add(name);
    }
    const told = new Set([...page.matchAll(/`(XANTHUS_[A-Z_]+|OTEL_[A-Z_]+|LOG_LEVEL|LOG_FORMAT|[A-Z_]+_BIN)\b/g)].map(m => m[1] ?? ''));
    expect([...told].sort()).toEqual([...found].filter(name => !INTERNAL.includes(name)).sort());
  });

  it('agrees with --help', () => {
    for (const [, option = '', variable] of HELP.matchAll(/^ {2}(--[a-z-]+).*?(XANTHUS_\w+(?:=0)?)?$/gm)) {
      if (option !== '--help') expect(page).toContain(variable === undefined ? `| \`${option}\` | |` : `| \`${option}\` | \`${variable}\` |`);
    }
  });
});

describe('the environment of a program', () => {
  const surroundings = { options: { data: '/data', host: '127.0.0.1', publicUrl: undefined }, port: 7700, natsUrl: 'nats://127.0.0.1:4222', webDir: '/web' };
  const given = { XANTHUS_OPERATOR_DIR: '/operator', XANTHUS_MASTER_KEY_FILE: '/master.key', XANTHUS_SSH_ALLOW: 'private' };

  it('has its own secrets and no others', () => {
    for (const program of ['vps', 'gateway'] as const) {
      const environment = environmentOf(program, { ...surroundings, natsCredentials: '/creds' }, given);
      expect(environment).toMatchObject({ XANTHUS_SSH_ALLOW: 'private', XANTHUS_NATS_CREDENTIALS: '/creds', XANTHUS_SERVICE_KEY_FILE: `/data/keys/service-${program}.jwk` });
      expect(environment).not.toHaveProperty('XANTHUS_OPERATOR_DIR');
      expect(environment).not.toHaveProperty('XANTHUS_MASTER_KEY_FILE');
    }
  });

  it('names the operator of the NATS that is used', () => {
    expect(environmentOf('auth', surroundings, given)['XANTHUS_OPERATOR_DIR']).toBe('/data/operator');
    expect(environmentOf('auth', { ...surroundings, natsCredentials: '/creds' }, given)).toMatchObject({ XANTHUS_OPERATOR_DIR: '/operator', XANTHUS_MASTER_KEY_FILE: '/master.key' });
    expect(environmentOf('auth', { ...surroundings, natsCredentials: '/creds' }, {})).not.toHaveProperty('XANTHUS_OPERATOR_DIR');
  });
});
