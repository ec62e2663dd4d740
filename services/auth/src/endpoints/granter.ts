import type { CapabilityMirror, Call } from '@xanthus/nest';

/** The role that whoever asks may hand out at most; null for the installation's own launcher. Without a document: nothing. */
export const granterOf = (rights: Pick<CapabilityMirror, 'document'>, call: Call): string | null =>
  call.identity.kind === 'service' ? null : (rights.document(call.identity.tenant, call.identity.id)?.principal.role ?? 'guest');
