/** For specs and benchmarks of others: what a session is, without a service. */
export { sessionType, type SessionCommand } from './session/session.decide.js';
