import type { JsonSchema } from './json-schema.js';

/** The body of a refusal. */
export const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    code: { type: 'string', description: 'A code of the protocol, or a service\'s own `AREA.REASON`.' },
    message: { type: 'string', description: 'What is wrong and what to do.' },
    retryable: { type: 'boolean' },
    details: { description: 'Depends on the code; for `INVALID` the paths that do not fit.' },
  },
  required: ['code', 'message', 'retryable'],
};
