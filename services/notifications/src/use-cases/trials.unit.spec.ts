import { describe, expect, it } from '@jest/globals';
import { countTrials } from './trials.js';

describe('trials of channels', () => {
  it('are twenty in ten minutes, for each tenant', () => {
    let now = 1_000_000;
    const trials = countTrials(() => now);
    for (let i = 0; i < 20; i++, now += 1_000) trials.take('acme');
    expect(() => trials.take('acme')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryable: true, details: { limit: 'channel_tests', max: 20, retry_after_ms: 580_000 } }));
    expect(() => trials.take('globex')).not.toThrow();
    now += 580_000;
    expect(() => trials.take('acme')).not.toThrow();
    expect(() => trials.take('acme')).toThrow('ten minutes');
  });
});
