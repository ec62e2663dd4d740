export { startGateway, type GatewayOptions, type RunningGateway } from './start-gateway.js';
export type { GatewayConfig } from './gateway.config.js';
