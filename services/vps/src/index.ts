export { vpsDeclarations } from './declarations.js';
export { startVps } from './start-vps.js';
export { projections as vpsProjections } from './views/index.js';
