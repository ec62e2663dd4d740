import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EnvironmentError, parseEnvironment, serviceConfig } from './environment.js';

const GOOD = { XANTHUS_SERVICE_KEY_FILE: '/keys/service-vps.jwk', XANTHUS_SERVICE_JWKS_FILE: '/keys/service-jwks.json' };

const problemsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the environment', () => {
  it('fills in what has a default', () => {
    expect(parseEnvironment(serviceConfig, GOOD)).toMatchObject({ XANTHUS_NATS_URL: 'nats://127.0.0.1:4222', LOG_LEVEL: 'info', XANTHUS_HEALTH_HOST: '127.0.0.1' });
  });

  it('takes a port as a number, and an empty variable as not set', () => {
    const config = parseEnvironment(serviceConfig, { ...GOOD, XANTHUS_HEALTH_PORT: '0', LOG_FORMAT: '', XANTHUS_NATS_CREDENTIALS: '' });
    expect(config.XANTHUS_HEALTH_PORT).toBe(0);
    expect(config.LOG_FORMAT).toBeUndefined();
    expect(config.XANTHUS_NATS_CREDENTIALS).toBeUndefined();
  });

  it('tells every mistake at once, in sentences', () => {
    const problems = problemsOf(() => parseEnvironment(serviceConfig, { LOG_LEVEL: 'loud', XANTHUS_HEALTH_PORT: '99999' }));
    expect(problems).toHaveLength(4);
    expect(problems).toContain('XANTHUS_SERVICE_KEY_FILE is not set (private ed25519 key of this service (JWK)).');
    expect(problems.find(p => p.startsWith('LOG_LEVEL'))).toMatch(/does not fit/);
    expect(problems.find(p => p.startsWith('XANTHUS_HEALTH_PORT'))).toMatch(/65535/);
    for (const problem of problems) expect(problem).toMatch(/\.$/);
  });

  it('never repeats the value: it may be a secret', () => {
    const schema = serviceConfig.extend({ XANTHUS_OWNER_PASSWORD: z.string().min(12) });
    expect(problemsOf(() => parseEnvironment(schema, { ...GOOD, XANTHUS_OWNER_PASSWORD: 'canary-7' })).join()).not.toContain('canary');
  });
});
