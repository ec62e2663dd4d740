/** Injection token of the `DnsContext`. */
export const DNS_CONTEXT = Symbol('context of dns');
/** Injection token of the `ProcessPorts`. */
export const PROCESS_PORTS = Symbol('what the processes of dns reach');
