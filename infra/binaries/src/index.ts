export { findBinary } from './find-binary.js';
export type { BinaryName, FindOptions } from './find-binary.js';
export { cacheFolder } from './cache-folder.js';
