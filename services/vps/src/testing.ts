/** For specs of services that stand beside vps. */
export { startTestGround, TENANT, type TestGround } from './vps.fixtures.js';
