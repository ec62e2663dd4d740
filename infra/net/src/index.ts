export { AddressError, addressKind, PUBLIC_ONLY, resolveAddresses, type AddressKind, type AddressPolicy, type Endpoint, type Lookup } from './address.js';
export { createSafeFetch, FetchError, type SafeFetch, type SafeFetchOptions } from './safe-fetch.js';
export { configuredEndpoint, natsPorts, outgoingAllow } from './outgoing.js';
