import { useMemo } from 'react';
import type { ApiKey, Secret } from '../contracts.js';
import { useClient, useRows } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';

/** Names of everything that security events are about: people, credentials, API keys, secrets, as far as one may know them. */
export const useThings = (): ReadonlyMap<string, string> => {
  const { tenant } = useClient();
  const names = useNames();
  const { rows: keys } = useRows<ApiKey>('auth', tenant, 'api-keys');
  const { rows: secrets } = useRows<Secret>('auth', tenant, 'secrets');
  return useMemo(() => new Map([...names, ...[...keys].map(([id, k]) => [id, k.name] as const), ...[...secrets].map(([id, s]) => [id, s.name] as const)]), [names, keys, secrets]);
};
