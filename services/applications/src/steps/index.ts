import type { DeploymentStep, WorkKind } from '@xanthus/proto/applications';
import { passwordSet } from '../access/password-step.js';
import { address } from './address.js';
import { chart, values } from './chart.js';
import { check } from './check.js';
import { exposed, unexposed } from './expose.js';
import { namespace, namespaceGone } from './namespace.js';
import { record, recordGone } from './record.js';
import { helm, releaseGone, volumesGone } from './release.js';
import { scaled, settled } from './scale.js';
import { secrets, secretsGone } from './secrets.js';
import type { Step } from './step.js';
import { tls, tlsGone } from './tls.js';
import { verifyGone } from './verify-gone.js';

const STEPS: Readonly<Record<DeploymentStep, Step>> = {
  check, namespace, secrets, chart, values, helm, tls, record, address, scale: scaled, uninstall: releaseGone, 'record-gone': recordGone, 'tls-gone': tlsGone, 'secrets-gone': secretsGone, 'volumes-gone': volumesGone, 'namespace-gone': namespaceGone, verify: settled,
};
/** Where a step means something else in some kind of work. */
const OTHERWISE: Readonly<Partial<Record<WorkKind, Partial<Record<DeploymentStep, Step>>>>> = {
  expose: { values: exposed },
  unexpose: { uninstall: unexposed },
  delete: { verify: verifyGone },
  password: { secrets: passwordSet },
};
export const stepOf = (kind: WorkKind, step: DeploymentStep): Step => OTHERWISE[kind]?.[step] ?? STEPS[step];
