export { findBinary } from './find-binary.js';
export type { BinaryName, FindOptions } from './find-binary.js';
export { fetchPythonProgram } from './python-program.js';
export type { PythonProgram } from './python-program.js';
export { cacheFolder } from './cache-folder.js';
export { executable, onPath } from './on-path.js';
export { run } from './run.js';
export type { Outcome } from './run.js';
