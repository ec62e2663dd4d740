/** What is read of Oracle's answers: identity and core services of 20160918. */
import { z } from 'zod';

const tags = z.record(z.string(), z.string()).nullish().transform(t => t ?? {});
const lifecycleState = z.string();

export const availabilityDomain = z.object({ name: z.string() });
export const image = z.object({ id: z.string(), displayName: z.string(), operatingSystem: z.string(), operatingSystemVersion: z.string(), timeCreated: z.string(), lifecycleState });
export const instance = z.object({
  id: z.string(), displayName: z.string(), lifecycleState, availabilityDomain: z.string(), shape: z.string(), timeCreated: z.string(), freeformTags: tags,
  shapeConfig: z.object({ ocpus: z.number(), memoryInGBs: z.number() }).nullish(), sourceDetails: z.object({ imageId: z.string().nullish() }).nullish(),
});
export type OciInstance = z.output<typeof instance>;
export const vnicAttachment = z.object({ vnicId: z.string().nullish(), lifecycleState });
export const vnic = z.object({ publicIp: z.string().nullish(), isPrimary: z.boolean().nullish() });
export const vcn = z.object({ id: z.string(), displayName: z.string(), lifecycleState, freeformTags: tags, defaultRouteTableId: z.string(), cidrBlocks: z.array(z.string()).nullish() });
/** Gateways, subnets and lists of rules alike. */
export const part = z.object({ id: z.string(), displayName: z.string(), lifecycleState, freeformTags: tags });
export const routeTable = z.object({ id: z.string(), routeRules: z.array(z.object({ destination: z.string().nullish(), networkEntityId: z.string() }).loose()) });
export const capacity = z.object({ shapeAvailabilities: z.array(z.object({ availabilityStatus: z.string().nullish(), instanceShapeConfig: z.object({ ocpus: z.number(), memoryInGBs: z.number() }).nullish() })) });
export const refused = z.object({ code: z.string(), message: z.string() });
