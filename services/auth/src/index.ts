export { authDeclarations } from './declarations.js';
export { startAuth } from './start-auth.js';
