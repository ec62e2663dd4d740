import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenFeatures } from '@xanthus/kernel/testing';
import { SERVICES, type EventEnvelope } from '@xanthus/proto';
import { aggregates } from './aggregates.js';
import { projections } from './views/index.js';

const folder = 'proto/examples/notifications/events';

goldenFeatures({
  contracts: SERVICES.notifications,
  aggregates,
  projections,
  forTheRecord: ['ChannelTested'],
  goldens: readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as EventEnvelope),
});
