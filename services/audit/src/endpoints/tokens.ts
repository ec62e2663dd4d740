/** Injection token of `AuditContext`. */
export const AUDIT_CONTEXT = Symbol('audit');
