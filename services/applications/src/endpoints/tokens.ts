/** Injection token of the `ApplicationsContext`. */
export const APPLICATIONS_CONTEXT = Symbol('context of applications');
/** Injection token of the `ProcessPorts`. */
export const PROCESS_PORTS = Symbol('what the processes of applications reach');
