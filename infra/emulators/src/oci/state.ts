import { randomBytes } from 'node:crypto';

export type Tags = Readonly<Record<string, string>>;
export interface ApiKey { readonly tenancy: string; readonly user: string; readonly fingerprint: string; readonly publicKey: string; revoked: boolean }
export interface Size { readonly ocpus: number; readonly memoryInGBs: number }

export interface Instance {
  readonly id: string;
  readonly compartmentId: string;
  displayName: string;
  readonly availabilityDomain: string;
  readonly shape: string;
  shapeConfig: Size;
  readonly imageId: string;
  readonly subnetId: string;
  readonly publicIp: string | null;
  readonly metadata: Tags;
  freeformTags: Tags;
  readonly timeCreated: string;
  state: string;
  /** States to come, each at its time. */
  coming: { readonly at: number; readonly state: string }[];
}

/** A network and its parts are plain records: only what is asked for is looked at. */
export interface Part { readonly id: string; readonly kind: string; readonly compartmentId: string; readonly vcnId?: string; displayName: string; freeformTags: Tags; lifecycleState: string; readonly more: Record<string, unknown> }

export interface State {
  readonly region: string;
  readonly domains: readonly string[];
  readonly now: () => number;
  readonly keys: Map<string, ApiKey>;
  readonly instances: Map<string, Instance>;
  readonly parts: Map<string, Part>;
  /** `<domain> <ocpus>` that have nothing left. */
  readonly full: Set<string>;
  limit: number;
  /** ms from one state of a machine to the next. */
  step: number;
  nextAddress: number;
  /** Name of a machine that is not listed yet. */
  hidden: string | undefined;
}

export const ocid = (kind: string, region: string): string => `ocid1.${kind}.oc1.${region}.${randomBytes(30).toString('hex')}`;

/** Moves a machine on to the state of now. */
export const current = (state: State, i: Instance): Instance => {
  while (i.coming[0] && i.coming[0].at <= state.now()) i.state = i.coming.shift()?.state ?? i.state;
  return i;
};

/** One state now, the others each a step later. */
export const go = (state: State, i: Instance, ...states: readonly string[]): void => {
  const [first = i.state, ...rest] = states;
  i.state = first;
  i.coming = rest.map((next, n) => ({ at: state.now() + state.step * (n + 1), state: next }));
};
