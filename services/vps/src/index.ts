export { vpsDeclarations } from './declarations.js';
export { startVps } from './start-vps.js';
export { eventSchemas as vpsEventSchemas } from './aggregates.js';
export { projections as vpsProjections } from './views/index.js';
