/** Injection token of the `VpsContext`. */
export const VPS_CONTEXT = Symbol('context of vps');
/** Finds where a server is rented. */
export const FIND_AT_PROVIDER = Symbol('finds a server at its provider');
/** Of what providers sell, as it was asked a moment ago. */
export const CATALOGUE = Symbol('catalogue of providers');
/** With which this service signs what it asks others. */
export const SIGNER = Symbol('signer of vps');
