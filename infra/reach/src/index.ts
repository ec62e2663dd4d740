export { reachServer, type ReachDeps, type Reached, type ReachRequest } from './reach-server.js';
export { createReach, type Reach, type ReachOptions, type ReachPool } from './reach.js';
