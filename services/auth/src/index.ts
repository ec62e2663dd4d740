export { authDeclarations } from './declarations.js';
export { startAuth } from './start-auth.js';
export { eventSchemas as authEventSchemas } from './domain/aggregates.js';
export { projections as authProjections } from './views/index.js';
