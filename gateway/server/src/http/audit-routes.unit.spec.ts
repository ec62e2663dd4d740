import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { HttpAnswer, HttpRequest } from './answer.js';
import { auditRoutes } from './audit-routes.js';
import type { HttpContext } from './context.js';

const refused: string[] = [];
const checks: (() => void)[] = [];
const context = {
  caller: async (raw: { readonly who: string }) => ({ kind: 'person', claims: { tenant: 'acme', sub: raw.who, sid: 's' } }), capabilities: { current: () => true, document: () => ({ streams: {} }), allows: () => true },
  access: { onSessionEnd: () => () => undefined }, metrics: { refused: (limit: string) => { refused.push(limit); } }, audit: { search: (_sources: unknown, _search: unknown, check: () => void) => { checks.push(check); return (async function* () { /* nothing fits */ })(); } },
} as unknown as HttpContext;
const handler = auditRoutes(context).find(r => r.path === '/api/audit')?.handler;
const ask = async (who = 'ada', socket = new EventEmitter()): Promise<HttpAnswer> => {
  const answer = await handler?.({ raw: { who, socket }, query: new URLSearchParams() } as unknown as HttpRequest);
  if (answer === undefined) throw new Error('no route');
  return answer;
};
const read = async ({ stream }: HttpAnswer): Promise<string> => {
  let text = '';
  for await (const chunk of stream?.chunks ?? []) text += String(chunk);
  return text;
};

describe('files of the log at once', () => {
  it('are few for a person, counted until the last chunk is taken or the connection is gone', async () => {
    const gone = new EventEmitter();
    const [first] = [await ask(), await ask(), await ask('ada', gone)];
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'RATE_LIMITED', details: { limit: 'audit_reads_per_user', max: 3 } } });
    expect(refused).toEqual(['audit_reads_per_user']);
    expect((await ask('bob')).headers).toHaveProperty('xanthus-left-out');
    expect(await read(first)).toContain('Not included, for you may not follow them: ');
    await ask();
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'RATE_LIMITED' } });
    gone.emit('close');
    expect(gone.listenerCount('close')).toBe(0);
    await ask();
    await expect(ask()).rejects.toMatchObject({ problem: { code: 'RATE_LIMITED' } });
  });

  it('are read no further for a connection that is gone, whatever is left and however little fits', async () => {
    const gone = new EventEmitter();
    await ask('eve', gone);
    const check = checks.at(-1) ?? (() => undefined);
    expect(check).not.toThrow();
    gone.emit('close');
    expect(check).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'UNAVAILABLE' }) }));
  });
});
