/** For specs only. */
export { virtualTime, type VirtualTime } from './virtual-time.fixture.js';
