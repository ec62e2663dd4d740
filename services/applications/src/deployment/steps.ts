import type { DeploymentStep, WorkKind } from '@xanthus/proto/applications';

const RELEASE: readonly DeploymentStep[] = ['check', 'secrets', 'chart', 'values', 'helm', 'tls', 'record', 'address', 'verify'];
const SCALE: readonly DeploymentStep[] = ['check', 'scale', 'verify'];

/** What is done, in which order. Where a step has nothing to do, as the record of an application without an address, it is skipped. */
export const STEPS: Readonly<Record<WorkKind, readonly DeploymentStep[]>> = {
  deploy: ['check', 'namespace', 'secrets', 'chart', 'values', 'helm', 'tls', 'record', 'address', 'verify'],
  upgrade: RELEASE, 'set-values': RELEASE, rollback: RELEASE, revert: RELEASE,
  /** `values`: Service and Ingress of the port. */
  expose: ['check', 'values', 'tls', 'record', 'address', 'verify'],
  /** `uninstall`: Service and Ingress of the port. */
  unexpose: ['check', 'record-gone', 'uninstall', 'tls-gone', 'verify'],
  restart: SCALE, stop: SCALE, start: SCALE, scale: SCALE,
  password: ['check', 'secrets', 'scale', 'verify'],
  /** The domain's certificate was renewed. */
  certificate: ['check', 'tls', 'verify'],
  delete: ['check', 'uninstall', 'record-gone', 'tls-gone', 'secrets-gone', 'volumes-gone', 'namespace-gone', 'verify'],
};
