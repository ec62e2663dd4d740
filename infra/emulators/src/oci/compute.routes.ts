import { notFound, refuse } from './answer.js';
import type { Route } from './route.js';
import { current, go, ocid, type Instance, type Size, type State, type Tags } from './state.js';

const SHAPE = 'VM.Standard.A1.Flex';
const IMAGES = ['24.04', '22.04'].flatMap(version => ['2026.09.15', '2026.10.20'].map((date, n) => ({
  version, displayName: `Canonical-Ubuntu-${version}-aarch64-${date}-0`, timeCreated: `2026-${n === 0 ? '09-15' : '10-20'}T00:00:00.000Z`, id: `ocid1.image.oc1..${Buffer.from(`${version} ${date}`).toString('hex').padEnd(60, '0')}`,
})));
export const imageNamed = (id: string): string | undefined => IMAGES.find(i => i.id === id)?.displayName;

const shown = (i: Instance) => ({
  id: i.id, compartmentId: i.compartmentId, displayName: i.displayName, availabilityDomain: i.availabilityDomain, shape: i.shape, shapeConfig: i.shapeConfig, lifecycleState: i.state, timeCreated: i.timeCreated,
  freeformTags: i.freeformTags, definedTags: {}, metadata: i.metadata, sourceDetails: { sourceType: 'image', imageId: i.imageId },
});
const known = (state: State, id: string): Instance => {
  const found = state.instances.get(id);
  return found ? current(state, found) : notFound();
};
const isFull = (state: State, domain: string, size: Size): boolean => state.full.has(`${domain} ${size.ocpus}`);

const launch: Route['handle'] = ({ state, body }) => {
  const b = body as { compartmentId: string; availabilityDomain: string; displayName?: string; shape: string; shapeConfig?: Size; sourceDetails?: { imageId?: string }; createVnicDetails?: { subnetId?: string; assignPublicIp?: boolean }; metadata?: Tags; freeformTags?: Tags };
  if (!state.domains.includes(b.availabilityDomain)) refuse(400, 'InvalidParameter', `availabilityDomain ${b.availabilityDomain} is invalid`);
  if (b.shape !== SHAPE || b.shapeConfig === undefined) refuse(400, 'InvalidParameter', 'shape and shapeConfig of VM.Standard.A1.Flex are needed');
  if (!IMAGES.some(i => i.id === b.sourceDetails?.imageId)) refuse(400, 'InvalidParameter', 'imageId is invalid');
  if (state.parts.get(b.createVnicDetails?.subnetId ?? '')?.kind !== 'subnets') refuse(400, 'InvalidParameter', 'subnetId is invalid');
  if ([...state.instances.values()].filter(i => current(state, i).state !== 'TERMINATED').length >= state.limit) refuse(400, 'LimitExceeded', 'The following service limits were exceeded: standard-a1-core-count.');
  const size = b.shapeConfig as Size;
  if (isFull(state, b.availabilityDomain, size)) refuse(500, 'InternalError', 'Out of host capacity.');
  const made = add(state, { displayName: b.displayName ?? 'instance', availabilityDomain: b.availabilityDomain, shapeConfig: size, imageId: b.sourceDetails?.imageId ?? '', subnetId: b.createVnicDetails?.subnetId ?? '', publicIp: b.createVnicDetails?.assignPublicIp === true, metadata: b.metadata ?? {}, freeformTags: b.freeformTags ?? {}, compartmentId: b.compartmentId });
  go(state, made, 'PROVISIONING', 'STARTING', 'RUNNING');
  return { body: shown(made) };
};

export const add = (state: State, o: Pick<Instance, 'displayName' | 'availabilityDomain' | 'shapeConfig' | 'imageId' | 'subnetId' | 'metadata' | 'freeformTags' | 'compartmentId'> & { readonly publicIp: boolean }): Instance => {
  const made: Instance = { ...o, id: ocid('instance', state.region), shape: SHAPE, publicIp: o.publicIp ? `198.18.200.${(state.nextAddress++ % 250) + 1}` : null, timeCreated: new Date(state.now()).toISOString(), state: 'RUNNING', coming: [] };
  state.instances.set(made.id, made);
  return made;
};

const ACTIONS: Readonly<Record<string, { readonly from: string; readonly states: readonly string[] }>> = {
  START: { from: 'STOPPED', states: ['STARTING', 'RUNNING'] }, STOP: { from: 'RUNNING', states: ['STOPPING', 'STOPPED'] }, SOFTSTOP: { from: 'RUNNING', states: ['STOPPING', 'STOPPED'] },
  RESET: { from: 'RUNNING', states: ['STOPPING', 'STARTING', 'RUNNING'] }, SOFTRESET: { from: 'RUNNING', states: ['STOPPING', 'STARTING', 'RUNNING'] },
};

const act: Route['handle'] = ({ state, params: [id = ''], query }) => {
  const i = known(state, id);
  if (i.state === 'TERMINATED') notFound();
  const wanted = ACTIONS[query.get('action') ?? ''] ?? refuse(400, 'InvalidParameter', 'action is unknown');
  if (i.state !== wanted.from) refuse(409, 'IncorrectState', `The instance is ${i.state}.`);
  go(state, i, ...wanted.states);
  return { body: shown(i) };
};

const update: Route['handle'] = ({ state, params: [id = ''], body }) => {
  const i = known(state, id);
  const b = body as { displayName?: string; freeformTags?: Tags; shapeConfig?: Size };
  if (b.displayName !== undefined) i.displayName = b.displayName;
  if (b.freeformTags !== undefined) i.freeformTags = b.freeformTags;
  if (b.shapeConfig !== undefined) {
    if (isFull(state, i.availabilityDomain, b.shapeConfig)) refuse(500, 'InternalError', 'Out of host capacity.');
    i.shapeConfig = b.shapeConfig;
  }
  return { body: shown(i) };
};

const end: Route['handle'] = ({ state, params: [id = ''] }) => {
  const i = known(state, id);
  if (i.state === 'TERMINATED') notFound();
  go(state, i, 'TERMINATING', 'TERMINATED');
  return { status: 204 };
};

export const computeRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/availabilityDomains$/, handle: ({ state }) => ({ list: state.domains.map(name => ({ name, id: name })) }) },
  { method: 'GET', path: /^\/images$/, handle: () => ({ list: IMAGES.map(i => ({ id: i.id, displayName: i.displayName, operatingSystem: 'Canonical Ubuntu', operatingSystemVersion: i.version, timeCreated: i.timeCreated, lifecycleState: 'AVAILABLE' })) }) },
  { method: 'POST', path: /^\/instances$/, handle: launch },
  { method: 'GET', path: /^\/instances$/, handle: ({ state, query }) => ({ list: [...state.instances.values()].filter(i => i.compartmentId === query.get('compartmentId') && i.displayName !== state.hidden).map(i => shown(current(state, i))) }) },
  { method: 'GET', path: /^\/instances\/([^/]+)$/, handle: ({ state, params: [id = ''] }) => ({ body: shown(known(state, id)) }) },
  { method: 'POST', path: /^\/instances\/([^/]+)$/, handle: act },
  { method: 'PUT', path: /^\/instances\/([^/]+)$/, handle: update },
  { method: 'DELETE', path: /^\/instances\/([^/]+)$/, handle: end },
  { method: 'GET', path: /^\/vnicAttachments$/, handle: ({ state, query }) => ({
    list: [...state.instances.values()].filter(i => i.id === query.get('instanceId')).map(i => ({ instanceId: i.id, vnicId: `vnic-of-${i.id}`, lifecycleState: current(state, i).state === 'PROVISIONING' ? 'ATTACHING' : 'ATTACHED' })),
  }) },
  { method: 'GET', path: /^\/vnics\/vnic-of-([^/]+)$/, handle: ({ state, params: [id = ''] }) => ({ body: { id: `vnic-of-${id}`, publicIp: known(state, id).publicIp, privateIp: '10.0.1.2', isPrimary: true } }) },
  { method: 'POST', path: /^\/computeCapacityReports$/, handle: ({ state, body }) => {
    const b = body as { availabilityDomain: string; shapeAvailabilities: readonly { instanceShape: string; instanceShapeConfig: Size }[] };
    return { body: { availabilityDomain: b.availabilityDomain, shapeAvailabilities: b.shapeAvailabilities.map(s => ({ ...s, availabilityStatus: isFull(state, b.availabilityDomain, s.instanceShapeConfig) ? 'OUT_OF_HOST_CAPACITY' : 'AVAILABLE' })) } };
  } },
];
