import type { IdentityRequest } from '@xanthus/nest';

/** Who asks, of a request or of a connection. A key's `session` is the key itself: it ends with it. */
export interface Asking { readonly kind: 'person' | 'credential'; readonly id: string; readonly tenant: string; readonly session: string; /** Of a person: `Access.provedUntil` of the session. */ readonly proved_until?: number | undefined }

/** How services are told who asks; the one place that decides it. */
export const identityOf = ({ kind, id, tenant, session, proved_until }: Asking): Omit<IdentityRequest, 'aud'> => ({ sub: id, kind, tenant, ...(kind === 'person' ? { sid: session, ...(proved_until === undefined ? {} : { proved_until }) } : {}) });
