/** Steps of making a server and of taking it away, in order, with their words: shared by the service and the console, without a schema. */

export const SET_UP_STEPS = ['key', 'server', 'boot', 'ssh', 'prepare', 'k3s', 'helm', 'traefik', 'verify', 'ready'] as const;
export type SetUpStep = (typeof SET_UP_STEPS)[number];

/** A server that is there already has only these before it. */
export const INSTALL_STEPS: readonly SetUpStep[] = SET_UP_STEPS.slice(SET_UP_STEPS.indexOf('prepare'));

export const REMOVAL_STEPS = ['stop', 'delete', 'gone', 'key', 'secrets'] as const;
export type RemovalStep = (typeof REMOVAL_STEPS)[number];

export const SET_UP_WORDS: Readonly<Record<SetUpStep, string>> = {
  key: 'SSH key at the provider', server: 'Order the machine', boot: 'Machine starts', ssh: 'First contact', prepare: 'System is prepared', k3s: 'K3s', helm: 'Helm', traefik: 'Traefik', verify: 'Everything is checked', ready: 'Ready',
};
export const REMOVAL_WORDS: Readonly<Record<RemovalStep, string>> = {
  stop: 'Stop what runs', delete: 'Delete at the provider', gone: 'See that it is gone', key: 'SSH key at the provider', secrets: 'Destroy its secrets',
};
