import { keyedProjection } from '@xanthus/kernel';
import { viewKey, type DataOf } from '@xanthus/proto';
import { ROLES, type roleView } from '@xanthus/proto/auth';
import { isRoleName } from '../domain/role.js';
import { BUILT_IN, RIGHTS_VERSION, ROLE_DESCRIPTIONS } from '../domain/roles.js';
import { authEvent } from './event.js';

type Role = DataOf<typeof roleView>;
const builtIn = (name: (typeof ROLES)[number]): Role => ({ name, description: ROLE_DESCRIPTIONS[name], built_in: true, grants: [...BUILT_IN[name]] });

/** Which roles has the tenant, and what do they grant? */
export const roles = keyedProjection<Role>({
  name: 'roles', version: RIGHTS_VERSION, schema: 1,
  keys: event => {
    if (event.type === 'TenantCreated' || event.type === 'TenantForgotten') return ROLES.map(name => viewKey(event.aggregate.id, 'roles', name));
    return event.aggregate.name === 'role' && isRoleName(event.aggregate.id) ? [viewKey(event.tenant, 'roles', event.aggregate.id)] : [];
  },
  evolve(data, recorded, key) {
    const event = authEvent(recorded);
    switch (event?.type) {
      case 'TenantCreated': return builtIn(ROLES.find(name => key.endsWith(`.${name}`)) ?? 'guest');
      case 'RoleDefined': return { name: event.aggregate.id, built_in: false, ...event.data };
      case 'TenantForgotten':
      case 'RoleRemoved': return undefined;
      default: return data;
    }
  },
});
