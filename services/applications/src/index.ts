export { applicationsDeclarations } from './declarations.js';
export { startApplications } from './start-applications.js';
export { eventSchemas as applicationsEventSchemas } from './aggregates.js';
export { projections as applicationsProjections } from './views/index.js';
