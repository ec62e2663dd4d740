import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { mayAsk } from '../app/nav.js';
import { useCan, useClient } from '../live/live-context.js';
import { memberNames, useCredentials, useMembers } from './members.data.js';

export interface Person { readonly name: string; readonly email: string }

/** Names of the members, for those who may see them; asked again when the list of members changes. */
export const usePersons = (): ReadonlyMap<string, Person> => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, memberNames));
  const { rows, status } = useMembers();
  const { data } = useQuery({
    queryKey: ['member-names', client.tenant, [...rows.keys()].join()],
    queryFn: () => memberNames(client, {}),
    enabled: may && status !== 'loading',
    placeholderData: previous => previous,
  });
  return useMemo(() => new Map(data?.members.map(m => [m.person, { name: m.name, email: m.email }])), [data]);
};

/** Names of who may have done something, persons and credentials, as far as one may know them. */
export const useNames = (): ReadonlyMap<string, string> => {
  const persons = usePersons();
  const { rows } = useCredentials();
  return useMemo(() => new Map([...[...rows].map(([id, c]) => [id, c.name] as const), ...[...persons].map(([id, p]) => [id, p.name] as const)]), [persons, rows]);
};
