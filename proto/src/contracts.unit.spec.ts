import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, ERROR_CODES, mayReconnect } from './codes.js';
import { actor, eventEnvelope } from './envelope.js';
import { CLIENT_OPS, clientFrames } from './frames.js';
import { GATEWAY_ROUTES, HTTP_ROWS } from './http.js';
import { isTenantSlug, isUlid } from './ids.js';
import { identityClaims } from './identity.js';
import { commandSubject, querySubject } from './subjects.js';
import { isPattern } from './capabilities.js';
import { SERVICE_RIGHTS, SERVICES } from './services.js';
import type { CommandContract, EventContract, QueryContract, SignalContract, ViewContract } from './contract.js';

const services = Object.values(SERVICES);
const commands = services.flatMap((s): CommandContract[] => Object.values(s.commands));
const queries = services.flatMap((s): QueryContract[] => Object.values(s.queries));
const events = services.flatMap((s): EventContract[] => Object.values(s.events));
const signals = services.flatMap((s): SignalContract[] => Object.values(s.signals));
const views = services.flatMap((s): ViewContract[] => Object.values(s.views));
const duplicates = (names: readonly string[]): string[] => names.filter((n, i) => names.indexOf(n) !== i);

describe('the contracts', () => {
  it('have no two of one name', () => {
    expect(duplicates(commands.map(c => `${c.service} ${c.aggregate} ${c.verb}`))).toEqual([]);
    expect(duplicates(queries.map(q => `${q.service} ${q.question}`))).toEqual([]);
    expect(duplicates(events.map(e => `${e.service} ${e.type}`))).toEqual([]);
    expect(duplicates(views.map(v => `${v.service} ${v.view}`))).toEqual([]);
  });

  it('stand under the service and the name that they say', () => {
    for (const [name, s] of Object.entries(SERVICES)) {
      for (const c of [...Object.values(s.commands), ...Object.values(s.queries), ...Object.values(s.events), ...Object.values(s.views)]) expect(c.service).toBe(name);
      for (const [key, e] of Object.entries<EventContract>(s.events)) expect(e.type).toBe(key);
      for (const [key, v] of Object.entries<ViewContract>(s.views)) expect(v.view).toBe(key);
    }
  });

  it('make valid subjects', () => {
    for (const c of commands) commandSubject({ tenant: 'acme', service: c.service, aggregate: c.aggregate, id: 'new', verb: c.verb });
    for (const q of queries) querySubject({ tenant: 'acme', service: q.service, question: q.question, id: 'all' });
    expect(queries.map(q => q.question)).not.toContain('view');
  });

  it('have examples that fit, a sentence, and deadlines that a request can keep', () => {
    for (const c of [...commands, ...queries]) {
      expect([c.summary, c.input.safeParse(c.example).error]).toEqual([c.summary, undefined]);
      expect(c.deadline).toBeLessThanOrEqual(30_000);
      expect(c.summary).toMatch(/[.?]$/);
    }
    for (const e of [...events, ...views, ...signals]) expect([e.summary, e.data.safeParse(e.example).error]).toEqual([e.summary, undefined]);
  });

  it('survive JSON: what is parsed, written and read again parses the same', () => {
    for (const e of [...events, ...views]) {
      const once = e.data.parse(e.example);
      expect(e.data.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }
  });

  it('name refusals as AREA.REASON', () => {
    for (const c of [...commands, ...queries]) for (const code of c.errors) expect(code).toMatch(/^[A-Z][A-Z_]*\.[A-Z][A-Z_]*$/);
  });

  it('keep secrets out of events and views', () => {
    const SECRET = /password|private_key|passphrase|token$|creds/;
    for (const c of [...events, ...views, ...signals]) {
      const walk = (value: unknown): string[] => (typeof value !== 'object' || value === null ? [] : Object.entries(value).flatMap(([k, v]) => [k, ...walk(v)]));
      const fields = walk(c.example).filter(f => SECRET.test(f) && !f.startsWith('has_') && !f.endsWith('_at'));
      expect([c.summary, fields]).toEqual([c.summary, []]);
    }
  });

  it('of the stored kind accept fields of a later version', () => {
    for (const e of events) expect(e.data.safeParse({ ...(e.example as object), of_next_month: 1 }).success).toBe(true);
  });
});

describe('the table of what services may ask', () => {
  it('has patterns of commands and queries of services that exist', () => {
    for (const [, patterns] of Object.entries(SERVICE_RIGHTS)) {
      for (const p of patterns) {
        expect(isPattern(p)).toBe(true);
        const [kind = '', , service = ''] = p.split('.');
        expect(['cmd', 'qry']).toContain(kind);
        expect(Object.keys(SERVICES)).toContain(service);
      }
    }
  });
});

describe('the HTTP rows', () => {
  const all = [...HTTP_ROWS, ...GATEWAY_ROUTES];

  it('have no route twice', () => {
    expect(duplicates(all.map(r => `${r.method} ${r.path}`))).toEqual([]);
  });

  it('have a literal route before one with a parameter that would take it', () => {
    const shadows = HTTP_ROWS.flatMap((earlier, i) => HTTP_ROWS.slice(i + 1).filter(later => {
      const [a, b] = [earlier.path.split('/'), later.path.split('/')];
      return earlier.method === later.method && a.length === b.length && a.every((t, j) => t.startsWith(':') || t === b[j]);
    }).map(later => `${earlier.method} ${earlier.path} hides ${later.path}`));
    expect(shadows).toEqual([]);
  });

  it('have :id exactly where the target needs one', () => {
    for (const r of HTTP_ROWS) {
      // all that belongs to one thing, or to any
      if (r.target.kind === 'view' && r.target.within === true) continue;
      const needs = r.target.kind === 'view' ? r.one === true : r.target.on === 'id' && r.named === undefined;
      // of one's own: the id is the person's where the path has none
      if (r.own !== true || !needs) expect([r.method, r.path, r.path.includes(':id')]).toEqual([r.method, r.path, needs]);
    }
  });

  it('read views and questions without a body, and write by POST or DELETE', () => {
    for (const r of HTTP_ROWS) {
      if (r.target.kind === 'view') expect(r.method).toBe('GET');
      if (r.target.kind === 'command') expect(['POST', 'DELETE']).toContain(r.method);
      if (r.method !== 'POST' && r.target.kind !== 'view') expect([r.path, r.target.input.safeParse({}).success]).toEqual([r.path, true]);
    }
  });

  it('lead to contracts that exist', () => {
    const known = new Set<unknown>([...commands, ...queries, ...views]);
    for (const r of HTTP_ROWS) expect([r.path, known.has(r.target)]).toEqual([r.path, true]);
  });
});

describe('frames', () => {
  it('carry their own op, and ignore unknown fields', () => {
    for (const op of CLIENT_OPS) expect(clientFrames[op].shape.op.value).toBe(op);
    expect(clientFrames.ping.parse({ op: 'ping', of_next_month: 1 })).toEqual({ op: 'ping' });
  });

  it.each([
    ['js_sub', { op: 'js_sub', target: 'VPS', inbox: 'a', data: { filter: 'evt.acme.>', last_seq: 4, epoch: 'e' } }, true],
    ['js_sub', { op: 'js_sub', target: 'VPS', data: { credit: 0 } }, false],
    ['js_sub', { op: 'js_sub', target: 'VPS', data: { batch: 1_001 } }, false],
    ['js_sub', { op: 'js_sub', target: '', data: {} }, false],
    ['kv_sub', { op: 'kv_sub', target: 'vps', data: { last_revision: -1 } }, false],
    ['sub', { op: 'sub', target: 'sig.acme.>', inbox: 'é' }, false],
    ['sub', { op: 'sub', target: 'sig.acme.>', inbox: 'x'.repeat(65) }, false],
    ['sub', { op: 'sub', target: 'sig.acme.>', v: 2 }, false],
    ['cmd', { op: 'cmd', target: 'cmd.acme.vps.server.new.adopt', data: { name: 'x' }, idempotency_key: '' }, false],
    ['credit', { op: 'credit', target: 'VPS' }, false],
    ['auth', { op: 'auth', data: { token: 'x'.repeat(5_000) } }, false],
  ] as const)('%s %j fits: %s', (op, frame, fits) => {
    expect(clientFrames[op].safeParse(frame).success).toBe(fits);
  });
});

describe('codes', () => {
  it('of closing say by their range who may come back', () => {
    for (const [name, code] of Object.entries(CLOSE_CODES)) expect([name, mayReconnect(code)]).toEqual([name, ['GOING_AWAY', 'SLOW_CONSUMER', 'DRAINING', 'UNAVAILABLE'].includes(name)]);
    expect(mayReconnect(1006)).toBe(true);
  });

  it('of errors are sentences with a fitting HTTP status', () => {
    for (const e of Object.values(ERROR_CODES)) {
      expect(e.meaning).toMatch(/\.$/);
      expect(e.http).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('ids and envelope', () => {
  it('take a lower-case ULID only', () => {
    expect(isUlid('01jd3x8e2v5y9w4z7q6r1s0tab')).toBe(true);
    for (const id of ['01JD3X8E2V5Y9W4Z7Q6R1S0TAB', '81jd3x8e2v5y9w4z7q6r1s0tab', '01jd3x8e2v5y9w4z7q6r1s0ta', '01jd3x8e2v5y9w4z7q6r1s0tail', '01jd3x8e2v5y9w4z7q6r1s0tab\n', '']) expect(isUlid(id)).toBe(false);
  });

  it('take a slug that can be a subject token', () => {
    for (const slug of ['acme', 'a1', 'a-b']) expect(isTenantSlug(slug)).toBe(true);
    for (const slug of ['a', '1a', '-a', 'Acme', 'a.b', 'a_b', 'a'.repeat(32), 'acme\n', '']) expect(isTenantSlug(slug)).toBe(false);
  });

  it('have no place for an address: what is not named is dropped', () => {
    expect(actor.parse({ kind: 'person', id: '1', address: '192.0.2.1' })).toEqual({ kind: 'person', id: '1' });
    expect(eventEnvelope.safeParse({ id: 'x' }).success).toBe(false);
  });

  it('of an identity need every claim', () => {
    const claims = { iss: 'service:vps', sub: 'service:vps', kind: 'service', tenant: 'acme', aud: 'auth', exp: 2, iat: 1 };
    expect(identityClaims.safeParse(claims).success).toBe(true);
    for (const name of Object.keys(claims)) expect(identityClaims.safeParse({ ...claims, [name]: undefined }).success).toBe(false);
    expect(identityClaims.safeParse({ ...claims, iss: 'vps' }).success).toBe(false);
  });
});
