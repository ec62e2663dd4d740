export { Tunnel, TunnelError, type Wire } from './tunnel.js';
export { tunnelsIn, tunnelsOut, type TunnelAsk, type TunnelsIn, type TunnelsOut } from './tunnels.js';
