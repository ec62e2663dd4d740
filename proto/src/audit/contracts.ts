/** All of audit's contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import { auditBlocks, auditEvents as events, auditFind, auditVerify, chainView } from './chains.js';

export const auditCommands = {} as const;
export const auditQueries = { health: healthQuery('audit'), auditBlocks, auditFind, auditVerify } as const;
export const auditEvents = events;
export const auditViews = { chains: chainView } as const;
export const auditSignals = {} as const;
