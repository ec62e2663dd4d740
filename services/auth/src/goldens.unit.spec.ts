import { goldenFeatures } from '@xanthus/kernel/testing';
import { SERVICES, type EventEnvelope } from '@xanthus/proto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregates } from './domain/aggregates.js';
import { pastOfTenant, projections } from './views/index.js';

const folder = 'proto/examples/auth/events';

goldenFeatures({
  contracts: SERVICES.auth,
  aggregates,
  projections,
  ofInstallation: ['installation', 'identity', 'master-key', 'person', 'preferences', 'refusals', 'session', 'signing-key', 'tenant'],
  also: pastOfTenant,
  goldens: readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as EventEnvelope),
  forTheRecord: ['LoginRefused', 'PasswordRefused', 'PersonRenamed', 'RefusalsCounted', 'OidcLoginRefused', 'CloudflareLogInRefused', 'SecretUsed', 'TenantExported', 'CloudflareImported', 'CloudflareHandedOver', 'RoleApplied', 'TagsApplied'],
});
