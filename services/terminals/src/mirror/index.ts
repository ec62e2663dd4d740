export { createMirrors, type MirrorsOptions } from './mirrors.js';
export type { Mirror, MirrorOptions, Mirrors, ShellMark, Snapshot } from './mirror.js';
