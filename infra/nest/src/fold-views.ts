import { startProjector, verify, type Declarations, type ProjectorOptions } from '@xanthus/jetstream';
import type { ServiceConfig } from './environment.js';
import type { PastParts } from './past.js';
import type { ServiceDeps } from './start-service.js';

/** More events behind than this, and views are not worth showing. */
const MAX_LAG = 1_000;

/** The views of a service, now and as they were: its streams and buckets are as declared, its projector has caught up, and `/ready` tells how far behind it is. */
export const foldViews = async <C extends ServiceConfig>(
  { nc, log, health, past, onStop }: ServiceDeps<C>, declarations: Declarations, { also, every, ...options }: Pick<ProjectorOptions, 'service' | 'projections' | 'schemas'> & Pick<PastParts, 'also' | 'every'>,
): Promise<void> => {
  await verify(nc, [declarations]);
  const projector = await startProjector(nc, { ...options, log });
  past.open({ projections: options.projections, schemas: options.schemas, also, every }, projector);
  onStop(() => projector.stop());
  await projector.ready;
  health.add('projector', async () => {
    const lag = await projector.lag();
    return { ok: lag < MAX_LAG, lag, detail: `${projector.active() ? 'folds' : 'stands by'}, ${lag} events behind` };
  });
};
