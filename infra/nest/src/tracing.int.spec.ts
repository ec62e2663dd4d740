import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTracing } from './tracing.js';

interface Span { readonly name: string; readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly status: { code?: number } }

describe('tracing', () => {
  const spans: Span[] = [];
  let received = '';
  let server: Server;
  let endpoint: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        received += body;
        if (request.url === '/v1/traces') for (const r of (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans) for (const s of r.scopeSpans) spans.push(...s.spans);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>(resolve => {
    server.closeAllConnections();
    server.close(() => resolve());
  }));

  it('off: passes the given parent through and sends nothing', async () => {
    const tracing = await startTracing({ service: 'vps' });
    expect(await tracing.span('x', 'parent', async traceparent => traceparent)).toBe('parent');
    await tracing.stop();
    expect(spans).toEqual([]);
  });

  it('on: a span under its parent goes to the endpoint, and its own traceparent goes on', async () => {
    const tracing = await startTracing({ service: 'vps', endpoint });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const inner = await tracing.span('cmd server new adopt', `00-${traceId}-b7ad6b7169203331-01`, async traceparent => traceparent);
    await expect(tracing.span('fails', undefined, async () => {
      throw new Error('no');
    })).rejects.toThrow('no');
    await tracing.stop();
    expect(received).toContain('{"key":"service.name","value":{"stringValue":"vps"}}');
    const [adopt, fails] = spans;
    expect(adopt).toMatchObject({ name: 'cmd server new adopt', traceId, parentSpanId: 'b7ad6b7169203331' });
    expect(inner).toBe(`00-${traceId}-${adopt?.spanId}-01`);
    expect(fails).toMatchObject({ name: 'fails', status: { code: 2 } });
  });
});
