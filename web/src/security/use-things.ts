import { useMemo } from 'react';
import { useNames } from '../members/use-names.js';
import { useApiKeys, useSecrets } from './security.data.js';

/** Names of everything that security events are about: people, credentials, API keys, secrets, as far as one may know them. */
export const useThings = (): ReadonlyMap<string, string> => {
  const names = useNames();
  const { rows: keys } = useApiKeys();
  const { rows: secrets } = useSecrets();
  return useMemo(() => new Map([...names, ...[...keys].map(([id, k]) => [id, k.name] as const), ...[...secrets].map(([id, s]) => [id, s.name] as const)]), [names, keys, secrets]);
};
