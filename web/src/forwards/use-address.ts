import { useQuery } from '@tanstack/react-query';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { forwardAddress } from './forwards.data.js';

export interface ForwardAddress { readonly of: (label: string) => string | undefined; /** What the operator has to do before a port can be opened. */ readonly missing: string | undefined; readonly problem: ShownProblem | undefined; readonly loading: boolean; readonly retry: () => void }

/** Under which names ports are opened here. */
export const useForwardAddress = (): ForwardAddress => {
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['forwards', 'address'], staleTime: 300_000, queryFn: ({ signal }) => forwardAddress(signal) });
  return { of: label => data?.address?.replace('{label}', label), missing: data?.missing ?? undefined, problem: error ? toProblem(error) : undefined, loading: isPending, retry: () => void refetch() };
};
