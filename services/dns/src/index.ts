export { dnsDeclarations } from './declarations.js';
export { startDns } from './start-dns.js';
export { eventSchemas as dnsEventSchemas } from './aggregates.js';
export { projections as dnsProjections } from './views/index.js';
