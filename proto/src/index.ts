export { derivationText, INSTALLATION, isTenantSlug, isUlid, TENANT_SLUG, TOKEN, ULID, ulidOf } from './ids.js';
export {
  blobSubject, commandSubject, eventSubject, externalSubject, insideSubject, keySubject, markerSubject, metricsSubject, parseCommandSubject, parseEventSubject, parseQuerySubject, parseViewKey,
  querySubject, seriesSubject, signalSubject, streamName, streamSubjects, timerSubject, viewKey, type AggregateRef, type CommandRef, type QueryRef,
} from './subjects.js';
export { BLOB_BYTES, BLOB_SECONDS, blobReference, INPUT_BYTES, type BlobReference } from './blobs.js';
export { allows, contains, isPattern, matches, NO_CAPABILITIES, type CapabilityDocument, type CapabilityRequest } from './capabilities.js';
export { CLOSE_CODES, ERROR_CODES, mayReconnect, type GatewayCode, type Problem } from './codes.js';
export { actor, eventEnvelope, subjectToken, tenantSlug, ulid, written, type Actor, type EventEnvelope, type ViewValue, type Written } from './envelope.js';
export { ACCESS_TOKEN_TTL, accessClaims, HEADERS, IDENTITY_TTL, identityClaims, type AccessClaims, type IdentityClaims } from './identity.js';
export {
  defineCommand, defineEvent, defineQuery, defineSignal, defineView, type CommandContract, type DataOf, type EventContract, type EventOf, type InputOf, type OutputOf, type ParsedInputOf,
  type QueryContract, type SignalContract, type ViewContract,
} from './contract.js';
export { changedFields, type FieldChange } from './changed-fields.js';
export { healthQuery, type ServiceHealth } from './health.js';
export { viewAtQuery, viewHistoryQuery, type PastRow, type RowChange, type ViewAt, type ViewHistory } from './past.js';
export {
  CLIENT_OPS, clientFrames, CONNECTION_STATES, policy, PROTOCOL_VERSION, RESET_REASONS, SUB_PROTOCOL, SUBSCRIPTION_STATES, type ClientFrame, type ClientOp, type ConnectionState,
  type HelloData, type KvChange, type Limits, type Policy, type ResetReason, type ServerFrame, type SignalMessage, type StreamMessage, type SubscribeReply, type SubscriptionState,
} from './frames.js';
export {
  parseTtyFrame, TTY_CREDIT, TTY_KIND, TTY_SERVICE, TTY_SUB_PROTOCOL, ttyBytes, ttyControl, ttyJson, ttySubject, type TtyAttach, type TtyAttached, type TtyControlIn, type TtyControlUp,
  type TtyFrame, type TtyHello, type TtyReplay, type TtyVerb,
} from './tty.js';
export {
  creditBody, parseTunnelFrame, parseTunnelOpenSubject, tunnelFrame, tunnelOpenSubject, tunnelSubject, TUNNEL_BEAT, TUNNEL_KIND, TUNNEL_SERVICE, TUNNEL_SILENCE, TUNNEL_WINDOW, type TunnelFrame, type TunnelKind, type TunnelOpen, type TunnelRef,
} from './tunnel.js';
export { findPermission, GRANTABLE, joinCapabilities, NOT_GRANTABLE, PERMISSIONS, rightsOf, type Permission } from './permissions.js';
export { SERVICE_RIGHTS, SERVICES, type ServiceContracts, type ServiceName } from './services.js';
export { GATEWAY_ROUTES, HTTP_ROWS, type HttpRow } from './http.js';
export { VERSION } from './version.js';
