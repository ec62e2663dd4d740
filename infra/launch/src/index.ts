export { startPlatform } from './testing-platform.js';
export { programBelow } from './testing-processes.js';
export type { Platform, PlatformOptions } from './testing-platform.js';
