import { describe, expect, it } from '@jest/globals';
import { CLIENT_OPS, ERROR_CODES } from '@xanthus/proto';
import fc from 'fast-check';
import { batches } from './encode.js';
import { parseFrame, tooDeep } from './parse-frame.js';
import { payloadText } from './payload.js';

const limits = { json_depth: 32 };

describe('parseFrame', () => {
  it('takes each op in its smallest form', () => {
    const data: Record<string, object> = { credit: { n: 1 }, auth: { token: 't' } };
    for (const op of CLIENT_OPS) expect(parseFrame(JSON.stringify({ op, target: 'a.b', data: data[op] }), limits)).toHaveProperty('frame.op', op);
  });

  it('echoes inbox and target of a bad frame, where they can be read', () => {
    expect(parseFrame('{"op":"sub","target":7,"inbox":"i"}', limits)).toMatchObject({ inbox: 'i', problem: { code: 'BAD_FRAME' } });
    expect(parseFrame('{"op":"x","target":"t","inbox":"i"}', limits)).toMatchObject({ inbox: 'i', target: 't', problem: { code: 'UNKNOWN_OP' } });
    expect(parseFrame(JSON.stringify({ op: 'x', inbox: 'i'.repeat(65) }), limits)).not.toHaveProperty('inbox');
  });

  it('translates frames of before version 1', () => {
    expect(parseFrame('{"type":"subscribe","topic":"sig.a"}', limits)).toEqual({ frame: { op: 'sub', target: 'sig.a' }, older: true });
    expect(parseFrame('{"type":"unsubscribe","topic":"sig.a"}', limits)).toEqual({ frame: { op: 'unsub', target: 'sig.a' }, older: true });
    expect(parseFrame('{"type":"subscribe"}', limits)).toMatchObject({ problem: { code: 'BAD_FRAME' } });
    expect(parseFrame('{"type":"shout","topic":"sig.a"}', limits)).toMatchObject({ problem: { code: 'BAD_FRAME' } });
    expect(parseFrame('{"op":"ping","type":"subscribe","topic":"sig.a"}', limits)).toEqual({ frame: { op: 'ping' } });
  });

  it('ignores unknown fields', () => {
    expect(parseFrame('{"op":"ping","extra":{"a":1}}', limits)).toHaveProperty('frame.op', 'ping');
  });

  it('never throws and always answers with a listed code, whatever comes', () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.record({ op: fc.constantFrom(...CLIENT_OPS), target: fc.anything(), data: fc.anything(), inbox: fc.anything(), v: fc.anything() }).map(v => {
      try {
        return JSON.stringify(v) ?? '';
      } catch {
        return '{';
      }
    }));
    fc.assert(fc.property(anything, (text) => {
      const parsed = parseFrame(text, limits);
      if ('problem' in parsed) expect(ERROR_CODES).toHaveProperty(parsed.problem.code);
    }), { numRuns: 2_000 });
  }, 20_000);
});

describe('tooDeep', () => {
  it('agrees with the depth of the value', () => {
    const depth = (v: unknown): number => (typeof v === 'object' && v !== null ? 1 + Math.max(0, ...Object.values(v).map(depth)) : 0);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(8), (value, limit) => {
      expect(tooDeep(JSON.stringify(value), limit)).toBe(depth(value) > limit);
    }));
  });
});

describe('payloadText', () => {
  it('is the JSON as it is, or the bytes in base64', () => {
    fc.assert(fc.property(fc.json(), (text) => { expect(payloadText(Buffer.from(text))).toBe(text); }));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const value: unknown = JSON.parse(payloadText(bytes));
      if (typeof value === 'object' && value !== null && '$base64' in value) expect(Buffer.from(String(value.$base64), 'base64')).toEqual(Buffer.from(bytes));
    }));
    expect(payloadText(new Uint8Array())).toBe('{"$base64":""}');
  });
});

describe('batches', () => {
  it('keeps every frame, in order, within the limit where a frame fits it', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue().map(v => JSON.stringify(v))), fc.integer({ min: 1, max: 100 }), (frames, limit) => {
      const out = batches(frames, limit);
      expect(out.reduce((sum, b) => sum + b.count, 0)).toBe(frames.length);
      expect(out.flatMap(b => (b.count === 1 ? [b.text] : (JSON.parse(b.text) as unknown[]).map(v => JSON.stringify(v))))).toEqual(frames.map(f => (out.find(b => b.text === f) ? f : JSON.stringify(JSON.parse(f)))));
      for (const b of out) expect(b.count === 1 || b.text.length <= limit + b.count + 2).toBe(true);
    }));
  });
});
