/** Injection token of the `VpsContext`. */
export const VPS_CONTEXT = Symbol('context of vps');
