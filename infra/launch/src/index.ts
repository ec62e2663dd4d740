export { startPlatform } from './testing-platform.js';
export type { Platform, PlatformOptions } from './testing-platform.js';
