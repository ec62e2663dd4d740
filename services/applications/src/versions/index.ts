export { askText, jsonOf, type Asking } from './ask.js';
export { indexedCharts } from './helm-index.source.js';
export { SourceError } from './source.port.js';
export { createVersions, type Versions, type VersionsOptions } from './ask-versions.js';
export { compareVersions, isPrerelease, stepBetween } from './version-order.js';
