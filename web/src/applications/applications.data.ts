/** Everything that applications asks of Xanthus and has done there. */
import type { Application } from '../contracts.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';

export const useApplications = (): Rows<Application> => useRows<Application>('applications', useClient().tenant, 'applications');
