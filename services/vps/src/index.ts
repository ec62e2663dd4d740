export { vpsDeclarations } from './declarations.js';
export { startVps } from './start-vps.js';
