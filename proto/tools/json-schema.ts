import { z } from 'zod';

export type JsonSchema = { readonly [keyword: string]: unknown };

const known = new WeakMap<z.ZodType, JsonSchema>();

/** What `written` says. Each is worked out once, for that is slow; what is handed out is the caller's own. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  let made = known.get(schema);
  if (made === undefined) known.set(schema, made = written(schema));
  return structuredClone(made);
};

/**
 * `io: "input"`: what a reader accepts. Unknown fields stay allowed, so that a message of next month passes a validator of today.
 * Where a format says it all, zod's long pattern and JavaScript's bounds of whole numbers are left out.
 */
const written = (schema: z.ZodType): JsonSchema => {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema: _, ...rest } = made;
  return rest as JsonSchema;
};

/** As a file of its own. */
export const schemaDocument = (title: string, description: string, schema: JsonSchema): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema', title, description, ...schema,
});
