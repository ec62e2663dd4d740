export { auditDeclarations } from './declarations.js';
export { startAudit } from './start-audit.js';
export { eventSchemas as auditEventSchemas } from './aggregates.js';
export { projections as auditProjections } from './views/index.js';
