export { startGateway, type GatewayOptions, type RunningGateway } from './start-gateway.js';
export { gatewayConfig, type GatewayConfig } from './gateway.config.js';
