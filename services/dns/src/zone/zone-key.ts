/** Marker kinds of this service. */
/** A plan is applied to a zone: one at a time. */
export const ZONE_PLAN = 'zone-plan';
