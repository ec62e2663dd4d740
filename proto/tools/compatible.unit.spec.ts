import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { breaks } from './compatible.js';
import { jsonSchemaOf } from './json-schema.js';

const change = (before: z.ZodType, after: z.ZodType): readonly string[] => breaks(jsonSchemaOf(before), jsonSchemaOf(after));
const BASE = z.object({ name: z.string().max(10), kind: z.enum(['a', 'b']), size: z.int(), note: z.string().nullable(), tags: z.array(z.string()), byKey: z.record(z.string(), z.int()) });

describe('a change of a stored shape', () => {
  it.each<[string, z.ZodType]>([
    ['nothing', BASE],
    ['a new optional field', BASE.extend({ port: z.int().optional() })],
    ['a new field with a default', BASE.extend({ port: z.int().default(22) })],
    ['a wider enum', BASE.extend({ kind: z.enum(['a', 'b', 'c']) })],
    ['a looser limit', BASE.extend({ name: z.string().max(20) })],
    ['a whole number that becomes any number', BASE.extend({ size: z.number() })],
    ['a field that need not be there any more', BASE.extend({ size: z.int().optional() })],
    ['a field that may be null now', BASE.extend({ name: z.string().max(10).nullable() })],
  ])('is compatible: %s', (_what, after) => {
    expect(change(BASE, after)).toEqual([]);
  });

  it.each<[string, z.ZodType, RegExp]>([
    ['a field that is gone', BASE.omit({ size: true }), /size: is gone/],
    ['a new required field', BASE.extend({ port: z.int() }), /port: is required now/],
    ['another type', BASE.extend({ size: z.string() }), /size: was integer, is string/],
    ['a narrower enum', BASE.extend({ kind: z.enum(['a']) }), /does not take b/],
    ['a tighter limit', BASE.extend({ name: z.string().max(5) }), /name: maxLength is tighter/],
    ['a new pattern', BASE.extend({ name: z.string().max(10).regex(/^x/) }), /name: pattern is tighter/],
    ['null refused', BASE.extend({ note: z.string() }), /note: no alternative reads/],
    ['other items', BASE.extend({ tags: z.array(z.int()) }), /tags\[\]: was string, is integer/],
    ['other values of a record', BASE.extend({ byKey: z.record(z.string(), z.string()) }), /byKey\[\]: was integer/],
    ['unknown fields refused', z.strictObject(BASE.shape), /unknown fields are refused/],
    ['an optional field that becomes required', BASE.extend({ size: z.int() }).required(), /^$/],
  ])('is a break: %s', (what, after, message) => {
    const before = what.startsWith('an optional') ? BASE.partial({ size: true }) : BASE;
    const found = change(before, after);
    expect(found).toHaveLength(1);
    if (message.source !== '^$') expect(found[0]).toMatch(message);
  });

  it('of one alternative of a union is seen', () => {
    const a = z.object({ kind: z.literal('password'), secret: z.string() });
    const b = z.object({ kind: z.literal('key'), id: z.string() });
    expect(change(z.union([a, b]), z.union([a, b, z.object({ kind: z.literal('agent') })]))).toEqual([]);
    expect(change(z.union([a, b]), a)).toHaveLength(1);
    expect(change(a, z.union([a, b]))).toEqual([]);
  });
});
