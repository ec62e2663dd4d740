import { viewKey, type DataOf } from '@xanthus/proto';
import { ROLES, type roleView } from '@xanthus/proto/auth';
import type { Projection } from '@xanthus/kernel';
import { ROLE_DESCRIPTIONS } from '../domain/roles.js';

/** Which roles has the tenant? In this part the built-in ones. */
export const roles: Projection = {
  name: 'roles', version: 1, schema: 1,
  project: event => (event.type === 'TenantCreated'
    ? ROLES.map(name => ({ key: viewKey(event.aggregate.id, 'roles', name), value: { name, description: ROLE_DESCRIPTIONS[name], built_in: true } satisfies DataOf<typeof roleView> }))
    : []),
};
