import type { Reactor } from '@xanthus/kernel';
import type { TenantEnd } from '../app/tenant-end.js';

/** The command has done this already unless it died in between. */
export const eraseWhenTenantForgotten = (end: TenantEnd): Reactor => ({
  name: 'erase-when-tenant-forgotten',
  types: ['TenantForgotten'],
  async react(event) {
    await end.finish(event.aggregate.id);
  },
});
