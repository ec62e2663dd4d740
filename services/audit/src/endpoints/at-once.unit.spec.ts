import { describe, expect, it } from '@jest/globals';
import { atOnce } from './at-once.js';

const held = (): { readonly work: () => Promise<void>; end(): void } => {
  let end = (): void => undefined;
  const ended = new Promise<void>(resolve => { end = resolve; });
  return { work: () => ended, end: () => end() };
};

describe('what is verified at once', () => {
  it('is limited for one person, and free again when it has ended, well or not', async () => {
    const limits = atOnce(1, 9);
    const first = held();
    const running = limits.run('ada', first.work);
    await expect(limits.run('ada', first.work)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryable: true, details: { max: 1 } });
    expect(await limits.run('bob', async () => 'his own')).toBe('his own');
    first.end();
    await running;
    await expect(limits.run('ada', () => Promise.reject(new Error('NATS went away')))).rejects.toThrow('NATS went away');
    expect(await limits.run('ada', async () => 'again')).toBe('again');
  });

  it('is limited for all', async () => {
    const limits = atOnce(5, 2);
    const both = [held(), held()];
    const running = both.map((one, i) => limits.run(`person ${i}`, one.work));
    await expect(limits.run('third', async () => {})).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    for (const one of both) one.end();
    await Promise.all(running);
    await expect(limits.run('third', async () => 1)).resolves.toBe(1);
  });
});
