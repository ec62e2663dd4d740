import { z } from 'zod';
import { suggestion } from './suggest.js';
import { isBranch, type Path } from './tree.js';

export interface UnknownField { readonly path: Path; readonly message: string }

const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType => {
  const { def } = schema._zod as { readonly def: { readonly type: string; readonly innerType?: z.core.$ZodType } };
  return ['optional', 'nullable', 'default', 'prefault'].includes(def.type) && def.innerType ? unwrapped(def.innerType) : schema;
};

/** Names in `value` that the schema does not know and would silently drop: nearly always a slip of the pen. */
export const unknownFields = (schema: z.core.$ZodType, value: unknown, path: Path = []): readonly UnknownField[] => {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodArray) return Array.isArray(value) ? value.flatMap((item, i) => unknownFields(bare.element, item, [...path, i])) : [];
  if (!isBranch(value)) return [];
  if (bare instanceof z.ZodRecord) return Object.entries(value).flatMap(([name, item]) => unknownFields(bare.valueType as z.core.$ZodType, item, [...path, name]));
  if (bare instanceof z.ZodDiscriminatedUnion) {
    const fits = bare.options.find(option => option instanceof z.ZodObject && Object.entries(option.shape).some(([name, field]) => field instanceof z.ZodLiteral && field.values.has(value[name] as never)));
    return fits ? unknownFields(fits, value, path) : [];
  }
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = Object.hasOwn(bare.shape, name) ? (bare.shape as Readonly<Record<string, z.core.$ZodType>>)[name] : undefined;
    return field === undefined ? [{ path: [...path, name], message: `There is no field "${name}" here.${suggestion(name, Object.keys(bare.shape))}` }] : unknownFields(field, item, [...path, name]);
  });
};
