import { describe, expect, it } from '@jest/globals';
import { createLogger, type LogLevel } from './logger.js';

const capture = (level: LogLevel = 'info'): { log: ReturnType<typeof createLogger>; lines: () => Record<string, unknown>[]; text: () => string } => {
  const written: string[] = [];
  const log = createLogger({ name: 'vps', level, destination: { write: line => void written.push(line) } });
  return { log, lines: () => written.map(l => JSON.parse(l) as Record<string, unknown>), text: () => written.join('') };
};

describe('the log', () => {
  it('is a JSON line with words for the level and ISO for the time', () => {
    const { log, lines } = capture();
    log.info({ correlation_id: 'c1', server: 's1' }, 'adopted');
    expect(lines()).toEqual([{ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), name: 'vps', correlation_id: 'c1', server: 's1', msg: 'adopted' }]);
  });

  it('says nothing below its level', () => {
    const { log, lines } = capture('warn');
    log.info({}, 'quiet');
    log.debug({}, 'quiet');
    log.warn({}, 'loud');
    expect(lines()).toHaveLength(1);
  });

  it('carries fields of a child on every line', () => {
    const { log, lines } = capture();
    log.child({ correlation_id: 'c2' }).info({ a: 1 }, 'x');
    expect(lines()[0]).toMatchObject({ correlation_id: 'c2', a: 1 });
  });

  it.each(['password', 'passphrase', 'private_key', 'privateKey', 'secret', 'token', 'access_token', 'refresh_token', 'creds', 'authorization', 'cookie', 'seed', 'set-cookie', 'Xanthus-Identity'])('hides %s at three depths', field => {
    const { log, text, lines } = capture();
    log.error({ [field]: 'canary-1', input: { [field]: 'canary-2', auth: { [field]: 'canary-3' } } }, 'x');
    expect(text()).not.toContain('canary');
    expect(lines()[0]?.[field]).toBe('[hidden]');
  });

  it('shows an error with its stack', () => {
    const { log, lines } = capture();
    log.error({ err: new Error('broken') }, 'x');
    expect(lines()[0]?.['err']).toMatchObject({ type: 'Error', message: 'broken', stack: expect.stringContaining('logger.unit.spec') });
  });
});
