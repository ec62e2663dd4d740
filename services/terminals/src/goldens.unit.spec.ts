import { goldenFeatures } from '@xanthus/kernel/testing';
import { SERVICES, type EventEnvelope } from '@xanthus/proto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregates } from './aggregates.js';
import { projections } from './views/index.js';

const folder = 'proto/examples/terminals/events';

goldenFeatures({
  contracts: SERVICES.terminals,
  aggregates,
  projections,
  forTheRecord: ['FileUploaded', 'FileDownloaded', 'FileRead', 'FileSaved', 'FolderMade', 'FileRenamed', 'FileRemoved', 'FileModeSet', 'FileRefused', 'SessionCommandRan'],
  goldens: readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as EventEnvelope),
});
