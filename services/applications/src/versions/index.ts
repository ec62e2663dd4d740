export { createVersions, type Versions, type VersionsOptions } from './versions.js';
export { compareVersions, isPrerelease, stepBetween } from './version-order.js';
