export { AUDIT_BLOCK_EVENTS, AUDIT_PROBLEMS, auditBlocks, auditFilter, auditFind, auditThing, auditVerify, blockSealed, chainView, type AuditProblem } from './chains.js';
