export { terminalsDeclarations } from './declarations.js';
export { startTerminals } from './start-terminals.js';
export { eventSchemas as terminalsEventSchemas } from './aggregates.js';
export { projections as terminalsProjections } from './views/index.js';
